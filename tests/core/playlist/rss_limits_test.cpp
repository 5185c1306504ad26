#include "core/playlist/rss_reader.hpp"
#include "core/playlist/xml_prescan.hpp"
#include "tests/core/playlist/documents.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::playlist;
using namespace alluvium::playlist::tests;

namespace {

/// The error of a playlist that must not be read.
std::string refused(const std::string& text) {
  const auto result = read_rss(text, base_url());
  return result ? "read" : result.error().message;
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

}  // namespace

TEST_CASE("what is no playlist is refused with the place and the reason") {
  const std::string head(rdf_head);
  struct Row {
    std::string text;
    const char* error;
  };
  const std::vector<Row> rows = {
      {"", "the playlist is empty"},
      {" \r\n\t", "the playlist is empty"},
      {"\xef\xbb\xbf", "the playlist is empty"},
      {"<?xml version='1.0'?><!-- nothing -->\n", "the playlist is empty"},
      {"<!DOCTYPE html><html><head>", "the playlist is an HTML page, not RSS"},
      {"\n<!doctype HTML PUBLIC \"x\">", "the playlist is an HTML page, not RSS"},
      {"<HTML><body>", "the playlist is an HTML page, not RSS"},
      {"<!-- x --><html lang=en><br></html>", "the playlist is an HTML page, not RSS"},
      {"<!DOCTYPE rdf [<!ENTITY a \"b\">]><rdf/>",
       "line 1, column 1: a playlist must not have a DOCTYPE"},
      {"{\"a\": 1}", "not XML: line 1, column 1: text outside of the root element"},
      {"404\n", "not XML: line 1, column 1: text outside"},
      {"<rss version='2.0'/>", "line 1, column 1: the root element is <rss>"},
      {"<RDF/>", "the root element is <RDF>, not the RDF of an RSS 1.0 playlist"},
      {"<rdf:RDF xmlns:rdf='urn:x'/>", "the root element is <rdf:RDF>"},
      {document(""), "line 1, column 1: the playlist has no channel"},
      {document("<channel xmlns='urn:x'/>"), "no channel"},
      {document("<channel/>") + "<a/>", "line 2, column 21: a second root element"},
      {document("<channel/>") + "x", "line 2, column 21: text outside of the root element"},
      {document("<channel/>\n\xc3\xa4<a></b>"), "not XML: line 3, column "},
      {document("<channel/><a b=c/>"), "not XML: line 2, column "},
      {document("<channel/><a b='<'/>"), "column 16: an attribute value that does not end"},
      {document("<channel/><a b='/>"), "column 16: an attribute value that does not end"},
      {document("<channel/>1 < 2"), "line 2, column 13: a < that begins no element"},
      {document("<channel/><a "), "column 11: an element's tag that does not end"},
      {document("<channel/><!-- "), "column 11: a comment that does not end"},
      {document("<channel/><!-->"), "column 11: a comment that does not end"},
      {document("<channel/><?x "), "column 11: an instruction that does not end"},
      {document("<channel/><![CDATA["), "column 11: a CDATA section that does not end"},
      {document("<channel/><!ELEMENT>"), "column 11: a declaration that is not known"},
      {document("<channel/></x>"), "not XML"},
      {"<![CDATA[x]]>", "a declaration that is not known"},
      {"</a>", "line 1, column 1: an end tag without its start tag"},
      {head + "<channel/>", "the document ends before its last element does"},
      {document("<channel/>\x01"), "line 2, column 11: a control character"},
      {document("<channel/>" + std::string(1, '\0')), "line 2, column 11: a control character"},
      {std::string("<\0r\0/\0>\0", 8), "line 1, column 2: a control character"},
  };
  for (const auto& [text, error] : rows) {
    CAPTURE(text);
    CHECK_THAT(refused(text), Catch::Contains(error));
  }
}

TEST_CASE("a playlist that ends too early is an error wherever it ends") {
  const std::string whole =
      "<?xml version=\"1.0\"?><!-- c --><rdf:RDF xmlns=\"http://purl.org/rss/1.0/\" "
      "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n"
      "<?x y?><channel rdf:about=\"a\"><title>\xc3\xa4 &amp; &#228;</title><items><rdf:Seq>"
      "<rdf:li rdf:resource=\"a\"/></rdf:Seq></items></channel>\n"
      "<item rdf:about='a'><link><![CDATA[a.mp3]]></link></item></rdf:RDF>";
  REQUIRE(read_rss(whole, base_url()).ok());
  for (std::size_t length = 0; length < whole.size(); ++length) {
    CAPTURE(length);
    const auto result = read_rss(whole.substr(0, length), base_url());
    REQUIRE_FALSE(result.ok());
    CHECK_FALSE(result.error().message.empty());
  }
}

TEST_CASE("a playlist with any one byte changed is read or refused") {
  const std::string whole = with_item("<title>T &amp; t</title><link>/a?b</link><!-- c -->");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char byte : {'<', '>', '"', '&', '\0', '\xff', '/', '!', 'x'}) {
      std::string changed = whole;
      changed[at] = byte;
      const auto result = read_rss(changed, base_url());
      CHECK((result.ok() || !result.error().message.empty()));
    }
  }
}

