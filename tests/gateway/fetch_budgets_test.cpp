#include "gateway/budgets/fetch_budgets.hpp"

#include "core/base/random.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Refusal = FetchBudgets::Refusal;

namespace {

const Instant start{};

net::IpAddress address(std::string_view text) {
  return net::IpAddress::parse(text).value();
}

FetchLimits small() {
  FetchLimits limits;
  limits.concurrent = 3;
  limits.concurrent_per_host = 2;
  limits.new_urls_per_host = 10;
  limits.new_urls_per_client = 4;
  limits.bytes_per_host = 1'000;
  return limits;
}

}  // namespace

TEST_CASE("a client gets its number of new URLs an hour, whatever the hosts") {
  FetchBudgets budgets(small());
  const auto client = address("192.0.2.1");
  for (int i = 0; i < 4; ++i) CHECK_FALSE(budgets.take_url("h" + std::to_string(i), client, start));
  CHECK(budgets.take_url("another", client, start + 59min) == Refusal::client_urls);
  CHECK_FALSE(budgets.take_url("another", address("192.0.2.2"), start));
  CHECK_FALSE(budgets.take_url("another", client, start + 1h));
}

TEST_CASE("a /64 of IPv6 is one client") {
  FetchBudgets budgets(small());
  for (int i = 0; i < 4; ++i) {
    CHECK_FALSE(budgets.take_url("h", address("2001:db8:1:2::" + std::to_string(i + 1)), start));
  }
  CHECK(budgets.take_url("h", address("2001:db8:1:2:ffff::"), start) == Refusal::client_urls);
  CHECK_FALSE(budgets.take_url("h", address("2001:db8:1:3::1"), start));
}

TEST_CASE("a host gets its number of new URLs an hour, whoever asks, and nobody pays in vain") {
  FetchBudgets budgets(small());
  const auto client_number = [](int i) { return net::IpAddress::v4(10, 0, 0, std::uint8_t(i)); };
  for (int i = 0; i < 10; ++i) CHECK_FALSE(budgets.take_url("h", client_number(i), start));
  const auto late = address("192.0.2.1");
  for (int i = 0; i < 20; ++i) CHECK(budgets.take_url("h", late, start) == Refusal::host_urls);
  CHECK_FALSE(budgets.take_check("h", client_number(200), start));
  for (int i = 0; i < 4; ++i) CHECK_FALSE(budgets.take_url("other", late, start));
}

TEST_CASE("who is refused for itself costs the host nothing") {
  FetchBudgets budgets(small());
  const auto greedy = address("192.0.2.1");
  for (int i = 0; i < 100; ++i) static_cast<void>(budgets.take_url("h", greedy, start));
  for (int i = 0; i < 4; ++i) CHECK_FALSE(budgets.take_url("h", address("192.0.2.2"), start));
}

TEST_CASE("a host's bytes are counted for a day") {
  FetchBudgets budgets(small());
  const auto take = [&](std::uint64_t bytes, Duration after) {
    return budgets.take_bytes("h", bytes, FetchBudgets::Purpose::client, start + after);
  };
  CHECK(take(600, 0s));
  CHECK_FALSE(take(401, 1h));
  CHECK(take(400, 2h));
  CHECK_FALSE(take(1, 23h));
  CHECK_FALSE(take(std::uint64_t(-1), 23h));
  CHECK(take(1'000, 24h));
}

TEST_CASE("clients cannot use up what stations need") {
  FetchBudgets budgets(small());
  for (std::uint8_t i = 0; i < 100; ++i) {
    const auto client = net::IpAddress::v4(10, 0, 0, i);
    static_cast<void>(budgets.take_url("h", client, start));
    static_cast<void>(budgets.take_check("h", client, start));
  }
  CHECK(budgets.take_bytes("h", 1'000, FetchBudgets::Purpose::client, start));
  CHECK_FALSE(budgets.take_url("h", std::nullopt, start));
  CHECK_FALSE(budgets.take_check("h", std::nullopt, start));
  CHECK(budgets.take_bytes("h", 1'000, FetchBudgets::Purpose::station, start));
}

TEST_CASE("no more fetches run at the same time than a host, and all together, have slots") {
  FetchBudgets budgets(small());
  budgets.begin("a");
  CHECK(budgets.has_slot("a"));
  budgets.begin("a");
  CHECK_FALSE(budgets.has_slot("a"));
  CHECK(budgets.has_slot("b"));
  budgets.begin("b");
  CHECK_FALSE(budgets.has_slot("c"));
  budgets.end("a");
  CHECK(budgets.has_slot("a"));
  CHECK(budgets.running() == 2);
}

TEST_CASE("ten thousand random URLs an hour lead to what the budget permits, hour by hour") {
  FetchBudgets budgets{FetchLimits{}};
  Random random(7);
  std::size_t fetches = 0;
  for (int i = 0; i < 30'000; ++i) {
    const Instant now = start + i * 360ms;
    const std::string host = "host" + std::to_string(random.below(5'000));
    if (!budgets.take_url(host, address("192.0.2.1"), now)) ++fetches;
  }
  CHECK(fetches == 3 * FetchLimits{}.new_urls_per_client);
}

TEST_CASE("what is remembered is bounded, and those beyond share a budget") {
  FetchLimits limits = small();
  limits.new_urls_per_host = 1'000'000;
  FetchBudgets budgets(limits);
  const auto number = [](std::size_t i) {
    return net::IpAddress::v4(std::uint8_t(1 + (i >> 24)), std::uint8_t(i >> 16),
                              std::uint8_t(i >> 8), std::uint8_t(i));
  };
  for (std::size_t i = 0; i < FetchBudgets::most_clients; ++i) {
    REQUIRE_FALSE(budgets.take_url("h", number(i), start));
  }
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK_FALSE(budgets.take_url("h", number(FetchBudgets::most_clients + i), start));
  }
  CHECK(budgets.take_url("h", number(FetchBudgets::most_clients + 9), start) ==
        Refusal::client_urls);
  CHECK_FALSE(budgets.take_url("h", number(FetchBudgets::most_clients + 9), start + 2h));
}

TEST_CASE("types are compared without case and parameters, and nothing said is no type") {
  const auto types = FetchLimits{}.types;
  for (const auto* good : {"audio/mpeg", "Audio/MPEG; x=y", "video/webm", "application/ogg", "",
                           "application/octet-stream", "text/plain"}) {
    CAPTURE(good);
    CHECK(is_permitted_type(types, good));
  }
  for (const auto* bad : {"text/html", "text/html; charset=utf-8", "application/json", "audio",
                          "audiox/mpeg", "image/png"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_permitted_type(types, bad));
  }
  CHECK(is_permitted_type({"*/*"}, "text/html"));
}
