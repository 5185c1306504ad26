#include "core/store/disk_cache.hpp"

#include "tests/support/media_sample.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace alluvium;
using namespace alluvium::test;
using store::DiskCache;
namespace fs = std::filesystem;

namespace {

std::unique_ptr<DiskCache> open_in(const TemporaryFolder& folder) {
  auto cache = DiskCache::open((folder.path() / "cache").string());
  REQUIRE(cache);
  return std::move(*cache);
}

void write(DiskCache& cache, const MediaSample& file, std::uint32_t index) {
  REQUIRE(cache.write(*file.row, {index}, file.chunk(index).view()));
}

std::string read(DiskCache& cache, const MediaSample& file, std::uint32_t index) {
  const auto bytes = cache.read(*file.row, {index});
  if (!bytes) return "nothing";
  return file.is_chunk(index, *bytes) ? "right" : "wrong";
}

/// What is found after the program has been started again.
std::vector<store::FileOnDisk> reloaded(const TemporaryFolder& folder) {
  return open_in(folder)->load();
}

/// Gives up root's right to write anywhere, for a while.
class AsNobody {
 public:
  AsNobody() { done_ = ::geteuid() != 0 || ::seteuid(65'534) == 0; }
  ~AsNobody() {
    if (::getuid() == 0) (void)!::seteuid(0);
  }
  [[nodiscard]] bool works() const { return done_; }

 private:
  bool done_ = false;
};

}  // namespace

TEST_CASE("what was written is there after the program was killed") {
  const TemporaryFolder folder;
  const auto file = MediaSample::of_chunks(5);
  {
    const auto cache = open_in(folder);
    for (const std::uint32_t i : {0u, 1u, 4u}) write(*cache, file, i);
    CHECK(read(*cache, file, 4) == "right");
  }
  const auto found = reloaded(folder);
  REQUIRE(found.size() == 1);
  CHECK(found[0].row->root() == file.root());
  CHECK(found[0].row->layout().length() == file.bytes.size());
  CHECK(found[0].map.drawing() == "##..#");
  const auto cache = open_in(folder);
  CHECK(read(*cache, file, 0) == "right");
  CHECK(read(*cache, file, 1) == "right");
  CHECK(read(*cache, file, 4) == "right");
  CHECK(read(*cache, file, 2) == "nothing");
}

TEST_CASE("an empty file outlives the program as well") {
  const TemporaryFolder folder;
  const MediaSample file(0);
  write(*open_in(folder), file, 0);
  REQUIRE(reloaded(folder).size() == 1);
  CHECK(reloaded(folder)[0].map.drawing() == "#");
  CHECK(read(*open_in(folder), file, 0) == "right");
}

TEST_CASE("the file unused for longest is found first") {
  const TemporaryFolder folder;
  const auto old_file = MediaSample::of_chunks(2, 1);
  const auto new_file = MediaSample::of_chunks(2, 2);
  {
    const auto cache = open_in(folder);
    write(*cache, new_file, 0);
    write(*cache, old_file, 0);
  }
  for (const auto& held : folder.files(".held")) {
    const bool is_old = held.stem().string() == hash::hex(old_file.root().digest);
    fs::last_write_time(held,
                        fs::file_time_type::clock::now() - std::chrono::hours(is_old ? 2 : 1));
  }
  const auto found = reloaded(folder);
  REQUIRE(found.size() == 2);
  CHECK(found[0].row->root() == old_file.root());
  CHECK(found[1].row->root() == new_file.root());
}

TEST_CASE("damage on disk costs the damaged chunks and nothing else") {
  const TemporaryFolder folder;
  const auto file = MediaSample::of_chunks(4);
  {
    const auto cache = open_in(folder);
    for (std::uint32_t i = 0; i < 4; ++i) write(*cache, file, i);
  }
  const fs::path chunks = folder.files(".chunks").at(0);
  const fs::path row = folder.files(".row").at(0);
  const fs::path held = folder.files(".held").at(0);

  SECTION("a flipped bit") {
    std::string bytes = contents_of(chunks);
    bytes[hash::chunk_bytes + 7] ^= 1;
    overwrite(chunks, bytes);
    const auto cache = open_in(folder);
    CHECK(read(*cache, file, 1) == "nothing");
    CHECK(read(*cache, file, 2) == "right");
  }
  SECTION("chunks cut short") {
    fs::resize_file(chunks, hash::chunk_bytes + 5);
    const auto cache = open_in(folder);
    REQUIRE(cache->load().size() == 1);
    CHECK(read(*cache, file, 0) == "right");
    CHECK(read(*cache, file, 1) == "nothing");
    CHECK(read(*cache, file, 3) == "nothing");
  }
  SECTION("chunks gone") {
    fs::remove(chunks);
    CHECK(read(*open_in(folder), file, 0) == "nothing");
  }
  SECTION("the row cut short, at every length") {
    const std::string whole = contents_of(row);
    for (std::size_t size = 0; size < whole.size(); size += 1) {
      overwrite(row, whole.substr(0, size));
      CHECK(reloaded(folder).empty());
      overwrite(row, whole);
    }
  }
  SECTION("a row with a flipped bit") {
    const std::string whole = contents_of(row);
    for (const std::size_t at : {7, 8, 40, 135}) {
      std::string bytes = whole;
      bytes[at] ^= 1;
      overwrite(row, bytes);
      CHECK(reloaded(folder).empty());
      CHECK(folder.files(".chunks").empty());
      CHECK(folder.files(".held").empty());
      const auto cache = open_in(folder);
      for (std::uint32_t i = 0; i < 4; ++i) write(*cache, file, i);
    }
  }
  SECTION("a length with another last digit fails with the last chunk") {
    std::string bytes = contents_of(row);
    bytes[0] ^= 1;
    overwrite(row, bytes);
    const auto found = reloaded(folder);
    REQUIRE(found.size() == 1);
    const auto cache = open_in(folder);
    CHECK_FALSE(cache->read(*found[0].row, {3}));
    CHECK(cache->read(*found[0].row, {2}));
  }
  SECTION("a file too long to note what is held") {
    overwrite(held, std::string(5, '\1'));
    REQUIRE(reloaded(folder).size() == 1);
    CHECK(reloaded(folder)[0].map.drawing() == "....");
  }
  SECTION("notes of something else") {
    overwrite(held, std::string("\1\2\xff") + '\0');
    REQUIRE(reloaded(folder).size() == 1);
    CHECK(reloaded(folder)[0].map.drawing() == "#...");
  }
  SECTION("no notes at all") {
    fs::remove(held);
    CHECK(reloaded(folder).empty());
    CHECK(folder.files(".row").empty());
  }
}

TEST_CASE("files that took each other's names are found out") {
  const TemporaryFolder folder;
  const auto a = MediaSample::of_chunks(2, 1);
  const auto b = MediaSample::of_chunks(2, 2);
  {
    const auto cache = open_in(folder);
    write(*cache, a, 0);
    write(*cache, b, 0);
  }
  SECTION("chunks") {
    const auto chunks = folder.files(".chunks");
    fs::rename(chunks.at(0), folder.path() / "aside");
    fs::rename(chunks.at(1), chunks.at(0));
    fs::rename(folder.path() / "aside", chunks.at(1));
    CHECK(reloaded(folder).size() == 2);
    CHECK(read(*open_in(folder), a, 0) == "nothing");
    CHECK(read(*open_in(folder), b, 0) == "nothing");
  }
  SECTION("rows") {
    const auto rows = folder.files(".row");
    fs::rename(rows.at(0), folder.path() / "aside");
    fs::rename(rows.at(1), rows.at(0));
    fs::rename(folder.path() / "aside", rows.at(1));
    CHECK(reloaded(folder).empty());
  }
}

TEST_CASE("links planted in the cache are not followed") {
  const TemporaryFolder folder;
  const auto file = MediaSample::of_chunks(2);
  write(*open_in(folder), file, 0);
  const fs::path victim = folder.path() / "victim";
  overwrite(victim, "precious");
  const std::string ending = GENERATE(".chunks", ".held", ".row");
  CAPTURE(ending);
  const fs::path place = folder.files(ending).at(0);
  fs::remove(place);
  fs::create_symlink(victim, place);

  SECTION("while the program runs") {
    const auto cache = open_in(folder);
    (void)cache->write(*file.row, {1}, file.chunk(1).view());
    (void)cache->read(*file.row, {1});
  }
  SECTION("when it starts, they are taken away") {
    const auto cache = open_in(folder);
    (void)cache->load();
    write(*cache, file, 1);
    CHECK(read(*cache, file, 1) == "right");
  }
  CHECK(contents_of(victim) == "precious");
}

TEST_CASE("what does not belong to the cache is left alone") {
  const TemporaryFolder folder;
  const auto file = MediaSample::of_chunks(2);
  write(*open_in(folder), file, 0);
  for (const auto* name : {"photo.jpg", "x.row", "..row", ".row"}) {
    overwrite(folder.path() / "cache" / name, "mine");
  }
  CHECK(reloaded(folder).size() == 1);
  for (const auto* name : {"photo.jpg", "x.row", "..row", ".row"}) {
    CHECK(contents_of(folder.path() / "cache" / name) == "mine");
  }
}

TEST_CASE("a removed file is gone") {
  const TemporaryFolder folder;
  const auto file = MediaSample::of_chunks(2);
  const auto cache = open_in(folder);
  write(*cache, file, 0);
  cache->remove(file.root());
  CHECK(read(*cache, file, 0) == "nothing");
  CHECK(cache->load().empty());
  write(*cache, file, 1);
  CHECK(cache->load().at(0).map.drawing() == ".#");
}

TEST_CASE("a cache in use is refused to the second program, and free after the first") {
  const TemporaryFolder folder;
  auto first = open_in(folder);
  const std::string name = (folder.path() / "cache").string();
  const auto second = DiskCache::open(name);
  REQUIRE_FALSE(second);
  CHECK(second.error().message == "the cache folder " + name + " is in use by another program");
  first.reset();
  CHECK(DiskCache::open(name));
}

TEST_CASE("the folder is made with its parents and is the owner's only") {
  const TemporaryFolder folder;
  const fs::path name = folder.path() / "a" / "b" / "cache";
  REQUIRE(DiskCache::open(name.string()));
  CHECK((fs::status(name).permissions() & fs::perms::all) == fs::perms::owner_all);
}

TEST_CASE("a folder that cannot be written says so") {
  const TemporaryFolder folder;
  fs::permissions(folder.path(), fs::perms::owner_all | fs::perms::others_exec);
  SECTION("a file in its place") {
    overwrite(folder.path() / "file", "");
    for (const auto* name : {"file", "file/below"}) {
      const auto cache = DiskCache::open((folder.path() / name).string());
      REQUIRE_FALSE(cache);
      CHECK(cache.error().message.find("cannot be used: Not a directory") != std::string::npos);
    }
  }
  SECTION("no right to") {
    const fs::path closed = folder.path() / "closed";
    fs::create_directory(closed);
    fs::permissions(closed, fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_read |
                                fs::perms::others_exec);
    const AsNobody nobody;
    REQUIRE(nobody.works());
    for (const auto& name : {closed, closed / "below"}) {
      const auto cache = DiskCache::open(name.string());
      REQUIRE_FALSE(cache);
      CHECK(cache.error().message.find("cannot be used: ") != std::string::npos);
    }
  }
}

TEST_CASE("records are kept by keys of any kind") {
  const TemporaryFolder folder;
  const std::string long_key(5'000, '/');
  {
    const auto cache = open_in(folder);
    CHECK(cache->write_record("playlist http://a/b?c", "first"));
    CHECK(cache->write_record("playlist http://a/b?c", std::string("second\0text", 11)));
    CHECK(cache->write_record("../../../etc/passwd", "harmless"));
    CHECK(cache->write_record(long_key, ""));
  }
  const auto cache = open_in(folder);
  CHECK(cache->read_record("playlist http://a/b?c") == std::string("second\0text", 11));
  CHECK(cache->read_record("../../../etc/passwd") == "harmless");
  CHECK(cache->read_record(long_key) == "");
  CHECK(cache->read_record("never written") == std::nullopt);
  CHECK(folder.files(".record").size() == 3);
  CHECK(folder.files(".new").empty());
}
