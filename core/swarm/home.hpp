#pragma once

#include "core/net/address_rules.hpp"
#include "core/net/ip_address.hpp"

#include <cstdint>
#include <vector>

namespace alluvium::swarm {

/// Where this machine is found by others in the same house, school or office. Value type.
struct Home {
  std::vector<net::Network> networks;  ///< Our own address in each, and the length of its prefix.
  std::uint16_t port = 0;              ///< The peer port on this machine; 0: nothing is shared.
};

/// Our own places there, as others may be told of them: private addresses only (RFC 1918, RFC
/// 4193), four at most.
[[nodiscard]] std::vector<net::Endpoint> places_in(const Home& home);

/// Whether that is somebody else's place in a network that we are in: a private address beside one
/// of ours, and a port that is not the system's. Nothing else is ever contacted as a housemate,
/// whoever names it.
[[nodiscard]] bool is_beside_us(const Home& home, const net::Endpoint& place);

}  // namespace alluvium::swarm
