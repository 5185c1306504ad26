#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Fixture = test::GatewayFixture;

namespace {

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "a peer is listed once it has answered a connect-back") {
  start();
  know_song();
  answer_at(9001);
  const auto first = announce(9001, "all");
  CHECK(first->status == 200);
  CHECK(contains(first->body, R"("reachable":null)"));
  CHECK(contains(first->body, R"("you":"127.0.0.1")"));
  CHECK(contains(first->body, R"("size":100000)"));
  CHECK(contains(announce(9001, "all")->body, R"("reachable":true)"));

  const auto other = announce(9002, "none");
  CHECK(contains(other->body, R"({"address":"127.0.0.1:9001","available":"all"})"));
  CHECK(contains(other->body, R"("interval_ms":250)"));
  // Nobody answers at 9002.
  CHECK(contains(announce(9002, "none")->body, R"("reachable":false)"));
  CHECK_FALSE(contains(announce(9001, "bytes 0-16383")->body, "9002"));
}

TEST_CASE_METHOD(Fixture, "a listed peer appears as a place of the file, and leaves at its word") {
  start();
  know_song();
  answer_at(9001);
  static_cast<void>(announce(9001, "all"));
  const std::string place = "http://127.0.0.1:9001/uri-res/N2R?" + urn;
  CHECK(ask("GET", head_target())->headers("X-URI-RES")[0] == place + " ; N2R");
  CHECK(contains(ask("GET", head_target())->body, place));
  CHECK(contains(ask("GET", "/uri-res/N2Ls?" + urn)->body, place));
  CHECK(contains(ask("GET", std::string("/gateway/metalink?uri=") + song_url)->body, place));

  CHECK(ask("DELETE", "/gateway/announce?port=9001")->status == 200);
  CHECK(ask("GET", head_target())->headers("X-URI-RES").size() == 1);
}

TEST_CASE_METHOD(Fixture, "Metalink names complete peers only") {
  start();
  know_song();
  answer_at(9001);
  static_cast<void>(announce(9001, "bytes 0-16383"));
  CHECK(contains(ask("GET", "/uri-res/N2Ls?" + urn)->body, ":9001"));
  CHECK_FALSE(
      contains(ask("GET", std::string("/gateway/metalink?uri=") + song_url)->body, ":9001"));
}

TEST_CASE_METHOD(Fixture, "a peer that is not heard of for a minute is gone") {
  start();
  know_song();
  answer_at(9001);
  static_cast<void>(announce(9001, "all"));
  world.advance(59s);
  CHECK(ask("GET", head_target())->headers("X-URI-RES").size() == 2);
  world.advance(1s);
  CHECK(ask("GET", head_target())->headers("X-URI-RES").size() == 1);
  world.advance(10s);
  CHECK(gateway->state().swarms.record_count() == 0);
}

TEST_CASE_METHOD(Fixture, "who does not share is told of peers and listed nowhere") {
  start();
  know_song();
  answer_at(9001);
  static_cast<void>(announce(9001, "all"));
  const auto taker = announce(0, "none");
  CHECK(contains(taker->body, ":9001"));
  CHECK(contains(taker->body, R"("reachable":null)"));
  CHECK(gateway->state().swarms.record_count() == 1);
}

TEST_CASE_METHOD(Fixture, "who wants something is to announce often, who has all seldom") {
  start();
  know_song();
  CHECK(contains(announce(9001, "none")->body, R"("interval_ms":250)"));
  CHECK(contains(announce(9002, "none")->body, R"("interval_ms":250)"));
  CHECK(contains(announce(9001, "all")->body, R"("interval_ms":30000)"));
}

TEST_CASE_METHOD(Fixture, "names the gateway does not know have no swarm") {
  start();
  CHECK(contains(announce(9001, "all")->body, R"("swarms":[])"));
  CHECK(gateway->state().swarms.record_count() == 0);
  CHECK(client.requests().empty());
}

TEST_CASE_METHOD(Fixture, "what is no announcement is refused") {
  start();
  CHECK(
      ask("POST", "/gateway/announce", {{"Content-Type", "text/plain"}}, R"({"port":0})")->status ==
      415);
  CHECK(ask("POST", "/gateway/announce", {}, R"({"port":0})")->status == 415);
  CHECK(ask("POST", "/gateway/announce", {{"Content-Type", "application/json; charset=utf-8"}},
            R"({"port":0})")
            ->status == 200);
  CHECK(ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}}, "{")->status ==
        400);
  for (const char* query : {"", "?port=", "?port=0", "?port=65536", "?port=x"}) {
    INFO(query);
    CHECK(ask("DELETE", std::string("/gateway/announce") + query)->status == 400);
  }
}

TEST_CASE_METHOD(Fixture, "announcements from a private address lead to no packet there") {
  start();
  know_song();
  const auto before = client.requests().size();
  http::Request forged = test::request("POST", "/gateway/announce");
  forged.headers.add("Content-Type", "application/json");
  forged.remote = test::endpoint("10.0.0.1:5000");
  forged.body = R"({"port":9001,"holdings":[{"urn":")" + urn + R"(","available":"all"}]})";
  const test::Exchanged answer(gateway->router(), forged);
  world.advance(60s);
  CHECK(contains(answer.body, R"("reachable":false)"));
  CHECK(client.requests().size() == before);
  CHECK(gateway->state().swarms.record_count() == 0);
}
