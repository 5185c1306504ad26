#include "core/playlist/rss_reader.hpp"

#include "core/time/w3cdtf.hpp"
#include "tests/core/playlist/documents.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::playlist;
using namespace alluvium::playlist::tests;
using namespace std::chrono_literals;

namespace {

constexpr auto urn = "urn:tree:sha256:LXO4U6M2YGM2TLKXZXYB323SVOPKXAR5VLVYZH5OFJ4MXHJ2BZBQ";

ReadPlaylist read(const std::string& text) {
  const auto result = read_rss(text, base_url());
  INFO((result ? std::string() : result.error().message));
  REQUIRE(result.ok());
  return *result;
}

/// The only item of a playlist, and what was said about it.
struct OneItem {
  Item item;
  std::vector<std::string> warnings;
};
OneItem read_one(const std::string& elements) {
  const auto result = read(with_item(elements));
  REQUIRE(result.playlist.items.size() == 1);
  return {result.playlist.items[0], result.warnings};
}

std::vector<std::string> urls(const std::vector<Item>& items) {
  std::vector<std::string> list;
  for (const auto& item : items) list.push_back(item.url.target());
  return list;
}
using Texts = std::vector<std::string>;

std::optional<std::string> text_of(std::optional<WallTime> time) {
  if (!time) return std::nullopt;
  return format_w3cdtf(*time);
}

}  // namespace

