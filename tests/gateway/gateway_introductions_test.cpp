#include "core/reverse/token.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;

struct Fixture : test::GatewayFixture {
  /// What a listener at that port is told that says this of its connections.
  Json told(int port, const std::string& reverse) {
    const auto answer = ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
                            R"({"port":)" + std::to_string(port) + R"(,"holdings":[{"urn":")" +
                                urn + R"(","available":"none"}],"reverse":)" + reverse + "}");
    return Json::parse(answer->body).value("reverse", Json());
  }
  /// Whether others can dial it is known from then on.
  void know(int port, bool is_reachable) {
    if (is_reachable) answer_at(port);
    static_cast<void>(announce(port, "none"));
  }
  static net::Endpoint at(std::uint16_t port) { return {net::IpAddress::v4(127, 0, 0, 1), port}; }
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "who cannot be dialled is invited by who can, who alone knows the token") {
  start();
  know_song();
  know(9001, true);
  know(9002, false);
  const Json invited = told(9002, R"({"to":[]})");
  REQUIRE(invited["to"].size() == 1);
  CHECK(invited["to"][0]["address"] == "127.0.0.1:9001");
  CHECK_FALSE(invited["to"][0].contains("in_ms"));
  CHECK_FALSE(invited.contains("key"));

  const Json key = told(9001, R"({"key":true})");
  REQUIRE(key.contains("key"));
  reverse::TokenCheck check;
  check.set_key(*hash::digest_from_hex(key["key"].get<std::string>()),
                reverse::GatewayTime(std::chrono::seconds(key["now"].get<std::int64_t>())),
                world.now());
  CHECK(check.admit(invited["to"][0]["token"].get<std::string>(), world.now()) == at(9002));

  reverse::TokenCheck others;
  const Json other_key = told(9002, R"({"key":true})");
  others.set_key(*hash::digest_from_hex(other_key["key"].get<std::string>()),
                 reverse::GatewayTime(std::chrono::seconds(other_key["now"].get<std::int64_t>())),
                 world.now());
  CHECK_FALSE(others.admit(invited["to"][0]["token"].get<std::string>(), world.now()));
}

TEST_CASE_METHOD(Fixture,
                 "nobody is invited twice to the same, by one who has enough, or unasked") {
  start();
  know_song();
  know(9001, true);
  know(9002, false);
  CHECK(told(9002, R"({"to":["127.0.0.1:9001"]})").is_null());
  CHECK(told(9002, R"({})").is_null());
  CHECK(told(9001, R"({"to":[]})").is_null());
  std::string many;
  for (std::size_t n = 0; n < Introductions::enough_neighbours; ++n) {
    const int port = 10'000 + static_cast<int>(n);
    know(port, false);
    many += (many.empty() ? "\"127.0.0.1:" : ",\"127.0.0.1:") + std::to_string(port) + "\"";
  }
  static_cast<void>(told(9001, R"({"from":[)" + many + "]}"));
  const Json invited = told(9002, R"({"to":[]})");
  CHECK((invited.is_null() || invited["to"].empty() || invited["to"][0].contains("in_ms")));
}

TEST_CASE_METHOD(Fixture, "two who cannot be dialled are told of one instant") {
  start();
  know_song();
  know(9001, false);
  know(9002, false);
  static_cast<void>(told(9001, R"({"to":[]})"));
  const Json offers = told(9002, R"({"to":[]})");
  REQUIRE(offers["to"].size() == 1);
  CHECK(offers["to"][0]["address"] == "127.0.0.1:9001");
  CHECK(offers["to"][0]["in_ms"] == Meetings::notice / 1ms);
  world.advance(500ms);
  const Json expects = told(9001, R"({"to":[]})");
  REQUIRE(expects["expect"].size() == 1);
  CHECK(expects["expect"][0]["address"] == "127.0.0.1:9002");
  CHECK(expects["expect"][0]["in_ms"] == Meetings::notice / 1ms - 500);
}

TEST_CASE_METHOD(Fixture, "what is said of connections may be anything, and does no harm") {
  start();
  know_song();
  know(9001, true);
  for (const char* said :
       {"null", "7", "[]", R"("x")", R"({"key":7,"from":7,"to":"x"})",
        R"({"from":[null,7,"x","1.2.3.4","1.2.3.4:99999",{}],"to":[[],"[::1]:1"]})"}) {
    CAPTURE(said);
    CHECK(told(9001, said).is_null());
  }
}

TEST_CASE_METHOD(Fixture, "those who come from one address are told where they find each other") {
  start();
  know_song();
  know(9001, false);
  know(9002, true);
  CHECK(told(9001, R"({"local":["192.168.1.5:9001","10.0.0.5:9001"]})").is_null());
  const Json mates = told(9002, R"({"local":["192.168.1.6:9002"]})")["mates"];
  REQUIRE(mates.size() == 1);
  CHECK(mates[0]["address"] == "127.0.0.1:9001");
  CHECK(mates[0]["local"] == Json::parse(R"(["192.168.1.5:9001","10.0.0.5:9001"])"));
  CHECK_FALSE(mates[0]["token"].get<std::string>().empty());
  // Who says nothing of the sort is told nothing of the sort, nor anything twice.
  CHECK(told(9003, R"({})").is_null());
  CHECK(told(9002, R"({"local":["192.168.1.6:9002"],"mates":["127.0.0.1:9001"]})").is_null());
}
