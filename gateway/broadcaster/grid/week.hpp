#pragma once

#include "gateway/broadcaster/grid/grid.hpp"
#include "gateway/broadcaster/zone/zone.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace alluvium::broadcaster {

/// One broadcast of a show as an instant. Value type.
struct Occurrence {
  std::size_t show = 0;  ///< Index into the grid's shows.
  WallTime start;
  std::optional<WallTime> end;
  /// Its time does not exist on that day, as clocks are set forward past it; it begins when they
  /// are.
  bool is_moved = false;
  std::size_t ordinal = 0;  ///< The how many-th since 1970.

  bool operator==(const Occurrence&) const = default;
};

/// All broadcasts whose local day is one of those that `from` and `to` are in or lies between them,
/// and the day before, in order of their start, of equal starts in order of the grid. A start in
/// the hour that comes twice is the first of both; an end by the clock is the first such time after
/// the start.
[[nodiscard]] std::vector<Occurrence> occurrences(const std::vector<Show>& shows, const Zone& zone,
                                                  WallTime from, WallTime to);

}  // namespace alluvium::broadcaster
