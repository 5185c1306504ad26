#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <compare>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::playlist {

/// One broadcast of one item: [heard_from(), end). In a loop, and of filler, the same item has many
/// slots. Value type.
struct Slot {
  std::size_t item = 0;  ///< Index into Playlist::items.
  WallTime start;
  std::optional<WallTime> end;  ///< None only for a last item of unknown duration: open end.
  bool is_filler = false;       ///< Nothing is scheduled, and this is heard meanwhile.
  bool is_live = false;         ///< Part of a live show.
  /// Where it goes on behind a live show: what comes before in the item is not heard.
  std::optional<WallTime> resumed = {};

  /// From when on it is heard. Media time counts from `start` all the same.
  [[nodiscard]] WallTime heard_from() const { return resumed.value_or(start); }
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
/// A loop has no room for it. Parts of live shows, which have a start and an end, are heard instead
/// of all this, which goes on behind them as if they had not been there; but filler begins anew.
/// Left out, with a warning: an item that ends before it has begun, one
/// without a start after one whose end is not known, and filler of unknown duration. Instants
/// outside the years 1 to 9999 count as the nearest one inside. Immutable.
class Schedule {
 public:
  explicit Schedule(const Playlist& playlist);

  /// What is on at `t`, filler included.
  [[nodiscard]] std::optional<Slot> on_air(WallTime t) const;
  /// The first slot that begins after `t`, filler included.
  [[nodiscard]] std::optional<Slot> next_after(WallTime t) const;
  /// The first slot that begins after `t` and is no filler: what people call the next item.
  [[nodiscard]] std::optional<Slot> next_programme_after(WallTime t) const;
  /// Whether a live show is the last that began before `t`: it may go on there, though nothing is
  /// known of it yet.
  [[nodiscard]] bool may_be_live(WallTime t) const;
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
  using Slots = std::vector<Slot>;

  /// As if there were no live show.
  [[nodiscard]] std::optional<Slot> scheduled_at(WallTime t) const;
  [[nodiscard]] std::optional<Slot> scheduled_after(WallTime t) const;
  /// The end of the last live slot that is over at `t`.
  [[nodiscard]] std::optional<WallTime> live_end_before(WallTime t) const;

  WallTime anchor_{};
  Slots slots_;  ///< Ascending, apart from each other; empty in a loop.
  Slots live_;   ///< The same of live shows; each has an end.
  Round loop_;   ///< Empty if any item has a start.
  Round filler_round_;
  std::vector<std::size_t> filler_;
  std::vector<std::string> warnings_;
};

}  // namespace alluvium::playlist
