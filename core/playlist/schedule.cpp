#include "core/playlist/schedule.hpp"

#include "core/base/text.hpp"
#include "core/playlist/warnings.hpp"

#include <algorithm>

namespace alluvium::playlist {

namespace {

using std::chrono::milliseconds;

// Everything happens between these two, so that no sum of an instant and a duration overflows.
constexpr WallTime first_instant =
    std::chrono::sys_days{std::chrono::year{1} / std::chrono::January / 1};
constexpr WallTime past_the_last =
    std::chrono::sys_days{std::chrono::year{10000} / std::chrono::January / 1};
constexpr milliseconds all_time = past_the_last - first_instant;

WallTime bounded(WallTime t) {
  return std::clamp(t, first_instant, past_the_last);
}

WallTime later(WallTime t, milliseconds duration) {
  return bounded(t + std::min(duration, all_time));
}

std::string label_of(const Playlist& playlist, std::size_t index) {
  return "item " + std::to_string(index + 1) + " (" +
         printable(playlist.items[index].display_title(), 80) + ")";
}

/// How long an item says it is; nonsense counts as not said.
std::optional<milliseconds> length_of(const Item& item) {
  if (!item.duration || *item.duration <= milliseconds(0)) return std::nullopt;
  return std::min(*item.duration, all_time);
}

/// The first slot that starts after `t`.
std::vector<Slot>::const_iterator first_after(const std::vector<Slot>& slots, WallTime t) {
  return std::upper_bound(slots.begin(), slots.end(), t,
                          [](WallTime at, const Slot& slot) { return at < slot.start; });
}

}  // namespace

/// Turns the items of a playlist into slots and says what it had to leave out.
class Schedule::Builder {
 public:
  Builder(const Playlist& playlist, Warnings& warnings)
      : playlist_(playlist), warnings_(warnings) {}

  /// These items back to back; `kind` says in sentences what is made of them.
  Round round(const std::vector<std::size_t>& order, std::string_view kind);
  /// What a list with starts says, before overlaps are resolved; ends may be missing.
  std::vector<Slot> broadcasts(const std::vector<std::size_t>& order, WallTime anchor);
  /// In order of time, each slot ended by the next one at the latest.
  std::vector<Slot> without_overlaps(std::vector<Slot> slots);

 private:
  void leave_out(std::size_t index, std::string_view why) {
    warnings_.add(label_of(playlist_, index) + " is left out: " + std::string(why));
  }

  const Playlist& playlist_;
  Warnings& warnings_;
};

Schedule::Round Schedule::Builder::round(const std::vector<std::size_t>& order,
                                         std::string_view kind) {
  Round round;
  WallTime end{};
  for (const std::size_t index : order) {
    const Item& item = playlist_.items[index];
    const auto length = length_of(item);
    if (!length) {
      leave_out(index, std::string(kind) + " loops, and how long the item is is not said");
    } else if (*length > all_time - end.time_since_epoch()) {
      leave_out(index, "the loop would be longer than ten thousand years");
    } else {
      round.slots.push_back({index, end, end + *length, item.is_filler});
      end += *length;
    }
  }
  return round;
}

std::vector<Slot> Schedule::Builder::broadcasts(const std::vector<std::size_t>& order,
                                                WallTime anchor) {
  std::vector<Slot> slots;
  // Where an item without a start begins: nothing after an item whose end is not known.
  std::optional<WallTime> follows = anchor;
  for (const std::size_t index : order) {
    const Item& item = playlist_.items[index];
    if (!item.start && !follows) {
      leave_out(index, "it has no start, and when the item before it ends is not said");
      continue;
    }
    const WallTime start = bounded(item.start.value_or(follows.value_or(anchor)));
    std::optional<WallTime> end;
    if (item.end) {
      end = bounded(*item.end);
    } else if (const auto length = length_of(item)) {
      end = later(start, *length);
    }
    if (end && *end <= start) {
      leave_out(index, "it ends before it has begun");
      follows = start;
      continue;
    }
    slots.push_back({index, start, end, false});
    follows = end;
  }
  return slots;
}

std::vector<Slot> Schedule::Builder::without_overlaps(std::vector<Slot> slots) {
  // Stable: of equal starts the later item comes last, and what comes last wins.
  std::stable_sort(slots.begin(), slots.end(),
                   [](const Slot& a, const Slot& b) { return a.start < b.start; });
  std::vector<Slot> result;
  result.reserve(slots.size());
  for (std::size_t i = 0; i < slots.size(); ++i) {
    Slot slot = slots[i];
    if (i + 1 < slots.size()) {
      const WallTime next = slots[i + 1].start;
      if (next == slot.start) {
        leave_out(slot.item,
                  label_of(playlist_, slots[i + 1].item) + " starts at the same instant");
        continue;
      }
      slot.end = std::min(slot.end.value_or(next), next);
    }
    result.push_back(slot);
  }
  return result;
}

Slot Schedule::Round::at(WallTime origin, WallTime t) const {
  const milliseconds length = slots.back().end->time_since_epoch();
  milliseconds offset = (t - origin) % length;
  // Also before the origin.
  if (offset < milliseconds(0)) offset += length;
  Slot slot = *std::prev(first_after(slots, WallTime(offset)));
  slot.start += t.time_since_epoch() - offset;
  *slot.end += t.time_since_epoch() - offset;
  return slot;
}

Schedule::Schedule(const Playlist& playlist)
    : anchor_(bounded(playlist.anchor.value_or(WallTime()))) {
  Warnings warnings;
  Builder builder(playlist, warnings);
  std::vector<std::size_t> order;
  bool any_start = false;
  for (std::size_t i = 0; i < playlist.items.size(); ++i) {
    (playlist.items[i].is_filler ? filler_ : order).push_back(i);
    any_start = any_start || (!playlist.items[i].is_filler && playlist.items[i].start);
  }
  if (any_start) {
    slots_ = builder.without_overlaps(builder.broadcasts(order, anchor_));
  } else {
    loop_ = builder.round(order, "the list");
  }
  filler_round_ = builder.round(filler_, "filler");
  warnings_ = warnings.list();
}

std::optional<Slot> Schedule::on_air(WallTime t) const {
  t = bounded(t);
  if (!loop_.is_empty()) return loop_.at(anchor_, t);
  const auto next = first_after(slots_, t);
  WallTime gap_begin = anchor_;
  if (next != slots_.begin()) {
    const Slot& slot = *std::prev(next);
    if (!slot.end || t < *slot.end) return slot;
    gap_begin = *slot.end;
  }
  if (filler_round_.is_empty()) return std::nullopt;
  Slot filler = filler_round_.at(gap_begin, t);
  if (next != slots_.end()) filler.end = std::min(*filler.end, next->start);
  return filler;
}

std::optional<Slot> Schedule::next_after(WallTime t) const {
  t = bounded(t);
  const auto present = on_air(t);
  if (present && present->end && loop_.is_empty()) {
    // After the end of all time there is nothing but what is on.
    const auto next = on_air(*present->end);
    if (next && next->start > t) return next;
  }
  return next_programme_after(t);
}

std::optional<Slot> Schedule::next_programme_after(WallTime t) const {
  t = bounded(t);
  if (!loop_.is_empty()) return loop_.at(anchor_, *loop_.at(anchor_, t).end);
  const auto next = first_after(slots_, t);
  if (next == slots_.end()) return std::nullopt;
  return *next;
}

}  // namespace alluvium::playlist
