#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::playlist {

/// One broadcast of one item: [start, end). In a loop the same item has many slots. Value type.
struct Slot {
  std::size_t item = 0;  ///< Index into Playlist::items.
  WallTime start;
  std::optional<WallTime> end;  ///< None only for a last item of unknown duration: open end.

  bool operator==(const Slot&) const = default;
};

/// What is on when: a pure function of playlist and instant, computed once and then asked in
/// logarithmic time. Rules: an item ends at its `end`, else start + duration, else at the next
/// item's start; an item without a start follows the one before it; the first such counts from the
/// anchor (else the Unix epoch); if no item has a start the list loops for ever, before the anchor
/// as well, and items of unknown duration are skipped; where two overlap, the later start wins from
/// its start on (of equal starts the later item), and the earlier one is over. Left out, with a
/// warning: an item that ends before it has begun, and one without a start after one whose end is
/// not known. Filler is left out as well (`filler()` names it). Instants outside the years 1 to
/// 9999 count as the nearest one inside. Immutable.
class Schedule {
 public:
  explicit Schedule(const Playlist& playlist);

  /// What is on at `t`.
  [[nodiscard]] std::optional<Slot> on_air(WallTime t) const;
  /// The first slot that starts after `t`.
  [[nodiscard]] std::optional<Slot> next_after(WallTime t) const;
  [[nodiscard]] bool loops() const { return loops_; }
  [[nodiscard]] const std::vector<std::size_t>& filler() const { return filler_; }
  /// What the schedule had to leave out, as sentences.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  std::vector<Slot>
      slots_;  ///< Ascending, apart from each other; in a loop one round, from the anchor.
  std::vector<std::size_t> filler_;
  std::vector<std::string> warnings_;
  bool loops_ = false;
  WallTime anchor_{};
  std::chrono::milliseconds round_{};
};

}  // namespace alluvium::playlist
