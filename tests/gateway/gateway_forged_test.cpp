#include "tests/gateway/gateway_fixture.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Fixture = test::GatewayFixture;

namespace {

const std::string victim = "9.9.9.9";

std::uint64_t size_of(const http::Request& request) {
  std::uint64_t bytes = (request.method + " " + request.target + " HTTP/1.1\r\n\r\n").size();
  for (const auto& [name, value] : request.headers.fields())
    bytes += name.size() + value.size() + 4;
  return bytes + request.body.size();
}

std::uint64_t size_of(const http::ClientRequest& request) {
  http::Request sent;
  sent.method = request.method;
  sent.target = request.url.target();
  sent.headers = request.headers;
  sent.headers.add("Host", request.url.origin().substr(7));
  sent.headers.add("User-Agent", "Alluvium-Gateway/1");
  sent.headers.add("Accept", "*/*");
  return size_of(sent);
}

}  // namespace

TEST_CASE_METHOD(Fixture, "ten thousand forged announcements bring no packet to whom they name") {
  start();
  know_song();
  const std::size_t before = client.requests().size();
  std::uint64_t received = 0;
  for (int i = 0; i < 10'000; ++i) {
    const std::string port = std::to_string(1'024 + i % 60'000);
    http::Request forged = test::request("POST", "/gateway/announce?ip=" + victim);
    forged.remote = test::endpoint("8.8.8.8:" + std::to_string(10'000 + i));
    forged.headers.add("Content-Type", "application/json");
    forged.headers.add("X-Forwarded-For", victim);
    forged.headers.add("Forwarded", "for=" + victim);
    forged.headers.add("X-Real-IP", victim);
    forged.body =
        R"({"port":)" + port + R"(,"ip":")" + victim + R"(","address":")" + victim + ":" + port +
        R"(","you":")" + victim + R"(","holdings":[{"urn":")" + urn +
        R"(","available":"all","address":")" + victim + R"("}],"want":[],"failed":[{"urn":")" +
        urn + R"(","bytes":"0-16383","source":")" + victim + ":" + port + R"(","why":"timeout"}]})";
    received += size_of(forged);
    const test::Exchanged answer(gateway->router(), std::move(forged));
    REQUIRE(answer.status == 200);
    if (i % 100 == 0) world.advance(10ms);
  }
  world.advance(60s);

  std::uint64_t sent = 0;
  for (std::size_t i = before; i < client.requests().size(); ++i) {
    const auto& request = client.requests()[i];
    REQUIRE(request.url.host() == "8.8.8.8");
    sent += size_of(request);
  }
  CHECK(sent > 0);
  CHECK(sent <= received);
  CHECK(gateway->state().swarms.record_count() <= Swarms::Limits{}.per_client);
  const auto told = ask("GET", "/uri-res/N2Ls?" + urn)->body + announce(9'000, "none")->body;
  CHECK(told.find(victim) == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a client keeps only so many requests waiting, and others are served") {
  start();
  client.answer(song_url, {200, {}, "", {}, true});
  std::vector<std::unique_ptr<test::Exchanged>> greedy;
  for (std::size_t i = 0; i < WaitingRoom::most_places_of_client + 10; ++i) {
    http::Request asked = test::request("GET", head_target());
    asked.headers.add("Prefer", "wait=5");
    asked.remote = test::endpoint("[2606:4700::" + std::to_string(i + 1) + "]:5000");
    greedy.push_back(std::make_unique<test::Exchanged>(gateway->router(), asked));
  }
  CHECK(std::count_if(greedy.begin(), greedy.end(), [](const auto& asker) {
          return asker->answered() && asker->status == 202;
        }) == 10);
  const auto other = ask("GET", head_target(), {{"Prefer", "wait=5"}});
  CHECK_FALSE(other->answered());
  greedy.clear();
  http::Request again = test::request("GET", head_target());
  again.headers.add("Prefer", "wait=5");
  again.remote = test::endpoint("[2606:4700::9]:5000");
  CHECK_FALSE(test::Exchanged(gateway->router(), again).answered());
}
