#pragma once

#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// How much this gateway fetches for others, and what. Value type; the operator may change all of
/// it.
struct FetchLimits {
  std::size_t concurrent = 16;  ///< Fetches at the same time.
  std::size_t concurrent_per_host = 4;
  std::uint64_t new_urls_per_host = 2'000;  ///< An hour; as many questions about known files again.
  std::uint64_t bytes_per_host = std::uint64_t{64} << 30;  ///< A day.
  std::uint64_t new_urls_per_client = 240;              ///< An hour; a /64 of IPv6 is one client.
  std::uint64_t max_file_bytes = hash::max_file_bytes;  ///< No more than that.
  /// Which content types are files, `audio/mpeg` or `audio/*`, in lower case.
  std::vector<std::string> types = {
      "audio/*",   "video/*", "application/ogg", "application/octet-stream", "binary/octet-stream",
      "text/plain"};
  Duration failure_lifetime = std::chrono::seconds(30);  ///< So long nobody asks there again.
  Duration origin_patience = std::chrono::seconds(8);    ///< For the head of an origin's answer.
};

}  // namespace alluvium::gateway
