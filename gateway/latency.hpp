#pragma once

#include "core/time/clock.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace alluvium::gateway {

/// How long things took, by powers of four from a quarter of a millisecond to four seconds. Value
/// type; each number only grows.
class Latency {
 public:
  static constexpr std::array<std::chrono::microseconds, 8> bounds = {
      std::chrono::microseconds(250),       std::chrono::microseconds(1'000),
      std::chrono::microseconds(4'000),     std::chrono::microseconds(16'000),
      std::chrono::microseconds(64'000),    std::chrono::microseconds(256'000),
      std::chrono::microseconds(1'000'000), std::chrono::microseconds(4'000'000)};

  void add(Duration taken) {
    std::size_t place = 0;
    while (place < bounds.size() && taken > bounds[place]) ++place;
    ++counts_[place];
    ++count_;
    sum_ += taken;
  }

  /// How many took no longer than the bound at that place.
  [[nodiscard]] std::uint64_t within(std::size_t place) const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i <= place; ++i) sum += counts_[i];
    return sum;
  }
  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] Duration sum() const { return sum_; }

 private:
  std::array<std::uint64_t, bounds.size() + 1> counts_{};
  std::uint64_t count_ = 0;
  Duration sum_{};
};

}  // namespace alluvium::gateway
