#pragma once

#include "core/net/family.hpp"

#include <cstdint>

namespace alluvium::swarm {

/// Where others find us over each kind of address: a port that a router has opened leads to us over
/// IPv4 alone. 0: not over that one; both 0: nothing is shared. Value type.
struct PeerPorts {
  std::uint16_t v4 = 0;
  std::uint16_t v6 = 0;

  static PeerPorts both(std::uint16_t port) { return {port, port}; }
  [[nodiscard]] bool is_shared() const { return v4 != 0 || v6 != 0; }
  [[nodiscard]] std::uint16_t over(net::Family family) const {
    return family == net::Family::v4 ? v4 : v6;
  }
  /// What a gateway is told that is called over that family: who is not found there shares all the
  /// same, over connections of its own making.
  [[nodiscard]] std::uint16_t said_over(net::Family family) const {
    return over(family) != 0 ? over(family) : over(net::other(family));
  }
  bool operator==(const PeerPorts&) const = default;
};

}  // namespace alluvium::swarm
