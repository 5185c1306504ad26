#include "core/swarm/home.hpp"

#include <algorithm>
#include <array>

namespace alluvium::swarm {

namespace {

constexpr std::size_t most_places = 4;

bool is_private(const net::IpAddress& address) {
  static const std::array<net::Network, 4> networks = {
      *net::parse_network("10.0.0.0/8"), *net::parse_network("172.16.0.0/12"),
      *net::parse_network("192.168.0.0/16"), *net::parse_network("fc00::/7")};
  return std::any_of(networks.begin(), networks.end(),
                     [&](const net::Network& network) { return network.contains(address); });
}

}  // namespace

std::vector<net::Endpoint> places_in(const Home& home) {
  std::vector<net::Endpoint> places;
  if (home.port == 0) return places;
  for (const net::Network& network : home.networks) {
    if (places.size() < most_places && is_private(network.base)) {
      places.push_back({network.base, home.port});
    }
  }
  return places;
}

bool is_beside_us(const Home& home, const net::Endpoint& place) {
  if (place.port < 1024 || !is_private(place.address)) return false;
  bool is_beside = false;
  for (const net::Network& network : home.networks) {
    if (network.base == place.address && home.port == place.port) return false;
    is_beside = is_beside || (network.contains(place.address) && is_private(network.base));
  }
  return is_beside;
}

}  // namespace alluvium::swarm
