#include "core/media/file_facts.hpp"

#include "core/hash/digest.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace std::chrono_literals;

namespace {

FileFacts all_facts() {
  FileFacts facts;
  facts.uri = "http://station.example/a%20b.mp3";
  facts.root = hash::TreeRoot{hash::sha256(as_bytes("tree"))};
  facts.sha256 = hash::sha256(as_bytes("file"));
  facts.length = 5'000'000;
  facts.type = "audio/mpeg";
  facts.etag = "\"4c4b40-1\"";
  facts.last_modified = "Sun, 22 Nov 2026 05:38:45 GMT";
  facts.duration = 312'500ms;
  facts.seconds = {0, 16'000, 16'000, 5'000'000};
  facts.links = {{15'000, 900ms}, {4'000'000, 2'500ms}};
  facts.peers = {"http://192.0.2.1:4000/uri-res/N2R?urn:x"};
  facts.mirrors = {"http://mirror.example/a.mp3", "http://other.example/a.mp3"};
  return facts;
}

}  // namespace

TEST_CASE("what is known of a file survives JSON") {
  const FileFacts facts = all_facts();
  const auto read = parse_file_facts(to_json(facts));
  REQUIRE(read);
  CHECK(read->uri == facts.uri);
  CHECK(read->root == facts.root);
  CHECK(read->sha256 == facts.sha256);
  CHECK(read->length == facts.length);
  CHECK(read->type == facts.type);
  CHECK(read->etag == facts.etag);
  CHECK(read->last_modified == facts.last_modified);
  CHECK(read->duration == facts.duration);
  CHECK(read->seconds == facts.seconds);
  CHECK(read->links == facts.links);
  CHECK(read->peers == facts.peers);
  CHECK(read->mirrors == facts.mirrors);
}

