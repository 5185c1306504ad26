#include "gateway/broadcaster/atomic_file.hpp"
#include "gateway/broadcaster/library/media_folder.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <sys/stat.h>

using namespace alluvium::broadcaster;
namespace fs = std::filesystem;

namespace {

/// A folder that is gone when the test ends.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "alluvium-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() { fs::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  fs::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] const fs::path& path() const { return path_; }
  void put(const std::string& name, const std::string& text = "x") const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  [[nodiscard]] std::size_t count() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(path_), fs::directory_iterator()));
  }

 private:
  fs::path path_;
};

std::vector<std::string> names(const FoundFiles& found) {
  std::vector<std::string> names;
  for (const FoundFile& file : found.files) names.push_back(file.name);
  return names;
}

}  // namespace

TEST_CASE("a file is replaced when all is written, and not before") {
  const TemporaryFolder folder;
  folder.put("list", "old");
  {
    AtomicFile file(folder / "list");
    file.write("new ");
    file.write("text");
    CHECK(folder.text("list") == "old");
    file.commit();
    CHECK(folder.text("list") == "new text");
  }
  CHECK(folder.text("list") == "new text");
  CHECK(folder.count() == 1);
}

TEST_CASE("a file that is given up leaves what was there and nothing else") {
  const TemporaryFolder folder;
  folder.put("list", "old");
  { AtomicFile(folder / "list").write("new"); }
  CHECK(folder.text("list") == "old");
  CHECK(folder.count() == 1);
}

TEST_CASE("a replaced file is as readable as one made by any other program") {
  const TemporaryFolder folder;
  const mode_t before = ::umask(022);
  replace_if_different(folder / "list", "text");
  ::umask(before);
  CHECK(fs::status(folder / "list").permissions() == static_cast<fs::perms>(0644));
}

TEST_CASE("a file behind a link is replaced where it lies") {
  const TemporaryFolder folder;
  folder.put("real", "old");
  fs::create_symlink(folder / "real", folder / "link");
  replace_if_different(folder / "link", "new");
  CHECK(fs::is_symlink(folder / "link"));
  CHECK(folder.text("real") == "new");
}

TEST_CASE("a file that is right already is not touched") {
  const TemporaryFolder folder;
  folder.put("list", "text");
  const auto long_ago = fs::file_time_type::clock::now() - std::chrono::hours(24);
  fs::last_write_time(folder / "list", long_ago);
  CHECK_FALSE(replace_if_different(folder / "list", "text"));
  CHECK(fs::last_write_time(folder / "list") == long_ago);
  CHECK(replace_if_different(folder / "list", "test"));
  CHECK(folder.text("list") == "test");
}

TEST_CASE("a file that cannot be written is named") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(AtomicFile(folder / "none/list"),
                    Catch::Contains("none/list cannot be written: No such file"));
}

TEST_CASE("the files of a folder come in byte order of their names, folders among them") {
  const TemporaryFolder folder;
  for (const char* name : {"b.mp3", "B.mp3", "a/2.mp3", "a/10.mp3", "a b.mp3", "\xc3\xa4.mp3"}) {
    folder.put(name, "text");
  }
  const FoundFiles found = find_files(folder.path());
  CHECK(names(found) == std::vector<std::string>{"B.mp3", "a b.mp3", "a/10.mp3", "a/2.mp3", "b.mp3",
                                                 "\xc3\xa4.mp3"});
  CHECK(found.notes.empty());
  CHECK(found.files[0].stamp.length == 4);
  CHECK(found.files[2].path == folder / "a/10.mp3");
}

TEST_CASE("hidden files, sidecars and playlists are not media") {
  const TemporaryFolder folder;
  for (const char* name :
       {".a.mp3", ".git/b.mp3", "a.mp3.thex", "a.mp3.thex.json", "list.rss", "a.mp3", "thex.mp3"}) {
    folder.put(name);
  }
  const FoundFiles found = find_files(folder.path());
  CHECK(names(found) == std::vector<std::string>{"a.mp3", "thex.mp3"});
  CHECK(found.notes.empty());
}

TEST_CASE("links are followed to files in the folder and nowhere else") {
  const TemporaryFolder outside;
  const TemporaryFolder folder;
  outside.put("secret.mp3");
  folder.put("sub/real.mp3");
  fs::create_symlink("sub/real.mp3", folder / "again.mp3");
  fs::create_symlink(outside / "secret.mp3", folder / "secret.mp3");
  fs::create_symlink(outside.path(), folder / "out");
  fs::create_symlink("nowhere", folder / "broken.mp3");
  fs::create_symlink(".", folder / "sub/loop");
  // Named as the folder is, but another one.
  fs::create_directory(folder.path().string() + "2");
  std::ofstream(folder.path().string() + "2/x.mp3") << "x";
  fs::create_symlink(folder.path().string() + "2/x.mp3", folder / "x.mp3");

  const FoundFiles found = find_files(folder.path());
  fs::remove_all(folder.path().string() + "2");
  CHECK(names(found) == std::vector<std::string>{"again.mp3", "sub/real.mp3"});
  CHECK(found.notes == std::vector<std::string>{
                           "broken.mp3 is left out: it is a link to nothing",
                           "out is left out: it is a link out of the folder",
                           "secret.mp3 is left out: it is a link out of the folder",
                           "x.mp3 is left out: it is a link out of the folder",
                       });
}

TEST_CASE("what is no folder is refused") {
  const TemporaryFolder folder;
  folder.put("file");
  CHECK_THROWS_WITH(find_files(folder / "file"), Catch::Contains("is not a folder"));
  CHECK_THROWS_WITH(find_files(folder / "none"), Catch::Contains("is not a folder"));
}
