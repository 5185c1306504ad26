#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alluvium::redis {

/// Where a Redis is. Value type.
struct Address {
  std::string host;  ///< A name, or an address without brackets.
  std::uint16_t port = 6379;
  unsigned database = 0;

  /// `redis://HOST:PORT/DB`.
  [[nodiscard]] std::string text() const;
};

[[nodiscard]] bool is_redis(std::string_view text);
/// Reads `redis://HOST[:PORT][/DB]`; DB up to 9999.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

}  // namespace alluvium::redis