TEST_CASE("a sidecar has only what is known") {
  FileFacts facts;
  facts.length = 9;
  facts.type = "audio/ogg";
  facts.duration = 2'000ms;
  facts.seconds = {1, 5};
  CHECK(to_json(facts) == R"({"duration_ms":2000,"length":9,"seconds":[1,5],"type":"audio/ogg"})");
  facts.links = {{4, 1'200ms}};
  CHECK_THAT(to_json(facts), Catch::Contains(R"("links":[4,1200])"));
}

TEST_CASE("text that is not UTF-8 does not keep facts from being written") {
  FileFacts facts;
  facts.type = "audio/\xff";
  CHECK(parse_file_facts(to_json(facts)).ok());
}

TEST_CASE("unknown fields are passed over, whatever they hold") {
  const auto read = parse_file_facts(
      R"({"new":{"length":7,"seconds":["x"]},"length":3,"list":[[1],{"urn":2}],"none":null,"x":-1.5})");
  REQUIRE(read);
  CHECK(read->length == 3);
  CHECK(read->seconds.empty());
}

TEST_CASE("a description that cannot be used is refused with a reason") {
  struct Case {
    std::string json;
    const char* reason;
  };
  const std::string deep(9, '[');
  for (const Case& c : {
           Case{"", "not JSON"},
           Case{"<html>", "not JSON"},
           Case{R"({"length":3)", "not JSON"},
           Case{R"({"length":3} x)", "not JSON"},
           Case{"{\"length\":3,\"type\":\"\xff\"}", "not JSON"},
           Case{"[]", "not an object"},
           Case{"3", "not an object"},
           Case{"null", "not an object"},
           Case{"{}", "names no length"},
           Case{R"({"length":17179869185})", "longer than 16 GiB"},
           Case{R"({"length":-1})", "\"length\" must not be a negative number"},
           Case{R"({"length":1.5})", "\"length\" must not be a fraction"},
           Case{R"({"length":99999999999999999999})", "\"length\" must not be"},
           Case{R"({"length":"3"})", "\"length\" must not be text"},
           Case{R"({"length":[3]})", "\"length\" must not be a list"},
           Case{R"({"length":{"a":3}})", "\"length\" must not be an object"},
           Case{R"({"length":null})", "\"length\" must not be null"},
           Case{R"({"length":3,"type":7})", "\"type\" must not be a number"},
           Case{R"({"length":3,"type":true})", "\"type\" must not be true or false"},
           Case{R"({"length":3,"urn":"urn:tree:tiger:AAA"})", "not the name of a tree"},
           Case{R"({"length":3,"sha256":"00"})", "64 hexadecimal digits"},
           Case{R"({"length":3,"duration_ms":3155760000001})", "duration is impossible"},
           Case{R"({"length":3,"seconds":7})", "\"seconds\" must not be a number"},
           Case{R"({"length":3,"seconds":{"a":1}})", "\"seconds\" must not be an object"},
           Case{R"({"length":3,"seconds":[[1]]})", "\"seconds\" must not be a list"},
           Case{R"({"length":3,"seconds":["1"]})", "\"seconds\" must not be text"},
           Case{R"({"length":3,"seconds":[2,1]})", "not in order"},
           Case{R"({"length":3,"seconds":[0,4]})", "beyond its length"},
           Case{R"({"seconds":[0,4],"length":3})", "beyond its length"},
           Case{R"({"length":3,"links":7})", "\"links\" must not be a number"},
           Case{R"({"length":3,"links":[[1,2]]})", "\"links\" must not be a list"},
           Case{R"({"length":3,"links":["1"]})", "\"links\" must not be text"},
           Case{R"({"length":3,"links":[1]})", "not pairs"},
           Case{R"({"length":3,"links":[4,0]})", "links lie beyond its length"},
           Case{R"({"length":3,"links":[0,0]})", "links are not in order"},
           Case{R"({"length":3,"links":[2,0,1,0]})", "links are not in order"},
           Case{R"({"length":3,"links":[1,5,2,4]})", "links are not in order"},
           Case{R"({"length":3,"links":[1,3155760000001]})", "impossible times"},
           Case{R"({"length":3,"peers":[1]})", "\"peers\" must not be a number"},
           Case{R"({"length":3,"peers":"x"})", "\"peers\" must not be text"},
           Case{R"({"length":3,"x":)" + deep, "nested too deeply"},
           Case{R"({"length":3,"x":")" + std::string(4 << 20, 'x') + "\"}", "longer than 4 MiB"},
       }) {
    CAPTURE(c.json.substr(0, 80));
    const auto read = parse_file_facts(c.json);
    REQUIRE_FALSE(read);
    CHECK_THAT(read.error().message, Catch::Contains(c.reason));
  }
}

TEST_CASE("as many seconds are read as a file may have and no more") {
  const auto with_seconds = [](std::size_t count) {
    std::string json = R"({"length":3,"seconds":[0)";
    for (std::size_t i = 1; i < count; ++i) json += ",1";
    return parse_file_facts(json + "]}");
  };
  CHECK(with_seconds(max_seconds).ok());
  CHECK_FALSE(with_seconds(max_seconds + 1).ok());
}

TEST_CASE("as many links are read as a file may have and no more") {
  const auto with_links = [](std::size_t count) {
    std::string json = R"({"length":100000,"links":[1,1)";
    for (std::size_t i = 2; i <= count; ++i) json += "," + std::to_string(i) + ",1";
    return parse_file_facts(json + "]}");
  };
  CHECK(with_links(max_links).ok());
  CHECK_FALSE(with_links(max_links + 1).ok());
}

TEST_CASE("a description cut short anywhere is refused") {
  const std::string json = to_json(all_facts());
  for (std::size_t size = 0; size < json.size(); ++size) {
    CAPTURE(size);
    REQUIRE_FALSE(parse_file_facts(std::string_view(json).substr(0, size)));
  }
}

TEST_CASE("a file is entered at the second that has begun, or by proportion") {
  FileFacts facts;
  facts.length = 1'000'000;
  facts.duration = 100s;
  CHECK(entry_point(facts, 25s).offset == 250'000);
  CHECK(entry_point(facts, 25s).time == 25s);
  CHECK_FALSE(entry_point(facts, 25s).exact);
  CHECK(entry_point(facts, 200s).offset == 1'000'000);

  facts.seconds = {45, 12'000, 20'000};
  CHECK(entry_point(facts, 1'999ms).offset == 12'000);
  CHECK(entry_point(facts, 1'999ms).time == 1s);
  CHECK(entry_point(facts, 1'999ms).exact);
  CHECK(entry_point(facts, 2s).offset == 20'000);
  CHECK(entry_point(facts, 99s).offset == 20'000);
  CHECK(entry_point(facts, 0s).offset == 0);
  CHECK(entry_point(facts, -5s).offset == 0);
}

TEST_CASE("a later link of a chain is entered at its beginning, and from there further on") {
  FileFacts facts;
  facts.length = 1'000;
  facts.seconds = {10, 110, 210, 310, 410, 510};
  facts.links = {{150, 1'500ms}, {400, 3'900ms}};
  CHECK(entry_point(facts, 1s).offset == 110);
  CHECK_FALSE(entry_point(facts, 1s).further);
  for (const auto t : {2s, 3s}) {
    const auto entry = entry_point(facts, t);
    CHECK(entry.offset == 150);
    CHECK(entry.time == 1'500ms);
    CHECK(entry.exact);
    REQUIRE(entry.further);
    CHECK(entry.further->offset == (t == 2s ? 210 : 310));
    CHECK(entry.further->time == t);
  }
  // The first page at or after a second may already be one of the next link.
  CHECK(entry_point(facts, 4s).offset == 400);
  CHECK(entry_point(facts, 99s).further->offset == 510);
  CHECK(entry_point(facts, 0s).offset == 0);
}

TEST_CASE("a file of which nothing is known is entered at its beginning") {
  const auto entry = entry_point(FileFacts{}, 25s);
  CHECK(entry.offset == 0);
  CHECK(entry.time == 0s);
}
