#include "gateway/alias_proof.hpp"
#include "gateway/alias_table.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using test::endpoint;

namespace {

using Json = nlohmann::json;

const reverse::GatewayTime noon{std::chrono::seconds(1'800'000'000)};
const char* const v4 = "20.0.0.1";
const char* const v6 = "2a00::1";

/// A gateway to which listeners come from addresses of both families.
struct Fixture : test::GatewayFixture {
  Fixture() {
    start();
    know_song();
  }
  [[nodiscard]] std::string place(const std::string& address) const {
    return "http://" + address + "/uri-res/N2R?" + urn;
  }
  void answer_at(const std::string& address) {
    client.answer(place(address), {503, {}, "", {}, false});
  }
  std::unique_ptr<test::Exchanged> post(const std::string& from, const std::string& body) {
    http::Request asked = test::request("POST", "/gateway/announce");
    asked.remote = {*net::IpAddress::parse(from), 50'000};
    asked.headers.add("Content-Type", "application/json");
    asked.headers.add("User-Agent", std::string(300, 'x'));
    asked.body = body;
    auto exchanged = std::make_unique<test::Exchanged>(gateway->router(), std::move(asked));
    world.settle();
    return exchanged;
  }
  Json announce(const std::string& from, const std::string& available,
                const std::string& more = "") {
    return Json::parse(post(from, R"({"port":9000,"holdings":[{"urn":")" + urn +
                                      R"(","available":")" + available + R"("}])" + more + "}")
                           ->body);
  }
  /// What somebody is told to show who is known by that address.
  Json proof(const std::string& from, const std::string& available = "all") {
    return announce(from, available, R"(,"also":true)").value("also", Json());
  }
  std::unique_ptr<test::Exchanged> also(const std::string& from, const Json& proof,
                                        int port = 9000) {
    return post(from, Json({{"port", port}, {"also", proof}}).dump());
  }
  /// The addresses that somebody is told of.
  std::string told(const std::string& from, const std::string& more = "") {
    std::string all;
    const Json answer = announce(from, "none", more);
    for (const auto& swarm : answer["swarms"]) {
      for (const auto& peer : swarm["peers"]) {
        all +=
            peer["address"].get<std::string>() + " " + peer["available"].get<std::string>() + "; ";
      }
    }
    return all;
  }
  /// Others can reach it over both.
  void add_dual(const std::string& first, const std::string& second) {
    for (const auto& address : {first, second}) {
      answer_at(address.find(':') == std::string::npos ? address + ":9000"
                                                       : "[" + address + "]:9000");
    }
    REQUIRE(also(second, proof(first))->status == 200);
    REQUIRE(also(second, proof(first))->status == 200);
  }
};

}  // namespace

TEST_CASE("a proof is good for its address, its secret and its time") {
  const auto address = endpoint("20.0.0.1:9000");
  const std::string proof = make_proof("secret", address, noon);
  CHECK(is_proof("secret", address, proof, noon));
  CHECK(is_proof("secret", address, proof, noon + proof_lifetime));
  CHECK_FALSE(is_proof("secret", address, proof, noon + proof_lifetime + 1s));
  CHECK_FALSE(is_proof("secret", address, proof, noon - 1s));
  CHECK_FALSE(is_proof("other", address, proof, noon));
  CHECK_FALSE(is_proof("secret", endpoint("20.0.0.1:9001"), proof, noon));
  CHECK_FALSE(is_proof("secret", endpoint("20.0.0.2:9000"), proof, noon));
  for (std::size_t i = 0; i < proof.size(); ++i) {
    std::string changed = proof;
    changed[i] = changed[i] == '1' ? '2' : '1';
    CHECK_FALSE(is_proof("secret", address, changed, noon));
    CHECK_FALSE(is_proof("secret", address, proof.substr(0, i), noon));
  }
  CHECK_FALSE(is_proof("secret", address, proof + "0", noon));
  CHECK_FALSE(is_proof("secret", address, "-1" + proof, noon));
}

