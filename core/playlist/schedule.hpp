#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::playlist {

/// One broadcast of one item: [start, end). In a loop, and of filler, the same item has many slots.
/// Value type.
struct Slot {
  std::size_t item = 0;  ///< Index into Playlist::items.
  WallTime start;
  std::optional<WallTime> end;  ///< None only for a last item of unknown duration: open end.
  bool is_filler = false;       ///< Nothing is scheduled, and this is heard meanwhile.

  bool operator==(const Slot&) const = default;
};

/// What is on when: a pure function of playlist and instant, computed once and then asked in
/// logarithmic time. Rules: an item ends at its `end`, else start + duration, else at the next
/// item's start; an item without a start follows the one before it; the first such counts from the
/// anchor (else the Unix epoch); if no item has a start the list loops for ever, before the anchor
/// as well, and items of unknown duration are skipped; where two overlap, the later start wins from
/// its start on (of equal starts the later item), and the earlier one is over. Where nothing is
/// scheduled the filler items follow each other in the order of the list, over and over, from the
/// end of the slot before (before the first slot, and where there is none, from the anchor in both
/// directions); the next slot's start cuts them. So everybody hears the same moment of filler, too.
/// A loop has no room for it. Left out, with a warning: an item that ends before it has begun, one
/// without a start after one whose end is not known, and filler of unknown duration. Instants
/// outside the years 1 to 9999 count as the nearest one inside. Immutable.
class Schedule {
 public:
  explicit Schedule(const Playlist& playlist);

  /// What is on at `t`, filler included.
  [[nodiscard]] std::optional<Slot> on_air(WallTime t) const;
  /// The first slot that starts after `t`, filler included.
  [[nodiscard]] std::optional<Slot> next_after(WallTime t) const;
  /// The first slot that starts after `t` and is no filler: what people call the next item.
  [[nodiscard]] std::optional<Slot> next_programme_after(WallTime t) const;
  [[nodiscard]] bool loops() const { return !loop_.is_empty(); }
  [[nodiscard]] const std::vector<std::size_t>& filler() const { return filler_; }
  /// What the schedule had to leave out, as sentences.
  [[nodiscard]] const std::vector<std::string>& warnings() const { return warnings_; }

 private:
  /// Slots back to back, over and over, in both directions of time.
  struct Round {
    std::vector<Slot> slots;  ///< The first one starts at the epoch.

    [[nodiscard]] bool is_empty() const { return slots.empty(); }
    /// The slot at `t` if rounds are counted from `origin`. Not empty.
    [[nodiscard]] Slot at(WallTime origin, WallTime t) const;
  };
  class Builder;

  WallTime anchor_{};
  std::vector<Slot> slots_;  ///< Ascending, apart from each other; empty in a loop.
  Round loop_;               ///< Empty if any item has a start.
  Round filler_round_;
  std::vector<std::size_t> filler_;
  std::vector<std::string> warnings_;
};

}  // namespace alluvium::playlist
