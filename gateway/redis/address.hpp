#pragma once

#include "core/base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::redis {

/// Where a Redis is. Value type.
struct Address {
  std::string host;  ///< A name, or an address without brackets.
  std::uint16_t port = 6379;
  unsigned database = 0;
  std::string user;      ///< Empty: the one that a Redis has by itself.
  std::string password;  ///< Empty: it asks for none.

  /// The command by which it lets us in; empty if it asks for none.
  [[nodiscard]] std::vector<std::string> credentials() const;
  /// `redis://HOST:PORT/DB`, for people: without user and password.
  [[nodiscard]] std::string text() const;
};

/// Whether it is meant as one, and not as a folder.
[[nodiscard]] bool is_redis(std::string_view text);
/// Reads `redis://[[USER]:PASSWORD@]HOST[:PORT][/DB]`, user and password percent-encoded; DB up to
/// 9999. An error never repeats the password.
[[nodiscard]] Result<Address> parse_address(std::string_view text);

}  // namespace alluvium::redis
