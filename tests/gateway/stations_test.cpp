#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Fixture = test::GatewayFixture;

namespace {

const std::string list_url = "http://station/radio.rss";

std::string rss(const std::vector<std::string>& files, const std::string& title = "Radio") {
  std::string items;
  for (const auto& file : files) {
    items +=
        "<item><title>t</title><link>" + file + "</link><mm:duration>60000</mm:duration></item>";
  }
  return R"(<rdf:RDF xmlns="http://purl.org/rss/1.0/" )"
         R"(xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" )"
         R"(xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"><channel><title>)" +
         title + "</title>" + items +
         "</channel><textinput><name>uri</name>"
         "<link>http://public.example:81/gateway/head</link></textinput></rdf:RDF>";
}

test::FakeClient::Answer document(const std::string& body, http::Headers headers = {}) {
  return {200, std::move(headers), body, {}, false};
}

struct StationFixture : Fixture {
  int status_of(const std::string& url) {
    return ask("GET", "/gateway/head?uri=" + url, {{"Prefer", "wait=10"}})->status;
  }
  const Station& station() const { return *gateway->state().stations.all().front(); }
};

}  // namespace

TEST_CASE_METHOD(StationFixture, "the coming items of a station are hashed before anybody asks") {
  client.answer(list_url, document(rss({"http://files/a.mp3", "http://files/b.mp3"})));
  client.serve("http://files/a.mp3", "a");
  client.serve("http://files/b.mp3", "b");
  start({list_url});
  world.settle();
  CHECK(ready == 1);
  CHECK(client.count("http://files/a.mp3") == 1);
  CHECK(client.count("http://files/b.mp3") == 1);
  CHECK(status_of("http://files/a.mp3") == 200);
  CHECK(client.count("http://files/a.mp3") == 1);
}

TEST_CASE_METHOD(StationFixture, "a station's text input names the gateway") {
  client.answer(list_url, document(rss({})));
  start({list_url});
  world.settle();
  CHECK(ask("GET", "/healthz", {})->status == 200);
  http::Request named = test::request("GET", "/healthz");
  named.headers.set("Host", "public.example:8080");
  CHECK(test::Exchanged(gateway->router(), named).status == 200);
}

TEST_CASE_METHOD(StationFixture, "a gateway is ready after a first look, even one that fails") {
  start({list_url, "http://other/radio.rss"});
  CHECK(ready == 0);
  client.answer("http://other/radio.rss", document(rss({})));
  world.settle();
  CHECK(ready == 1);
  CHECK(station().problem() == "connection refused");
}

TEST_CASE_METHOD(StationFixture, "a playlist is looked at every minute, if it changed") {
  client.answer(list_url, document(rss({}), {{"ETag", "\"1\""}, {"Last-Modified", "then"}}));
  start({list_url});
  world.advance(50s);
  CHECK(client.count(list_url) == 1);
  client.answer(list_url, {304, {}, "", {}, false});
  world.advance(17s);
  CHECK(client.count(list_url) == 2);
  CHECK(client.requests().back().headers.find("If-None-Match") == "\"1\"");
  CHECK(client.requests().back().headers.find("If-Modified-Since") == "then");
  CHECK(station().problem().empty());
}

TEST_CASE_METHOD(StationFixture, "a bad answer never unseats the last good playlist") {
  client.answer(list_url, document(rss({"http://files/a.mp3"})));
  client.serve("http://files/a.mp3", "a");
  start({list_url});
  world.settle();
  const test::FakeClient::Answer bad[] = {document("<html>not found</html>"),
                                          document(""),
                                          {404, {}, "gone", {}, false},
                                          {500, {}, "", {}, false}};
  for (const auto& answer : bad) {
    client.answer(list_url, answer);
    world.advance(67s);
    CHECK_FALSE(station().problem().empty());
    REQUIRE(station().playlist());
    CHECK(station().playlist()->items.size() == 1);
  }
  client.answer(list_url, document(rss({"http://files/a.mp3"})));
  world.advance(67s);
  CHECK(station().problem().empty());
}

TEST_CASE_METHOD(StationFixture, "a URL in no playlist makes it look again, once in five seconds") {
  client.answer(list_url, document(rss({})));
  start({list_url});
  world.advance(6s);
  REQUIRE(client.count(list_url) == 1);

  client.answer(list_url, document(rss({"http://files/new.mp3"})));
  client.serve("http://files/new.mp3", "new");
  CHECK(status_of("http://files/new.mp3") == 200);
  CHECK(client.count(list_url) == 2);

  for (int i = 0; i < 100; ++i) {
    CHECK(status_of("http://files/" + std::to_string(i)) == 404);
  }
  CHECK(client.count(list_url) == 2);
  world.advance(5s);
  CHECK(status_of("http://files/x") == 404);
  CHECK(client.count(list_url) == 3);
}

TEST_CASE_METHOD(StationFixture, "what a playlist named and names no more is not fetched") {
  client.answer(list_url, document(rss({"http://files/old.mp3"})));
  start({list_url});
  world.settle();
  client.answer(list_url, document(rss({})));
  world.advance(67s);
  const auto before = client.count("http://files/old.mp3");
  CHECK(status_of("http://files/old.mp3") == 404);
  CHECK(client.count("http://files/old.mp3") == before);
}