TEST_CASE("a proper RSS 1.0 playlist is read with all its fields") {
  const auto [playlist, warnings] = read(document(R"(
    <channel rdf:about="http://station.example/radio/list.rss">
      <title>R&#228;dio &amp; Co</title>
      <link>http://station.example/</link>
      <description>All <![CDATA[<night>]]> long</description>
      <dc:date>2026-11-22T06:00:00+01:00</dc:date>
      <sy:updatePeriod>hourly</sy:updatePeriod>
      <sy:updateFrequency>12</sy:updateFrequency>
      <items><rdf:Seq><rdf:li rdf:resource="a.mp3"/><rdf:li resource="b"/>
        <rdf:li resource="p7"/></rdf:Seq></items>
      <textinput rdf:resource="http://gateway.example:8080/gateway/head"/>
    </channel>
    <item rdf:about="b"><title>B</title><link>b c.ogg</link><ev:type>filler</ev:type></item>
    <item rdf:about="p7"><title>L</title><link>7.mp3</link><ev:type>Live</ev:type>
      <dc:source>http://station.example/live/evening</dc:source></item>
    <item rdf:about="a.mp3">
      <title>Reno
        Project</title>
      <link> a.mp3#t=10 </link>
      <dc:creator>Opsound</dc:creator>
      <ev:startdate>2026-11-22T05:38:45Z</ev:startdate>
      <ev:enddate>2026-11-22T05:48:45Z</ev:enddate>
      <mm:duration>600000</mm:duration>
      <dc:format>Audio/MPEG; codecs=mp3</dc:format>
      <dc:identifier>)" + std::string(urn) + R"(</dc:identifier>
      <enc:enclosure rdf:resource="a.mp3" enc:type="audio/mpeg" enc:length="4800000"/>
      <enc:enclosure rdf:resource="http://mirror.example/a.mp3" enc:length="4800000"/>
    </item>
    <textinput rdf:about="http://gateway.example:8080/gateway/head">
      <title>Gateway</title><description/><name>uri</name>
      <link>http://gateway.example:8080/gateway/head</link>
    </textinput>)"));
  CHECK(warnings == Texts{});
  CHECK(playlist.title ==
        "R\xc3\xa4"
        "dio & Co");
  CHECK(playlist.link == "http://station.example/");
  CHECK(playlist.description == "All <night> long");
  CHECK(text_of(playlist.anchor) == "2026-11-22T05:00:00Z");
  CHECK(playlist.refresh == 300s);
  CHECK(playlist.gateway == http::Url::parse("http://gateway.example:8080").value());

  REQUIRE(playlist.items.size() == 3);
  const Item& item = playlist.items[0];
  CHECK(item.url.text() == "http://station.example/radio/a.mp3");
  REQUIRE(item.mirrors.size() == 1);
  CHECK(item.mirrors[0].text() == "http://mirror.example/a.mp3");
  CHECK(item.display_title() == "Opsound - Reno Project");
  CHECK(item.type == "audio/mpeg");
  CHECK(text_of(item.start) == "2026-11-22T05:38:45Z");
  CHECK(text_of(item.end) == "2026-11-22T05:48:45Z");
  CHECK(item.duration == 600'000ms);
  CHECK(item.length == 4'800'000u);
  REQUIRE(item.root);
  CHECK(item.root->urn() == urn);
  CHECK_FALSE(item.is_filler);
  CHECK_FALSE(item.is_live);
  CHECK(item.source.empty());
  CHECK(playlist.items[1].is_filler);
  CHECK(playlist.items[2].is_live);
  CHECK(playlist.items[2].source == "http://station.example/live/evening");
  CHECK(playlist.items[1].url.text() == "http://station.example/radio/b%20c.ogg");
}

TEST_CASE("items inside the channel, as in 2005, are read") {
  const auto [playlist, warnings] = read(document(R"(
    <channel><title>ACTLab TV</title><dc:date>2005-05-01T00:00:00Z</dc:date>
      <item><link>http://h/1.avi</link><mm:duration>1000</mm:duration></item>
      <item><link>http://h/2.avi</link><mm:duration>2000</mm:duration></item>
      <textinput><name>uri</name><link>http://g:81/x/gateway/head</link></textinput>
    </channel>)"));
  CHECK(warnings == Texts{});
  CHECK(playlist.title == "ACTLab TV");
  CHECK(urls(playlist.items) == Texts{"/1.avi", "/2.avi"});
  CHECK(playlist.items[1].duration == 2000ms);
  CHECK(playlist.gateway->text() == "http://g:81/x");
}

TEST_CASE("names are matched by namespace, whatever the prefix and wherever it is declared") {
  const auto [playlist, warnings] = read(
      R"(<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:rss="http://purl.org/rss/1.0/"
      ><rss:channel><rss:title>S</rss:title><title>other</title></rss:channel
      ><item xmlns="http://purl.org/rss/1.0/" xmlns:dc="urn:other" r:about="x"
      ><link>a</link><dc:creator>nobody</dc:creator
      ><x:creator xmlns:x="http://purl.org/dc/elements/1.1/">C</x:creator
      ><d:duration xmlns:d="http://musicbrainz.org/mm/mm-2.1#">5</d:duration
      ><title xmlns="">no</title></item
      ><item><link>in no namespace</link></item></r:RDF>)");
  CHECK(warnings == Texts{});
  CHECK(playlist.title == "S");
  REQUIRE(playlist.items.size() == 1);
  CHECK(playlist.items[0].creator == "C");
  CHECK(playlist.items[0].title.empty());
  CHECK(playlist.items[0].duration == 5ms);
}

TEST_CASE("the order is the sequence's, and who is not in it comes last") {
  const auto order = [](const std::string& sequence, const std::string& items) {
    return read(
        document("<channel><items><rdf:Seq>" + sequence + "</rdf:Seq></items></channel>" + items));
  };
  const std::string li_a = R"(<rdf:li rdf:resource="A"/>)";
  const std::string li_b = R"(<rdf:li rdf:resource="B"/>)";
  const std::string a = R"(<item rdf:about="A"><link>/a</link></item>)";
  const std::string a2 = R"(<item rdf:about="A"><link>/a2</link></item>)";
  const std::string b = R"(<item rdf:about="B"><link>/b</link></item>)";
  const std::string c = R"(<item><link>/c</link></item>)";

  CHECK(urls(order(li_b + li_a, a + b).playlist.items) == Texts{"/b", "/a"});
  CHECK(urls(order("", b + a).playlist.items) == Texts{"/b", "/a"});
  CHECK(urls(order(li_b, c + a + b).playlist.items) == Texts{"/b", "/c", "/a"});
  CHECK(order(li_b, c + a + b).warnings.size() == 2);
  // Two items of one name stand where that name stands, the first one first.
  CHECK(urls(order(li_a + li_b + li_a, a + a2 + b).playlist.items) == Texts{"/a", "/b", "/a2"});
  // A name that is said more often than there are items gives no further broadcast.
  const auto repeated = order(li_a + li_b + li_a, a + b);
  CHECK(urls(repeated.playlist.items) == Texts{"/a", "/b"});
  REQUIRE(repeated.warnings.size() == 1);
  CHECK_THAT(repeated.warnings[0], Catch::StartsWith("line 2: the order names \"A\" once more"));
}

TEST_CASE("the media URL is the link, else the enclosure, else the item's name") {
  const auto chosen = [](const std::string& item) {
    const auto [playlist, warnings] = read(document("<channel/>" + item));
    return playlist.items.empty() ? "none" : playlist.items[0].url.target();
  };
  CHECK(chosen(R"(<item rdf:about="/n"><link>/l</link><enc:enclosure resource="/e"/></item>)") ==
        "/l");
  CHECK(chosen(R"(<item rdf:about="/n"><link> </link><enc:enclosure resource="/e"/></item>)") ==
        "/e");
  CHECK(chosen(R"(<item rdf:about="/n"><link>ftp://h/</link></item>)") == "/n");
  CHECK(chosen(R"(<item rdf:about="/n"/>)") == "/n");
  CHECK(chosen(R"(<item rdf:about="urn:isbn:1"/>)") == "none");
  CHECK(chosen("<item><title>T</title></item>") == "none");
}

TEST_CASE("an item without a usable URL is left out with a warning that names its line") {
  const auto [playlist, warnings] = read(
      document("<channel/>\n<item><link>/a</link></item>\n<item><link>mailto:a</link>\n</item>"));
  CHECK(urls(playlist.items) == Texts{"/a"});
  REQUIRE(warnings.size() == 2);
  CHECK_THAT(warnings[0], Catch::StartsWith("line 4: ") && Catch::Contains("mailto:a"));
  CHECK(warnings[1] == "line 4: an item without a usable link is left out");
}

TEST_CASE("the same URL twice is no mirror, and mirrors are bounded") {
  const auto one = read_one(R"(<link>/a</link><enc:enclosure resource="/m#x"/>
      <enc:enclosure resource="/a"/><enc:enclosure resource="/m"/>)");
  REQUIRE(one.item.mirrors.size() == 1);
  CHECK(one.item.mirrors[0].target() == "/m");

  std::string many = "<link>/a</link>";
  for (int i = 0; i < 100; ++i) {
    many += "<enc:enclosure resource=\"/" + std::to_string(i) + "\"/>";
  }
  const auto bounded = read_one(many);
  CHECK(bounded.item.mirrors.size() == max_item_enclosures);
  CHECK(bounded.warnings.size() > 50);
}

TEST_CASE("fields that cannot be read are left out with a warning") {
  struct Row {
    const char* element;
    const char* warning;
  };
  const Row rows[] = {
      {"<mm:duration>-5</mm:duration>", "duration \"-5\""},
      {"<mm:duration>0</mm:duration>", "duration \"0\""},
      {"<mm:duration>1.5</mm:duration>", "duration"},
      {"<mm:duration>3:20</mm:duration>", "duration"},
      {"<mm:duration>99999999999999999999999</mm:duration>", "duration"},
      {"<mm:duration>9223372036854775807</mm:duration>", "duration"},
      {"<ev:startdate>tomorrow</ev:startdate>", "\"tomorrow\" is not a W3C date"},
      {"<ev:enddate>2026-02-30T00:00Z</ev:enddate>", "W3C date"},
      {"<dc:identifier>urn:tree:sha256:AAAA</dc:identifier>", "hash tree"},
      {"<dc:format>MP3</dc:format>", "MIME type"},
      {"<dc:format>audio/m p3</dc:format>", "MIME type"},
      {R"(<enc:enclosure resource="/a" enc:length="0"/>)", "length \"0\""},
      {R"(<enc:enclosure resource="/a" enc:length="-1"/>)", "length"},
      {R"(<enc:enclosure resource="/a" enc:length="17179869185"/>)", "length"},
      {R"(<enc:enclosure resource="/a" type="&lt;"/>)", "MIME type"},
      {R"(<enc:enclosure resource="ftp://h/"/>)", "not http"},
  };
  Item plain;
  plain.url = base_url().resolve("/a").value();
  for (const auto& row : rows) {
    CAPTURE(row.element);
    const auto one = read_one("<link>/a</link>" + std::string(row.element));
    CHECK(one.item == plain);
    REQUIRE(one.warnings.size() == 1);
    CHECK_THAT(one.warnings[0], Catch::StartsWith("line 2: ") && Catch::Contains(row.warning));
  }
}

TEST_CASE("a time without a zone is read as UTC and warned of") {
  const auto one = read_one("<link>/a</link><ev:startdate>2026-11-22T05:38</ev:startdate>");
  CHECK(text_of(one.item.start) == "2026-11-22T05:38:00Z");
  REQUIRE(one.warnings.size() == 1);
  CHECK_THAT(one.warnings[0], Catch::Contains("2026-11-22T05:38") && Catch::Contains("zone"));
}

TEST_CASE("of a field that comes twice the first readable one counts") {
  const auto one = read_one(R"(<link>/a</link><link>/b</link><title> </title><dc:title>D</dc:title>
      <title>T</title><title>U</title><dc:identifier>ISRC-1</dc:identifier>
      <mm:duration>x</mm:duration><mm:duration>5</mm:duration>
      <enc:enclosure resource="/a" type="audio/ogg" length="7"/>
      <enc:enclosure resource="/m" type="video/ogg" length="8"/>)");
  CHECK(one.item.url.target() == "/a");
  CHECK(one.item.title == "T");
  CHECK(one.item.duration == 5ms);
  CHECK(one.item.type == "audio/ogg");
  CHECK(one.item.length == 7u);
  CHECK_FALSE(one.item.root);
  CHECK(one.warnings.size() == 2);
}

TEST_CASE("the anchor is the channel's date, else the base of its updates") {
  const auto anchor = [](const std::string& elements) {
    return text_of(read(with_channel(elements)).playlist.anchor);
  };
  const std::string base = "<sy:updateBase>2000-01-01T12:00Z</sy:updateBase>";
  CHECK(anchor(base + "<dc:date>2026-11-22T00:00Z</dc:date>") == "2026-11-22T00:00:00Z");
  CHECK(anchor(base) == "2000-01-01T12:00:00Z");
  CHECK(anchor(base + "<dc:date>once</dc:date>") == "2000-01-01T12:00:00Z");
  CHECK(anchor("") == std::nullopt);
}

TEST_CASE("refresh has the defaults of the syndication module") {
  const auto refresh = [](const std::string& elements) {
    return read(with_channel(elements)).playlist.refresh;
  };
  CHECK(refresh("") == std::nullopt);
  CHECK(refresh("<sy:updatePeriod>hourly</sy:updatePeriod>") == 1h);
  CHECK(refresh("<sy:updateFrequency>4</sy:updateFrequency>") == 6h);
  CHECK(refresh("<sy:updatePeriod>never</sy:updatePeriod>") == std::nullopt);
  CHECK(refresh("<sy:updateFrequency>-4</sy:updateFrequency>") == std::nullopt);
  CHECK(read(with_channel("<sy:updatePeriod>never</sy:updatePeriod>")).warnings.size() == 1);
}

TEST_CASE("a text input names the gateway only in the lookup form") {
  struct Row {
    const char* name;
    const char* link;
    const char* gateway;
    std::size_t warnings;
  };
  const Row rows[] = {
      {"uri", "http://g:8080/gateway/head", "http://g:8080/", 0},
      {"uri", "https://g/a/gateway/head", "https://g/a", 0},
      {"uri", "https://g/a//gateway/head", "https://g/a", 0},
      {"uri", "/gateway/head", "http://station.example/", 0},
      {"q", "http://g:8080/search", "", 0},
      {"uri", "http://g:8080/", "", 1},
      {"uri", "http://g:8080/x?/gateway/head", "", 1},
      {"uri", "ftp://g/gateway/head", "", 1},
  };
  for (const auto& row : rows) {
    CAPTURE(row.name, row.link);
    const auto [playlist, warnings] =
        read(document("<channel/><textinput><name>" + std::string(row.name) + "</name><link>" +
                      row.link + "</link></textinput>"));
    CHECK((playlist.gateway ? playlist.gateway->text() : "") == row.gateway);
    CHECK(warnings.size() == row.warnings);
  }
}

TEST_CASE("UTF-16 and byte order marks make no difference") {
  const std::string utf8 = with_item("<link>/\xc3\xa4</link><title>\xf0\x9f\x8e\xb5</title>");
  const auto expected = read(utf8).playlist;
  CHECK(read("\xef\xbb\xbf" + utf8).playlist == expected);

  std::string big = "\xfe\xff";
  std::string little = "\xff\xfe";
  const auto put = [&](unsigned unit) {
    const char high = static_cast<char>(unit >> 8);
    const char low = static_cast<char>(unit & 0xff);
    big += {high, low};
    little += {low, high};
  };
  for (const char c : with_item("<link>/@</link><title>^</title>")) {
    if (c == '@') {
      put(0xe4);
    } else if (c == '^') {
      put(0xd83c);
      put(0xdfb5);
    } else {
      put(static_cast<unsigned char>(c));
    }
  }
  CHECK(read(big).playlist == expected);
  CHECK(read(little).playlist == expected);
  // Half of the last character is missing: the document ends too early.
  CHECK_FALSE(read_rss(little.substr(0, little.size() - 1), base_url()).ok());
}

TEST_CASE("bytes that are not UTF-8 are replaced and warned of") {
  const auto one = read_one("<link>/a</link><title>gr\xfc\xdf</title>");
  CHECK(one.item.title == "gr\xef\xbf\xbd\xef\xbf\xbd");
  REQUIRE(one.warnings.size() == 1);
  CHECK_THAT(one.warnings[0], Catch::Contains("UTF-8"));
}

TEST_CASE("comments, instructions and quotes hide markup") {
  const auto one = read_one(R"(<!-- </item> "<x>' --><?php </item> ?><link>/a</link>
      <title>1<!-- - -->2<![CDATA[</title>]]&gt;<x>]]></title><dc:creator a='">' b="'/>">C</dc:creator>)");
  CHECK(one.item.title == "12</title>]]&gt;<x>");
  CHECK(one.item.creator == "C");
  CHECK(one.warnings == Texts{});
}
