#pragma once

#include "core/http/handler.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace alluvium::http {

/// What a server has moved and refused since it started, and how many clients it has now. But for
/// `connections` each number only grows. Value type.
struct ServerTraffic {
  struct Bytes {
    std::uint64_t received = 0;
    std::uint64_t sent = 0;
  };
  /// What bytes are counted for; the owner of a server says which requests make a class. The first
  /// is for what belongs to no request that was understood.
  static constexpr std::size_t classes = 8;
  using ClassOf = std::size_t (*)(const Request&);

  /// Clients that were refused or cut by the server itself.
  struct Refusals {
    std::uint64_t malformed = 0;     ///< No HTTP, or no TLS where it belongs.
    std::uint64_t too_large = 0;     ///< Request line, head or body.
    std::uint64_t slow_heads = 0;    ///< Began a request and did not end it in time.
    std::uint64_t slow_readers = 0;  ///< Took next to nothing of an answer.
    std::uint64_t crowded_out = 0;   ///< Turned away for want of room, or had to give way.
  };

  std::uint64_t received_bytes = 0;
  std::uint64_t sent_bytes = 0;
  std::size_t connections = 0;
  std::array<Bytes, classes> by_class{};  ///< Sums up to the above.
  Refusals refusals;
};

}  // namespace alluvium::http
