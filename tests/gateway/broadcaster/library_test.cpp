#include "gateway/broadcaster/library/catalogue.hpp"
#include "gateway/broadcaster/order.hpp"
#include "gateway/broadcaster/sealed.hpp"
#include "tests/support/temporary_folder.hpp"

#include <algorithm>
#include <fstream>
#include <numeric>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using test::TemporaryFolder;
using namespace std::chrono_literals;

namespace {

LibraryEntry entry(const std::string& name) {
  LibraryEntry entry;
  entry.stamp = {.length = 4'711, .modified = -123'456'789'012'345};
  entry.file.name = name;
  entry.file.title = "T\xc3\xb6n";
  entry.file.creator = "C";
  entry.file.album = "A";
  entry.file.disc = 2;
  entry.file.track = 3;
  entry.file.sample_rate = 44'100;
  entry.file.facts.type = "audio/mpeg";
  entry.file.facts.length = 4'711;
  entry.file.facts.duration = 61'234ms;
  entry.file.facts.root = hash::TreeRoot{hash::sha256(as_bytes(name))};
  entry.notes = {"one", "two"};
  return entry;
}

MeasuredFile tagged(const std::string& name, const std::string& creator, std::uint32_t track) {
  MeasuredFile file;
  file.name = name;
  file.creator = creator;
  file.track = track;
  return file;
}

std::string in_order(const std::vector<MeasuredFile>& files, Order order, std::uint64_t seed = 1) {
  std::vector<std::size_t> indices(files.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  put_in_order(indices, files, order, seed);
  std::string names;
  for (const std::size_t i : indices) names += files[i].name;
  return names;
}

}  // namespace

TEST_CASE("what was found out about a file is read back as it was written") {
  const auto written = entry("\xfc sub/a\n\"b\".mp3");
  const std::string line = catalogue_line(written);
  CHECK(line.find('\n') == std::string::npos);
  const auto read = parse_catalogue_line(line);
  REQUIRE(read);
  CHECK(catalogue_line(*read) == line);
  CHECK(read->stamp == written.stamp);
  CHECK(read->file.name == written.file.name);
  CHECK(read->file.facts.root == written.file.facts.root);
  CHECK(read->file.facts.duration == 61'234ms);
  CHECK(read->file.track == 3);
  CHECK(read->notes == written.notes);

  LibraryEntry cover;
  cover.file.name = "cover.jpg";
  cover.problem = "it is no sound";
  const auto read_cover = parse_catalogue_line(catalogue_line(cover));
  REQUIRE(read_cover);
  CHECK(read_cover->problem == "it is no sound");
}

TEST_CASE("a damaged line of the catalogue is no entry") {
  const std::string line = catalogue_line(entry("a"));
  for (std::size_t cut = 0; cut < line.size(); ++cut) {
    CHECK_FALSE(parse_catalogue_line(line.substr(0, cut)));
  }
  for (const char* text : {"[]", "{}", "null", "{\"name\":1}", "[[[[[[[[]]]]]]]]",
                           "{\"name\":\"%\",\"length\":1,\"modified\":1}"}) {
    CHECK_FALSE(parse_catalogue_line(text));
  }
  const auto with = [](const std::string& length, const std::string& modified) {
    return parse_catalogue_line(R"({"name":"a","problem":"-","length":)" + length +
                                R"(,"modified":)" + modified + "}");
  };
  CHECK(with("18446744073709551615", "-1"));
  for (const char* number : {"5e56", "1.5", "-1", "18446744073709551616", "\"1\""}) {
    CHECK_FALSE(with(number, "1"));
  }
  for (const char* number : {"5e56", "1.5", "9223372036854775808", "null"}) {
    CHECK_FALSE(with("1", number));
  }
}

TEST_CASE("only files that are as they were are taken from the catalogue") {
  const TemporaryFolder folder;
  const auto path = folder.path() / "list";
  std::vector<LibraryEntry> entries{entry("a"), entry("c"), entry("d"), entry("e")};
  std::size_t i = 0;
  write_catalogue(path, [&] { return i < entries.size() ? &entries[i++] : nullptr; });

  CatalogueReader reader(path);
  const FileStamp same = entries[0].stamp;
  CHECK(reader.take({{}, "a", same}));
  CHECK_FALSE(reader.take({{}, "b", same}));
  CHECK_FALSE(reader.take({{}, "c", {.length = same.length, .modified = 1}}));
  CHECK_FALSE(reader.take({{}, "d", {.length = 1, .modified = same.modified}}));
  CHECK(reader.take({{}, "e", same})->file.track == 3);
  CHECK_FALSE(reader.take({{}, "f", same}));
  CHECK_FALSE(CatalogueReader(folder.path() / "none").take({{}, "a", same}));
  std::ofstream(path) << "something else\n" << catalogue_line(entries[0]) << "\n";
  CHECK_FALSE(CatalogueReader(path).take({{}, "a", same}));
}

TEST_CASE("files are put in order by name, tags or chance") {
  const std::vector<MeasuredFile> files{tagged("d", "X", 2), tagged("b", "Y", 1),
                                        tagged("c", "X", 10), tagged("a", "X", 1)};
  CHECK(in_order(files, Order::given) == "dbca");
  CHECK(in_order(files, Order::name) == "abcd");
  CHECK(in_order(files, Order::tags) == "adcb");
  CHECK(parse_order("tags").value() == Order::tags);
  CHECK_FALSE(parse_order("random"));
}

TEST_CASE("a shuffle is the same for the same seed, and a new file moves none of the others") {
  std::vector<MeasuredFile> files;
  for (char c = 'a'; c <= 'z'; ++c) files.push_back(tagged(std::string(1, c), "", 0));
  const std::string order = in_order(files, Order::shuffle, 7);
  CHECK(order == in_order(files, Order::shuffle, 7));
  CHECK(order != in_order(files, Order::shuffle, 8));
  CHECK(order != in_order(files, Order::name));
  files.push_back(tagged("!", "", 0));
  std::reverse(files.begin(), files.end());
  std::string more = in_order(files, Order::shuffle, 7);
  std::erase(more, '!');
  CHECK(more == order);
}

TEST_CASE("a sealed playlist names what is on air and what was, and keeps the files of the rest") {
  playlist::Playlist playlist;
  const WallTime start{std::chrono::hours(500'000)};
  for (int i = 0; i < 4; ++i) {
    playlist::Item item{.url = http::Url::parse("http://me.example/" + std::to_string(i)).value()};
    item.title = "T" + std::to_string(i);
    item.creator = "C";
    item.duration = 60s;
    item.start = start + i * 60s;
    playlist.items.push_back(item);
  }
  playlist::Playlist loop = playlist;
  loop.anchor = start;
  for (playlist::Item& item : loop.items) item.start.reset();
  const auto titles = [](const playlist::Playlist& sealed) {
    std::string text;
    for (const playlist::Item& item : sealed.items) text += item.title + item.creator + ".";
    return text;
  };
  seal(playlist, start + 60s);
  CHECK(titles(playlist) == "T0C.T1C...");
  CHECK(playlist.items[3].start == start + 180s);
  seal(loop, start + 125s);
  CHECK(titles(loop) == "..T2C..");
}
