#pragma once

#include "core/time/clock.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace alluvium::sim {

/// One direction of a host's line: what is to pass waits until what came before has passed. Each
/// conversation has at most one piece waiting for its host's uplink, so that many conversations
/// share it in turn, like fair queueing with a quantum of a piece. Value type.
class Link {
 public:
  /// Without limit: takes no time.
  Link() = default;
  explicit Link(std::uint64_t bits_per_second) : bits_per_second_(bits_per_second) {}

  [[nodiscard]] Duration time_for(std::uint64_t bytes) const {
    if (bits_per_second_ == 0) return {};
    return Duration(static_cast<Duration::rep>(bytes * 8'000'000 / bits_per_second_));
  }
  /// How much is sent in one go: 20 ms' worth, as far as that is between a packet and 16 KiB. On a
  /// slow line a request must not wait for as long as a chunk takes.
  [[nodiscard]] std::size_t piece_bytes() const {
    constexpr std::uint64_t least = 1'460;
    constexpr std::uint64_t most = 16'384;
    if (bits_per_second_ == 0) return most;
    return static_cast<std::size_t>(std::clamp(bits_per_second_ / 400, least, most));
  }
  /// The instant at which `bytes` that arrive at the link at `at` have passed it.
  Instant pass(std::uint64_t bytes, Instant at) {
    free_at_ = std::max(free_at_, at) + time_for(bytes);
    longest_line_ = std::max(longest_line_, free_at_ - at);
    bytes_ += bytes;
    return free_at_;
  }
  /// All that has been let through, heads of messages included.
  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }
  /// The longest that anything took to pass, with what stood before it.
  [[nodiscard]] Duration longest_line() const { return longest_line_; }

 private:
  std::uint64_t bits_per_second_ = 0;
  Instant free_at_{};
  std::uint64_t bytes_ = 0;
  Duration longest_line_{};
};

}  // namespace alluvium::sim
