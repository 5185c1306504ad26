#include "core/playlist/rss_writer.hpp"

#include "core/base/random.hpp"
#include "core/playlist/rss_reader.hpp"
#include "tests/core/playlist/documents.hpp"

#include <array>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::playlist;
using namespace alluvium::playlist::tests;
using namespace std::chrono_literals;
using Catch::Contains;

namespace {

const std::string about = "http://station.example/radio/list.rss";

ReadPlaylist read_back(const Playlist& playlist) {
  const std::string text = write_rss(playlist, about);
  const auto result = read_rss(text, base_url());
  INFO(text);
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result.ok());
  return *result;
}

constexpr std::array<std::string_view, 12> texts = {
    "",
    "Reno Project",
    "<b>bold</b> & \"quoted\" 'twice'",
    "]]> <![CDATA[ <!-- -->",
    "&amp; &#65; &nbsp;",
    "Gr\xc3\xbc\xc3\x9f"
    "e \xf0\x9f\x8e\xb5 \xe6\x97\xa5\xe6\x9c\xac",
    "a  b",
    "100 % \\ / ? #",
    "-",
    "\xef\xbf\xbd",
    "</rdf:RDF>",
    "{\"json\": [1]}",
};
constexpr std::array<std::string_view, 7> references = {"a.mp3",
                                                        "gr\xc3\xbc\xc3\x9f.ogg",
                                                        "b c.mp3?x=1&y='2'",
                                                        "http://other.example:81/%20",
                                                        "https://[2001:db8::1]/'\"",
                                                        "/",
                                                        "12:30.mp3"};
constexpr std::array<std::string_view, 4> types = {"", "audio/mpeg", "audio/ogg",
                                                   "application/vnd.x+xml"};

/// Draws playlists that use every field, and every field's absence.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {}

  Playlist playlist() {
    Playlist playlist;
    playlist.title = one_of(texts);
    playlist.link = one_of(texts);
    playlist.description = one_of(texts);
    if (coin()) playlist.anchor = instant();
    if (coin())
      playlist.gateway = http::Url::parse(url().origin() + (coin() ? "" : "/sub")).value();
    if (coin())
      playlist.refresh =
          std::array<std::chrono::seconds, 4>{60s, 1h, 12h, 7 * 24h}[random_.below(4)];
    for (auto n = random_.below(8); n > 0; --n) playlist.items.push_back(item());
    return playlist;
  }

 private:
  bool coin() { return random_.below(2) == 0; }
  template <std::size_t n>
  std::string one_of(const std::array<std::string_view, n>& choices) {
    return std::string(choices[random_.below(n)]);
  }
  http::Url url() { return base_url().resolve(one_of(references)).value(); }
  WallTime instant() {
    const std::chrono::milliseconds since_year_1(random_.below(315'537'897'599'999));
    return std::chrono::sys_days{std::chrono::year{1} / 1 / 1} + since_year_1;
  }
  Item item() {
    Item item;
    item.url = url();
    for (auto n = random_.below(3); n > 0; --n) {
      const auto mirror = url();
      const bool known = mirror == item.url || (!item.mirrors.empty() && item.mirrors[0] == mirror);
      if (!known) item.mirrors.push_back(mirror);
    }
    item.title = one_of(texts);
    item.creator = one_of(texts);
    item.type = one_of(types);
    if (coin()) item.start = instant();
    if (coin()) item.end = instant();
    if (coin()) item.duration = std::chrono::milliseconds(1 + random_.below(10'000'000));
    if (coin()) item.length = 1 + random_.below(hash::max_file_bytes);
    if (coin()) {
      item.root.emplace();
      for (auto& byte : item.root->digest) byte = static_cast<std::uint8_t>(random_.next());
    }
    item.is_filler = coin();
    item.is_live = coin();
    if (coin()) item.source = one_of(references);
    return item;
  }

  Random random_;
};

Playlist with_titles(std::string_view title) {
  Playlist playlist;
  playlist.title = title;
  Item item;
  item.url = base_url().resolve("a.mp3").value();
  item.title = title;
  playlist.items.push_back(item);
  return playlist;
}

}  // namespace

TEST_CASE("what was written is read back the same, and without a warning") {
  for (std::uint64_t seed = 0; seed < 2000; ++seed) {
    CAPTURE(seed);
    const Playlist playlist = Draw(seed).playlist();
    const auto [again, warnings] = read_back(playlist);
    REQUIRE(again == playlist);
    REQUIRE(warnings.empty());
  }
}

TEST_CASE("a file that plays twice has two names in the order") {
  Playlist playlist = with_titles("T");
  playlist.items.push_back(playlist.items[0]);
  playlist.items[1].title = "again";
  const std::string text = write_rss(playlist, about);
  CHECK_THAT(text, Contains("<rdf:li rdf:resource=\"http://station.example/radio/a.mp3\"/>"));
  CHECK_THAT(text, Contains("<rdf:li rdf:resource=\"http://station.example/radio/a.mp3#2\"/>"));
  CHECK_THAT(text, Contains("<item rdf:about=\"http://station.example/radio/a.mp3#2\">"));
  CHECK(read_back(playlist).playlist == playlist);
}

TEST_CASE("the gateway is written as the text input that it was") {
  Playlist playlist;
  playlist.gateway = http::Url::parse("http://g:8080").value();
  CHECK_THAT(write_rss(playlist, about),
             Contains("<name>uri</name>") && Contains("<link>http://g:8080/gateway/head</link>"));
  CHECK(read_back(playlist).playlist == playlist);
}

TEST_CASE("what XML cannot carry is replaced, never written") {
  struct Row {
    std::string written;
    std::string read;
  };
  const std::vector<Row> rows = {
      {std::string("a\0b", 3), "a b"},
      {"a\x1b[31mb\r\n", "a [31mb"},
      {"\xff", "\xef\xbf\xbd"},
      {" a\n\n b ", "a b"},
      {"\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.read);
    const auto again = read_back(with_titles(row.written)).playlist;
    CHECK(again == with_titles(row.read));
    CHECK(read_back(again).playlist == again);
  }
}

TEST_CASE("a refresh that no period can say becomes a shorter one") {
  Playlist playlist;
  playlist.refresh = 1000 * 24h;
  CHECK(read_back(playlist).playlist.refresh == 365 * 24h);
  playlist.refresh = 0s;
  CHECK_FALSE(read_back(playlist).playlist.refresh);
  playlist.refresh = -1s;
  CHECK_FALSE(read_back(playlist).playlist.refresh);
}

TEST_CASE("a playlist's own address is written as text") {
  CHECK_THAT(write_rss({}, "http://h/?a&\"b"),
             Contains("<channel rdf:about=\"http://h/?a&amp;&quot;b\">"));
}
