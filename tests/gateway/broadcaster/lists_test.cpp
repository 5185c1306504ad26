#include "gateway/broadcaster/lists/lists.hpp"

#include "gateway/broadcaster/lists/feed.hpp"
#include "tests/support/temporary_folder.hpp"

#include <filesystem>
#include <fstream>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using test::TemporaryFolder;
using namespace std::chrono_literals;
namespace fs = std::filesystem;

namespace {

http::Url url(const std::string& text) {
  return http::Url::parse(text).value();
}

std::vector<std::string> locations(const Result<std::vector<ListEntry>>& entries) {
  std::vector<std::string> locations;
  for (const ListEntry& entry : *entries) locations.push_back(entry.location);
  return locations;
}

void put(const fs::path& path) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << "x";
}

}  // namespace

TEST_CASE("an M3U list names a file a line, and titles before them") {
  const auto entries = parse_m3u(
      "\xef\xbb\xbf#EXTM3U\r\n#EXTINF:123 tvg=\"a,b\",Somebody - Song\r\na b.mp3\r\n\r\n"
      "# a remark\nsub/c.ogg\nHTTPS://me.example/x.mp3\n");
  REQUIRE(entries);
  CHECK(locations(entries) ==
        std::vector<std::string>{"a b.mp3", "sub/c.ogg", "HTTPS://me.example/x.mp3"});
  CHECK((*entries)[0].title == "Somebody - Song");
  CHECK((*entries)[1].title.empty());
  CHECK_FALSE((*entries)[1].is_uri);
  CHECK((*entries)[2].is_uri);
}

TEST_CASE("what is no list of files is refused, with its line") {
  const auto hls = parse_m3u("#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\na.ts\n");
  REQUIRE_FALSE(hls);
  CHECK(hls.error().message == "line 2: it lists the pieces of one stream (HLS), not files");
  CHECK_FALSE(parse_m3u(std::string("a.mp3\n\0b", 8)));
  CHECK(parse_m3u("")->empty());
}

TEST_CASE("an XSPF list names tracks, percent-encoded") {
  const auto entries = parse_xspf(
      "<?xml version=\"1.0\"?><playlist version=\"1\" xmlns=\"http://xspf.org/ns/0/\"><trackList>"
      "<track><location>a%20b.mp3</location><location>c.mp3</location><title>T</title>"
      "<creator>C</creator></track><track><title>nowhere</title></track>"
      "<track><location>file:///d.mp3</location></track></trackList></playlist>");
  REQUIRE(entries);
  CHECK(locations(entries) == std::vector<std::string>{"a%20b.mp3", "file:///d.mp3"});
  CHECK((*entries)[0].title == "T");
  CHECK((*entries)[0].creator == "C");
  CHECK_FALSE(parse_xspf("<rss/>"));
  CHECK_FALSE(parse_xspf("<playlist>"));
  CHECK_FALSE(parse_xspf("no XML"));
}

TEST_CASE("a list's entries are found in the folder, whichever way they are written") {
  const TemporaryFolder temporary;
  const fs::path folder = fs::canonical(temporary.path()) / "music";
  for (const char* name : {"a b.mp3", "sub/c.mp3", "100%.mp3"}) put(folder / name);
  put(folder.parent_path() / "outside.mp3");
  const auto resolve = [&](const std::string& location, bool is_uri) {
    const auto listed = resolve_list({{location, is_uri, "T", "C"}}, folder / "list.m3u", folder);
    if (listed.files.empty()) return listed.notes.at(0);
    const ListedFile& file = listed.files[0];
    return file.entry ? "web " + file.entry->url.text() + " " + file.entry->title : file.name;
  };
  CHECK(resolve("a b.mp3", false) == "a b.mp3");
  CHECK(resolve("./sub/../sub/c.mp3", false) == "sub/c.mp3");
  CHECK(resolve("sub\\c.mp3", false) == "sub/c.mp3");
  CHECK(resolve((folder / "sub/c.mp3").string(), false) == "sub/c.mp3");
  CHECK(resolve("100%.mp3", false) == "100%.mp3");
  CHECK(resolve("a%20b.mp3", true) == "a b.mp3");
  CHECK(resolve("file://" + (folder / "sub/c.mp3").string(), true) == "sub/c.mp3");
  CHECK(resolve("file://localhost" + (folder / "sub/c.mp3").string(), true) == "sub/c.mp3");
  CHECK(resolve("http://me.example/x.mp3", true) == "web http://me.example/x.mp3 T");
  CHECK_THAT(resolve("../outside.mp3", false), Catch::Contains("it lies outside"));
  CHECK_THAT(resolve("/etc/passwd", false), Catch::Contains("it lies outside"));
  CHECK_THAT(resolve("100%.mp3", true), Catch::Contains("it is no address"));
  CHECK_THAT(resolve("http://", true), Catch::Contains("is left out"));
}

