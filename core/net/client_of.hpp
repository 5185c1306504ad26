#pragma once

#include "core/net/ip_address.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::net {

/// Who counts as one client: an IPv4 address, or a /64 of IPv6, of which one household has at least
/// one.
[[nodiscard]] inline IpAddress client_of(const IpAddress& address) {
  if (address.is_v4()) return address;
  auto bytes = address.bytes();
  std::fill(bytes.begin() + 8, bytes.end(), std::uint8_t{0});
  return IpAddress(bytes);
}

}  // namespace alluvium::net
