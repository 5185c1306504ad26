#pragma once

#include "core/net/address_rules.hpp"

#include <vector>

namespace alluvium::uv {

/// The networks that this machine is plugged into: of each its own address there, and how long the
/// network's prefix is. Loopback is none. Empty if the system does not say.
[[nodiscard]] std::vector<net::Network> own_networks();

}  // namespace alluvium::uv
