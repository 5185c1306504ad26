#include "gateway/client_counts.hpp"

#include "core/base/random.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;

TEST_CASE("clients are counted apart, whatever they take and give back") {
  ClientCounts counts(EndpointHash(5));
  std::map<net::IpAddress, std::uint32_t> map;
  Random random(13);
  for (int i = 0; i < 200'000; ++i) {
    const std::uint64_t among = i < 100'000 ? 3'000 : 200;
    const auto n = random.below(among);
    const auto client =
        net::IpAddress::v4(10, 0, static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n));
    REQUIRE(counts.of(client) == map[client]);
    const auto count = static_cast<std::uint32_t>(random.below(4));
    if (random.below(2) == 0) {
      counts.add(client, count);
      map[client] += count;
    } else if (map[client] >= count) {
      counts.remove(client, count);
      map[client] -= count;
    }
    REQUIRE(counts.of(client) == map[client]);
  }
}