TEST_CASE("size, depth, items and attributes have limits, and errors name the place") {
  const std::string blank = document("<channel/>");
  CHECK(read_rss(blank + std::string(max_playlist_bytes - blank.size(), ' '), base_url()).ok());
  CHECK(refused(blank + std::string(max_playlist_bytes - blank.size() + 1, ' ')) ==
        "the playlist is larger than 4 MiB");

  const auto nested = [](std::size_t depth) {
    return document("<channel/>" + repeated("<a>", depth - 1) + repeated("</a>", depth - 1));
  };
  CHECK(read_rss(nested(max_playlist_depth), base_url()).ok());
  CHECK(refused(nested(max_playlist_depth + 1)) ==
        "line 2, column 56: elements are nested more than 16 deep");

  const auto items = [](std::size_t count) {
    return document("<channel/>" + repeated("<item rdf:about='/a'/>\n", count));
  };
  const auto full = read_rss(items(max_playlist_items), base_url());
  REQUIRE(full.ok());
  CHECK(full->playlist.items.size() == max_playlist_items);
  CHECK(refused(items(max_playlist_items + 1)) ==
        "line 20002, column 1: the playlist has more than 20000 items");

  const auto attributes = [](std::size_t count) {
    return document("<channel/><a" + repeated(" b='c'", count) + "/>");
  };
  CHECK(read_rss(attributes(max_element_attributes), base_url()).ok());
  CHECK(refused(attributes(max_element_attributes + 1)) ==
        "line 2, column 11: an element has more than 32 attributes");
}

TEST_CASE("documents made to be dear are refused before a tree is built, or are cheap") {
  // Without the limits each of these would need many times its size in memory, stack or time.
  CHECK_THAT(refused(repeated("<a>", 1'300'000)), Catch::Contains("nested more than 16 deep"));
  CHECK_THAT(refused(document(repeated("<a/>", 1'000'000))), Catch::Contains("more than 400000"));
  CHECK_THAT(refused(document(repeated("<a/>x", 800'000))), Catch::Contains("more than 400000"));
  CHECK_THAT(refused(document("<channel>" + repeated("x<![CDATA[]]>", 300'000) + "</channel>")),
             Catch::Contains("more than 400000"));
  CHECK_THAT(refused(document("<a" + repeated(" b=''", 16'384) + "/>")),
             Catch::Contains("more than 32 attributes"));
  CHECK_THAT(refused("<a" + repeated(" ", 4'000'000)), Catch::Contains("does not end"));
  CHECK_THAT(refused(repeated("<!--", 1'000'000)), Catch::Contains("comment"));

  const std::string long_text(4'000'000, 'x');
  const auto one_text = read_rss(with_channel("<title>" + long_text + "</title>"), base_url());
  REQUIRE(one_text.ok());
  CHECK(one_text->playlist.title.size() == long_text.size());
  const auto one_url = read_rss(with_item("<link>" + long_text + "</link>"), base_url());
  REQUIRE(one_url.ok());
  REQUIRE(one_url->warnings.size() == 2);
  CHECK(one_url->warnings[0].size() < 300);
  // Many enclosures in one item must not be compared each with each.
  std::string enclosures = "<link>/a</link>";
  for (int i = 0; i < 100'000; ++i) {
    enclosures += "<enc:enclosure resource='" + std::to_string(i) + "'/>";
  }
  CHECK(read_rss(with_item(enclosures), base_url()).ok());
}

TEST_CASE("warnings are bounded and their rest is counted") {
  const auto result = read_rss(document("<channel/>" + repeated("<item/>\n", 20'000)), base_url());
  REQUIRE(result.ok());
  CHECK(result->playlist.items.empty());
  REQUIRE(result->warnings.size() == 51);
  CHECK(result->warnings[49] == "line 51: an item without a usable link is left out");
  CHECK(result->warnings[50] == "and 19950 more like these");
}
