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

/// Turns the items of a playlist into slots and says what it had to leave out.
class Builder {
 public:
  Builder(const Playlist& playlist, Warnings& warnings)
      : playlist_(playlist), warnings_(warnings) {}

  /// One round, from `anchor`, of a list in which no item has a start.
  std::vector<Slot> round(const std::vector<std::size_t>& order, WallTime anchor);
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

std::vector<Slot> Builder::round(const std::vector<std::size_t>& order, WallTime anchor) {
  std::vector<Slot> slots;
  milliseconds offset{0};
  for (const std::size_t index : order) {
    const auto length = length_of(playlist_.items[index]);
    if (!length) {
      leave_out(index, "the list loops, and how long the item is is not said");
    } else if (*length > all_time - offset) {
      leave_out(index, "the loop would be longer than ten thousand years");
    } else {
      slots.push_back({index, anchor + offset, anchor + offset + *length});
      offset += *length;
    }
  }
  return slots;
}

std::vector<Slot> Builder::broadcasts(const std::vector<std::size_t>& order, WallTime anchor) {
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
    slots.push_back({index, start, end});
    follows = end;
  }
  return slots;
}

std::vector<Slot> Builder::without_overlaps(std::vector<Slot> slots) {
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

/// The first slot that starts after `t`.
std::vector<Slot>::const_iterator first_after(const std::vector<Slot>& slots, WallTime t) {
  return std::upper_bound(slots.begin(), slots.end(), t,
                          [](WallTime at, const Slot& slot) { return at < slot.start; });
}

Slot moved(Slot slot, milliseconds by) {
  slot.start += by;
  if (slot.end) *slot.end += by;
  return slot;
}

/// How far into a round `t` is: also before the anchor, in [0, round).
milliseconds offset_in(milliseconds round, WallTime anchor, WallTime t) {
  const milliseconds offset = (t - anchor) % round;
  return offset < milliseconds(0) ? offset + round : offset;
}

}  // namespace

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
    slots_ = builder.round(order, anchor_);
    loops_ = !slots_.empty();
    if (loops_) round_ = *slots_.back().end - anchor_;
  }
  warnings_ = warnings.list();
}

std::optional<Slot> Schedule::on_air(WallTime t) const {
  t = bounded(t);
  const milliseconds offset = loops_ ? offset_in(round_, anchor_, t) : milliseconds(0);
  const WallTime asked = loops_ ? anchor_ + offset : t;
  const auto after = first_after(slots_, asked);
  if (after == slots_.begin()) return std::nullopt;
  const Slot& slot = *std::prev(after);
  if (slot.end && *slot.end <= asked) return std::nullopt;
  return moved(slot, t - asked);
}

std::optional<Slot> Schedule::next_after(WallTime t) const {
  t = bounded(t);
  const milliseconds offset = loops_ ? offset_in(round_, anchor_, t) : milliseconds(0);
  const WallTime asked = loops_ ? anchor_ + offset : t;
  const auto after = first_after(slots_, asked);
  if (after != slots_.end()) return moved(*after, t - asked);
  if (!loops_) return std::nullopt;
  return moved(slots_.front(), t - asked + round_);
}

}  // namespace alluvium::playlist
