#pragma once

#include "core/hash/tree.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <deque>
#include <vector>

namespace alluvium::gateway {

/// How many listeners the most heard files had, minute by minute for the last three hours. Bounded
/// in both directions. Pure: times are passed in. Owned by Gateway.
class ListenerHistory {
 public:
  static constexpr Duration pause = std::chrono::minutes(1);
  static constexpr std::size_t most_samples = 180;
  static constexpr std::size_t most_files = 8;  ///< Of one sample.

  struct Count {
    hash::TreeRoot root;
    std::size_t listeners = 0;
  };
  struct Sample {
    WallTime at;
    std::vector<Count> files;  ///< Those with most listeners, the most first.
  };

  /// Whether it is time for another sample.
  [[nodiscard]] bool is_due(Instant now) const { return samples_.empty() || now >= due_; }
  void add(Sample sample, Instant now);
  /// The oldest first.
  [[nodiscard]] const std::deque<Sample>& samples() const { return samples_; }

 private:
  std::deque<Sample> samples_;
  Instant due_{};
};

}  // namespace alluvium::gateway
