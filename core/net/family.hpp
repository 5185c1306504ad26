#pragma once

#include "core/net/ip_address.hpp"

#include <cstdint>

namespace alluvium::net {

/// The two kinds of addresses. Who has both can be called by everybody.
enum class Family : std::uint8_t { v4, v6 };

[[nodiscard]] inline Family family_of(const IpAddress& address) {
  return address.is_v4() ? Family::v4 : Family::v6;
}
[[nodiscard]] inline Family other(Family family) {
  return family == Family::v4 ? Family::v6 : Family::v4;
}

}  // namespace alluvium::net