TEST_CASE("a podcast's enclosures become entries") {
  const auto feed = parse_feed(
      R"(<?xml version="1.0"?><rss version="2.0" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd">
      <channel><title>Pod &amp; cast</title><itunes:author>Wer</itunes:author>
      <item><title><![CDATA[Two <b>]]></title><itunes:author>Gast</itunes:author>
        <enclosure url="2.mp3?x=1&amp;y=2" type="audio/mpeg" length="1234"/>
        <itunes:duration>1:02:03</itunes:duration></item>
      <item><title>Text only</title></item>
      <item><title>Book</title><enclosure url="b.pdf" type="application/pdf" length="9"/></item>
      <item><itunes:title>One</itunes:title><enclosure url="https://o.example/1" type="" length="0"/>
      </item></channel></rss>)",
      url("http://me.example/pod/feed.xml"));
  REQUIRE(feed);
  CHECK(feed->title == "Pod & cast");
  REQUIRE(feed->entries.size() == 2);
  CHECK(feed->entries[0] == FeedEntry{.url = url("http://me.example/pod/2.mp3?x=1&y=2"),
                                      .title = "Two <b>",
                                      .creator = "Gast",
                                      .type = "audio/mpeg",
                                      .length = 1234,
                                      .duration = 3'723s});
  CHECK(feed->entries[1] == FeedEntry{.url = url("https://o.example/1"),
                                      .title = "One",
                                      .creator = "Wer",
                                      .type = "",
                                      .length = std::nullopt,
                                      .duration = std::nullopt});
}

TEST_CASE("an Atom feed's enclosures become entries, the first of each") {
  const auto feed = parse_feed(
      R"(<feed xmlns="http://www.w3.org/2005/Atom"><title>A</title><author><name>W</name></author>
      <entry><title>1</title><link href="page.html"/>
        <link rel="enclosure" href="1.ogg" type="audio/ogg; codecs=opus" length="7"/>
        <link rel="enclosure" href="1.mp3" type="audio/mpeg"/></entry></feed>)",
      url("http://me.example/feed"));
  REQUIRE(feed);
  REQUIRE(feed->entries.size() == 1);
  CHECK(feed->entries[0].url.text() == "http://me.example/1.ogg");
  CHECK(feed->entries[0].type == "audio/ogg");
  CHECK(feed->entries[0].creator == "W");
  CHECK(feed->entries[0].length == 7u);
}

TEST_CASE("what is no feed is refused") {
  const auto base = url("http://me.example/");
  CHECK_FALSE(parse_feed("", base));
  CHECK_FALSE(parse_feed("<html><body/></html>", base));
  CHECK_FALSE(parse_feed("<rdf:RDF xmlns:rdf='x'/>", base));
  CHECK_FALSE(parse_feed("<rss version='2.0'/>", base));
  CHECK_FALSE(parse_feed("<rss><channel>", base));
}

TEST_CASE("durations are written in several ways") {
  CHECK(parse_feed_duration("75") == 75s);
  CHECK(parse_feed_duration("1:15") == 75s);
  CHECK(parse_feed_duration("01:00:05.5") == 3'605s);
  for (const char* text : {"", "0", "0:00", "1:2:3:4", "-5", "1h", ":", "99999999999999999999"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_feed_duration(text));
  }
}
