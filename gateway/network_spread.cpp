#include "gateway/network_spread.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace alluvium::gateway {

namespace {

using NetworkKey = std::array<std::uint8_t, 16>;

NetworkKey network_of(const net::IpAddress& address) {
  // 96 + 24 bits of the mapped form, or 48 bits.
  constexpr std::ptrdiff_t v4_bytes = 15;
  constexpr std::ptrdiff_t v6_bytes = 6;
  NetworkKey key = address.bytes();
  std::fill(key.begin() + (address.is_v4() ? v4_bytes : v6_bytes), key.end(), std::uint8_t{0});
  return key;
}

}  // namespace

std::vector<net::Endpoint> spread_over_networks(const std::vector<net::Endpoint>& candidates,
                                                std::size_t count) {
  struct Ranked {
    std::size_t round;  ///< How many of the same network stand before it.
    net::Endpoint endpoint;
  };
  std::map<NetworkKey, std::size_t> seen;
  std::vector<Ranked> ranked;
  for (const auto& endpoint : candidates) {
    ranked.push_back({seen[network_of(endpoint.address)]++, endpoint});
  }
  std::stable_sort(ranked.begin(), ranked.end(),
                   [](const Ranked& a, const Ranked& b) { return a.round < b.round; });
  ranked.resize(std::min(count, ranked.size()));
  std::vector<net::Endpoint> spread;
  for (const auto& one : ranked) spread.push_back(one.endpoint);
  return spread;
}

}  // namespace alluvium::gateway
