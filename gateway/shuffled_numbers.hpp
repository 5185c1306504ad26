#pragma once

#include "core/base/random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace alluvium::gateway {

/// The numbers below a bound in a random order, each once: Fisher and Yates' shuffle as far as it
/// is drawn, without the list, of which only what was moved is remembered. So many may be drawn,
/// and a bound may be as large as one likes. Used once.
class ShuffledNumbers {
 public:
  static constexpr std::size_t most_drawn = 800;

  explicit ShuffledNumbers(std::size_t bound) : bound_(static_cast<std::uint32_t>(bound)) {}

  [[nodiscard]] bool has_more() const { return drawn_ < bound_ && drawn_ < most_drawn; }
  /// There must be more.
  [[nodiscard]] std::uint32_t next(Random& random) {
    const std::uint32_t first = drawn_++;
    const auto other = first + static_cast<std::uint32_t>(random.below(bound_ - first));
    const std::uint32_t moved = number_at(first);
    if (other == first) return moved;
    const std::size_t slot = slot_of(other);
    const std::uint32_t number = places_[slot] == 0 ? other : numbers_[slot];
    places_[slot] = other + 1;
    numbers_[slot] = moved;
    return number;
  }

 private:
  static constexpr unsigned slot_bits = 10;
  static constexpr std::size_t slots = std::size_t{1} << slot_bits;
  static_assert(most_drawn < slots);

  [[nodiscard]] std::uint32_t number_at(std::uint32_t place) const {
    const std::size_t slot = slot_of(place);
    return places_[slot] == 0 ? place : numbers_[slot];
  }
  [[nodiscard]] std::size_t slot_of(std::uint32_t place) const {
    std::size_t slot = place * 0x9e3779b1U >> (32 - slot_bits);
    while (places_[slot] != 0 && places_[slot] != place + 1) slot = (slot + 1) % slots;
    return slot;
  }

  std::uint32_t bound_;
  std::uint32_t drawn_ = 0;
  std::array<std::uint32_t, slots> places_{};  ///< Where something was moved to, and one; 0: none.
  std::array<std::uint32_t, slots> numbers_;   ///< Which number stands there.
};

}  // namespace alluvium::gateway
