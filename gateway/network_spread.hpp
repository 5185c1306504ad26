#pragma once

#include "core/net/ip_address.hpp"

#include <cstddef>
#include <vector>

namespace alluvium::gateway {

/// Up to `count` of the candidates, taking one from each network (a /24 of IPv4, a /48 of IPv6) in
/// turn, so that whoever owns one network cannot fill the lists of others. Within that the order of
/// the candidates stays.
[[nodiscard]] std::vector<net::Endpoint> spread_over_networks(
    const std::vector<net::Endpoint>& candidates, std::size_t count);

}  // namespace alluvium::gateway
