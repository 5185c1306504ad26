#include "gateway/local_time.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

const std::string list_url = "http://station/radio.rss";
const std::string now_url = "http://files/now.mp3";
const std::string next_url = "http://files/next.mp3";

/// What is on from 2026-01-01T00:00:00Z, which is when the world begins, and half an hour later.
std::string rss(const std::string& about_next = "") {
  return R"(<rdf:RDF xmlns="http://purl.org/rss/1.0/" )"
         R"(xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" )"
         R"(xmlns:dc="http://purl.org/dc/elements/1.1/" )"
         R"(xmlns:ev="http://purl.org/rss/1.0/modules/event/" )"
         R"(xmlns:enc="http://purl.oclc.org/net/rss_2.0/enc#" )"
         R"(xmlns:mm="http://musicbrainz.org/mm/mm-2.0#"><channel><title>Radio</title>)"
         "<item><title>Now</title><link>" +
         now_url +
         "</link><ev:startdate>2026-01-01T00:00:00Z</ev:startdate>"
         "<mm:duration>1800000</mm:duration></item>"
         "<item><title>Next</title><link>" +
         next_url +
         "</link><ev:startdate>2026-01-01T00:30:00Z</ev:startdate>"
         "<mm:duration>1800000</mm:duration>" +
         about_next + "</item></channel></rdf:RDF>";
}

struct WatchFixture : test::GatewayFixture {
  void list(const std::string& document) {
    client.answer(list_url, {200, {}, document, {}, false});
  }
  bool was_said(const std::string& line) const {
    return std::count(log.lines.begin(), log.lines.end(), line) == 1;
  }
  bool page_says(const std::string& text) {
    return ask("GET", "/")->body.find(text) != std::string::npos;
  }
  bool figures_say(const std::string& line) {
    return ask("GET", "/metrics")->body.find("alluvium_gateway_" + line + "\n") !=
           std::string::npos;
  }
};

}  // namespace

TEST_CASE_METHOD(WatchFixture, "a coming file that is missing is reported while there is time") {
  client.serve(now_url, "now");
  client.answer(next_url, {404, {}, "", {}, false});
  list(rss());
  start({list_url});
  world.settle();
  CHECK(was_said("coming " + next_url + ": the origin answered with status 404"));
  CHECK(page_says("Coming files that need attention"));
  CHECK(page_says("<td>" + local_time(world.wall_now() + 30min) + "</td><td>Next</td>"));
  CHECK(figures_say("coming_files 2"));
  CHECK(figures_say("coming_files_missing 1"));

  world.advance(5min);
  CHECK(was_said("coming " + next_url + ": the origin answered with status 404"));
  client.serve(next_url, "next");
  world.advance(2min);
  CHECK(was_said("settled " + next_url));
  CHECK_FALSE(page_says("need attention"));
  CHECK(figures_say("coming_files_missing 0"));
}

TEST_CASE_METHOD(WatchFixture, "a coming file that goes missing after it was hashed is reported") {
  client.serve(now_url, "now");
  client.serve(next_url, "next", {{"ETag", "\"1\""}});
  list(rss());
  start({list_url});
  world.settle();
  CHECK_FALSE(page_says("need attention"));
  client.answer(next_url, {410, {}, "", {}, false});
  world.advance(7min);
  CHECK(was_said("coming " + next_url + ": the origin answered with status 410"));
  CHECK(figures_say("coming_files_missing 1"));
}

TEST_CASE_METHOD(WatchFixture, "why nobody could be connected to is not shown to everybody") {
  client.serve(now_url, "now");
  list(rss());
  start({list_url});
  world.advance(9s);
  CHECK(was_said("failed " + next_url + ": connection refused"));
  CHECK(was_said("coming " + next_url + ": its origin gave no answer"));
  CHECK_FALSE(page_says("refused"));
}

TEST_CASE_METHOD(WatchFixture, "a coming file that is not the one the playlist names is reported") {
  const std::string other = test::file_of(next_url, "other").root().urn();
  client.serve(now_url, "now");
  client.serve(next_url, "next");
  list(rss("<dc:identifier>" + other + "</dc:identifier>"));
  start({list_url});
  world.settle();
  CHECK(was_said("coming " + next_url +
                 ": the file at the origin is not the one the playlist names: it is " +
                 test::file_of(next_url, "next").root().urn()));
  CHECK(figures_say("coming_files_contradicted 1"));
}

TEST_CASE_METHOD(WatchFixture,
                 "a coming file of another length than the playlist says is reported") {
  client.serve(now_url, "now");
  client.serve(next_url, "next");
  list(rss(R"(<enc:enclosure rdf:resource="http://files/next.mp3" enc:length="5"/>)"));
  start({list_url});
  world.settle();
  CHECK(was_said("coming " + next_url + ": the file has 4 bytes, but the playlist says 5"));
}

TEST_CASE_METHOD(WatchFixture, "a coming file that is replaced is hashed again before it is on") {
  client.serve(now_url, "now");
  client.serve(next_url, "next", {{"ETag", "\"1\""}});
  list(rss());
  start({list_url});
  world.settle();
  client.serve(next_url, "text", {{"ETag", "\"2\""}});
  world.advance(7min);
  CHECK(was_said("replaced " + next_url));
  const auto renamed = test::file_of(next_url, "text").root().urn();
  CHECK(ask("GET", "/gateway/head?uri=" + next_url)->headers("X-Content-URN")[0] == renamed);
}
