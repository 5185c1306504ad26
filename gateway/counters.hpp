#pragma once

#include <cstdint>

namespace alluvium::gateway {

/// What a gateway has done since it started. Each number only grows.
struct Counters {
  std::uint64_t head_requests = 0;
  std::uint64_t name_requests = 0;  ///< /uri-res
  std::uint64_t metalink_requests = 0;
  std::uint64_t announces = 0;
  std::uint64_t malformed_announces = 0;
  std::uint64_t refused_urls = 0;  ///< Neither allowed nor in a playlist.
  std::uint64_t fetches_started = 0;
  std::uint64_t fetches_unchanged = 0;
  std::uint64_t fetches_failed = 0;
  std::uint64_t fetched_bytes = 0;
  std::uint64_t peers_reachable = 0;
  std::uint64_t peers_unreachable = 0;
};

}  // namespace alluvium::gateway
