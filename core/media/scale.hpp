#pragma once

#include "core/time/clock.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::media {

/// `value · numerator / denominator`, rounded down, in 128 bits on the way; 0 for denominator 0.
/// Results beyond 2^62 are cut to that, so that sums of two cannot overflow.
[[nodiscard]] inline std::uint64_t scaled(std::uint64_t value, std::uint64_t numerator,
                                          std::uint64_t denominator) {
  __extension__ using Wide = unsigned __int128;
  constexpr Wide limit = Wide{1} << 62;
  if (denominator == 0) return 0;
  return static_cast<std::uint64_t>(std::min(Wide{value} * numerator / denominator, limit));
}

/// The time that `units` take when there are `per_second / over` of them in a second. No more than
/// a century, whatever a file claims.
[[nodiscard]] inline Duration time_of(std::uint64_t units, std::uint64_t per_second,
                                      std::uint64_t over = 1) {
  constexpr std::uint64_t century_us = 3'155'760'000'000'000;
  const std::uint64_t us = scaled(units, 1'000'000 * over, per_second);
  return Duration(static_cast<Duration::rep>(std::min(us, century_us)));
}

/// The time of a place in a file of which only duration and length are known. Value type.
struct EvenPace {
  Duration duration{};
  std::uint64_t length = 0;

  /// In proportion; zero if either is not known.
  [[nodiscard]] Duration time_at(std::uint64_t offset) const {
    const auto whole = static_cast<std::uint64_t>(std::max(duration, Duration{}).count());
    return time_of(scaled(std::min(offset, length), whole, length), 1'000'000);
  }
};

}  // namespace alluvium::media
