#pragma once

#include "core/time/clock.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace alluvium::gateway {

/// Whom a listener was told of, by their places in the swarm, and up to when. Every listener that
/// lacks something has such a list, so it is kept as short as can be: three bytes for each of
/// those, and nothing but a pointer while there is nobody. Moves only.
class ToldList {
 public:
  using Place = std::uint32_t;
  static constexpr Place most_places = Place{1} << 24;

  ToldList() = default;
  /// They were told all that had happened up to `change`, and everything in the second of
  /// `in_full`. At most 255, each below `most_places`.
  ToldList(const std::vector<Place>& places, std::uint32_t change, Instant in_full);

  [[nodiscard]] bool empty() const { return packed_ == nullptr; }
  [[nodiscard]] std::vector<Place> places() const;
  /// Whether a change came after what was told. It counts for the next two thousand million.
  [[nodiscard]] bool is_before(std::uint32_t change) const;
  /// Not of an empty list.
  [[nodiscard]] Instant in_full() const;

 private:
  struct Head;
  [[nodiscard]] Head head() const;

  std::unique_ptr<std::uint8_t[]> packed_;  ///< The head, how many, and each one's place.
};

}  // namespace alluvium::gateway
