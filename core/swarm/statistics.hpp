#pragma once

#include <cstdint>

namespace alluvium::swarm {

/// What came from where since the program started: media bytes, bodies only. Verified bytes count
/// for the source that sent them; `unverified` is what was played of files for which nobody names a
/// tree.
struct Statistics {
  std::uint64_t origin_bytes = 0;
  std::uint64_t peer_bytes = 0;
  std::uint64_t gateway_bytes = 0;  ///< Leaf rows, file facts, announce answers.
  std::uint64_t cache_bytes = 0;    ///< Taken from disk instead of from anybody.
  std::uint64_t unverified_bytes = 0;
  std::uint64_t uploaded_bytes = 0;
  std::uint64_t verified_chunks = 0;
  std::uint64_t rejected_chunks = 0;
};

}  // namespace alluvium::swarm
