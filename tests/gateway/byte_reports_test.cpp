#include "gateway/byte_reports.hpp"

#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

net::Endpoint listener(std::uint16_t port) {
  return {net::IpAddress::v4(192, 0, 2, 1), port};
}

}  // namespace

TEST_CASE("what listeners got is summed up from when each was first heard of") {
  ByteReports reports(1);
  Instant now{};
  reports.on_report(listener(1'024), {1'000'000, 500'000}, now);
  CHECK(reports.sum().from_peers == 0);
  now += 1s;
  reports.on_report(listener(1'024), {1'300'000, 500'100}, now);
  reports.on_report(listener(1'025), {0, 1}, now);
  now += 1s;
  reports.on_report(listener(1'025), {50'000, 8}, now);
  CHECK(reports.sum().from_peers == 350'000);
  CHECK(reports.sum().from_origins == 107);
}

TEST_CASE("a listener that was started anew goes on from nothing") {
  ByteReports reports(1);
  Instant now{};
  reports.on_report(listener(1'024), {1'000'000, 1'000'000}, now);
  now += 5s;
  reports.on_report(listener(1'024), {20'000, 1'000'001}, now);
  CHECK(reports.sum().from_peers == 20'000);
  CHECK(reports.sum().from_origins == 1);
}

TEST_CASE("nobody can add more than a fast line carries, and only so many are remembered") {
  ByteReports reports(1);
  Instant now{};
  reports.on_report(listener(1'024), {0, 1}, now);
  reports.on_report(listener(1'024), {5, UINT64_MAX}, now);
  CHECK(reports.sum().from_peers == 0);
  now += 1s;
  reports.on_report(listener(1'024), {UINT64_MAX, 0}, now);
  CHECK(reports.sum().from_peers == ByteReports::most_bytes_per_second);
  now += 24h;
  reports.on_report(listener(1'024), {5, UINT64_MAX}, now);
  CHECK(reports.sum().from_origins == 120 * ByteReports::most_bytes_per_second);

  for (std::size_t i = 0; i < 2 * ByteReports::most_listeners; ++i) {
    const auto n = static_cast<std::uint8_t>(i >> 16);
    reports.on_report(
        {net::IpAddress::v4(10, n, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)),
         2'000},
        {0, 1}, now);
  }
  const auto before = reports.sum().from_peers;
  now += 1s;
  const net::Endpoint last{net::IpAddress::v4(10, 1, 0x86, 0x9f), 2'000};
  reports.on_report(last, {100, 0}, now);
  CHECK(reports.sum().from_peers == before);
  now += ByteReports::lifetime;
  reports.expire(now);
  reports.on_report(last, {100, 0}, now);
  now += 1s;
  reports.on_report(last, {300, 0}, now);
  CHECK(reports.sum().from_peers == before + 200);
}

TEST_CASE_METHOD(test::GatewayFixture,
                 "announcements carry it, and what makes no sense is nothing") {
  start();
  const auto say = [&](const std::string& more) {
    world.advance(1s);
    return ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
               R"({"port":9000,"holdings":[])" + more + "}")
        ->status;
  };
  CHECK(say(R"(,"from_peers_bytes":7)") == 200);
  CHECK(say(R"(,"from_peers_bytes":307,"from_origin_bytes":100)") == 200);
  CHECK(say(R"(,"from_peers_bytes":"many","from_origin_bytes":-5)") == 200);
  CHECK(say(R"(,"from_peers_bytes":1e99,"from_origin_bytes":null)") == 200);
  const auto metrics = ask("GET", "/metrics")->body;
  CHECK_THAT(metrics, Catch::Contains("alluvium_gateway_listeners_from_peers_bytes_total 300\n"));
  CHECK_THAT(metrics, Catch::Contains("alluvium_gateway_listeners_from_origins_bytes_total 100\n"));
}
