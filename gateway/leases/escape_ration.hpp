#pragma once

#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::leases {

/// What a whole swarm may take from the origin out of turn: a stock that grows with time up to
/// `escape_stock` chunks, full at the start. Bounds them together, however many ask. Value type.
class EscapeRation {
 public:
  /// Takes up to `wanted_bytes`, whole chunks, out of what has grown at `bytes_per_second` since
  /// the last time.
  std::uint64_t draw(Instant now, std::uint64_t wanted_bytes, std::uint64_t bytes_per_second) {
    const auto pause =
        static_cast<std::uint64_t>(std::min<Duration>(now - last_, seconds(10)).count());
    const std::uint64_t grown = bytes_per_second * pause / 1'000'000;
    // Too short a pause goes on, so that no fraction of a byte is lost.
    if (grown > 0) last_ = now;
    // A swarm that lacks much may save up what it lacks in a second.
    const std::uint64_t most = std::max(escape_stock * hash::chunk_bytes, bytes_per_second);
    stock_ = std::min(most, stock_ + grown);
    const std::uint64_t drawn =
        std::min(wanted_bytes, stock_) / hash::chunk_bytes * hash::chunk_bytes;
    stock_ -= drawn;
    return drawn;
  }

 private:
  std::uint64_t stock_ = escape_stock * hash::chunk_bytes;
  Instant last_{};
};

}  // namespace alluvium::leases