TEST_CASE("a listener has one second address, and that is one listener's") {
  AliasTable table(1);
  const auto one = endpoint("20.0.0.1:9000");
  const auto two = endpoint("20.0.0.2:9000");
  const auto alias = endpoint("[2a00::1]:9000");
  const auto other = endpoint("[2a00::2]:9000");
  CHECK(table.set(one, alias, Instant{}));
  CHECK(table.alias_of(one) == alias);
  CHECK(table.owner_of(alias) == one);
  CHECK(table.set(one, other, Instant{}));
  CHECK_FALSE(table.owner_of(alias));
  CHECK(table.set(two, other, Instant{}));
  CHECK_FALSE(table.alias_of(one));
  CHECK(table.size() == 1);
  // Who is somebody's has none itself.
  CHECK(table.set(other, two, Instant{}));
  CHECK_FALSE(table.alias_of(two));
  CHECK(table.expire(Instant{} + AliasTable::lifetime - 1us).empty());
  CHECK(table.expire(Instant{} + AliasTable::lifetime) == std::vector{other});
  CHECK(table.size() == 0);
}

TEST_CASE("no client has more second addresses known than it may") {
  AliasTable table(1);
  for (std::uint32_t n = 0; n <= AliasTable::most_per_client; ++n) {
    const net::Endpoint peer{
        net::IpAddress::v4(20, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)),
        9000};
    const net::Endpoint alias{*net::IpAddress::parse("2a00::1"),
                              static_cast<std::uint16_t>(2'000 + n)};
    CHECK(table.set(peer, alias, Instant{}) == (n < AliasTable::most_per_client));
  }
  CHECK(table.size() == AliasTable::most_per_client);
}

TEST_CASE_METHOD(Fixture, "a listener is told to each family by its address there, and is one") {
  add_dual(v4, v6);
  CHECK(told("20.0.0.9") == "20.0.0.1:9000 all; ");
  CHECK(told("2a00:9::9") == "[2a00::1]:9000 all; ");
  CHECK(gateway->state().swarms.peer_count() == 3);
  CHECK(gateway->state().swarms.record_count() == 3);
  CHECK(gateway->state().swarms.all().begin()->second.complete_members() == 1);
}

TEST_CASE_METHOD(Fixture, "nobody is told of itself, and of nobody twice") {
  add_dual(v4, v6);
  add_dual("20.0.0.2", "2a00:2::2");
  CHECK(told(v4) == "20.0.0.2:9000 all; ");
  // One who has but the other family.
  answer_at("[2a00:3::3]:9000");
  static_cast<void>(announce("2a00:3::3", "all"));
  CHECK(told(v4) == "[2a00:3::3]:9000 all; ");
}

TEST_CASE_METHOD(Fixture, "over which family somebody came through is said with its answer") {
  answer_at("[2a00::1]:9000");
  const Json given = proof(v4);
  CHECK(Json::parse(also(v6, given)->body)["reachable"].is_null());
  const Json answer = Json::parse(also(v6, given)->body);
  CHECK(answer["reachable"] == true);
  CHECK(answer["you"] == v6);
  CHECK(announce(v4, "all")["reachable"] == false);
  CHECK(told("20.0.0.9").empty());
  CHECK(told("2a00:9::9") == "[2a00::1]:9000 all; ");
}

TEST_CASE_METHOD(Fixture, "another's address, a forged proof or an old one changes nothing") {
  answer_at("[2a00::1]:9000");
  answer_at("20.0.0.1:9000");
  const Json good = proof(v4);
  const Json others = proof("20.0.0.2");
  const auto refused = [&](const std::string& from, const Json& shown, int port = 9000) {
    CAPTURE(from, shown.dump());
    const auto calls = client.requests().size();
    CHECK(also(from, shown, port)->status == 403);
    CHECK(client.requests().size() == calls);
    CHECK(told("2a00:9::9").empty());
  };
  refused(v6, {{"address", "20.0.0.1:9000"}, {"token", others["token"]}});
  refused(v6, {{"address", "20.0.0.1:9001"}, {"token", good["token"]}});
  refused(v6, {{"address", "20.0.0.1:9000"}, {"token", "1800000000.00"}});
  refused(v6, {{"address", "[2a00::2]:9000"}, {"token", good["token"]}});
  // Of the same family, and private ones.
  refused("20.0.0.7", good);
  refused("fd00::1", good);
  world.advance(proof_lifetime + 1s);
  refused(v6, good);
}

TEST_CASE_METHOD(Fixture, "a malformed second announcement is refused whole") {
  for (const char* said :
       {"{}", R"({"address":"20.0.0.1:9000"})", R"({"token":"1.00"})",
        R"({"address":7,"token":"1.00"})", R"({"address":"20.0.0.1:80","token":"1.00"})",
        R"({"address":"20.0.0.1","token":"1.00"})", R"({"address":"20.0.0.1:9000","token":""})",
        R"({"address":"20.0.0.1:9000","token":7})"}) {
    CAPTURE(said);
    CHECK(post(v6, R"({"port":9000,"also":)" + std::string(said) + "}")->status == 400);
  }
  const std::string longest(max_token_bytes + 1, '1');
  CHECK(also(v6, {{"address", "20.0.0.1:9000"}, {"token", longest}})->status == 400);
  CHECK(also(v6, proof(v4), 0)->status == 400);
  for (const char* said : {"null", "7", "[]", R"("x")", "false"}) {
    CHECK_FALSE(announce(v6, "none", R"(,"also":)" + std::string(said)).contains("also"));
  }
}

TEST_CASE_METHOD(Fixture, "who leaves is listed at none of its addresses, nor who is silent") {
  add_dual(v4, v6);
  SECTION("it leaves") {
    http::Request leave = test::request("DELETE", "/gateway/announce?port=9000");
    leave.remote = {*net::IpAddress::parse(v4), 50'000};
    const test::Exchanged left(gateway->router(), leave);
    CHECK(left.status == 200);
  }
  SECTION("it leaves the second one") {
    http::Request leave = test::request("DELETE", "/gateway/announce?port=9000");
    leave.remote = {*net::IpAddress::parse(v6), 50'000};
    const test::Exchanged left(gateway->router(), leave);
    CHECK(left.status == 200);
    CHECK(told("20.0.0.9") == "20.0.0.1:9000 all; ");
  }
  SECTION("it is not heard of") {
    world.advance(66s);
  }
  SECTION("it no longer says so") {
    for (int i = 0; i < 4; ++i) {
      world.advance(20s);
      static_cast<void>(announce(v4, "all"));
    }
    CHECK(told("20.0.0.9") == "20.0.0.1:9000 all; ");
  }
  CHECK(told("2a00:9::9").empty());
}

TEST_CASE_METHOD(Fixture, "who comes from its second address as itself is known by that one") {
  add_dual(v4, v6);
  static_cast<void>(announce(v6, "bytes 0-16383"));
  CHECK(told("2a00:9::9") == "[2a00::1]:9000 bytes 0-16383; ");
  // And the other way round: what was known by itself becomes an alias again.
  REQUIRE(also(v6, proof(v4))->status == 200);
  CHECK(told("2a00:9::8") == "[2a00::1]:9000 all; ");
  CHECK(gateway->state().swarms.peer_count() == 3);
}

TEST_CASE_METHOD(Fixture,
                 "who cannot be dialled knows the token of one invited by either address") {
  add_dual(v4, v6);
  const std::string reverse = R"(,"reverse":{"to":[]})";
  static_cast<void>(announce("2a00:9::9", "none"));
  const Json invited = announce("2a00:9::9", "none", reverse)["reverse"];
  REQUIRE(invited["to"].size() == 1);
  CHECK(invited["to"][0]["address"] == "[2a00::1]:9000");
  const Json key = announce(v4, "all", R"(,"reverse":{"key":true})")["reverse"];
  reverse::TokenCheck check;
  check.set_key(*hash::digest_from_hex(key["key"].get<std::string>()),
                reverse::GatewayTime(std::chrono::seconds(key["now"].get<std::int64_t>())),
                world.now());
  CHECK(check.admit(invited["to"][0]["token"].get<std::string>(), world.now()) ==
        endpoint("[2a00:9::9]:9000"));
}
