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
  /// The parts of live shows, before overlaps are resolved.
  Slots live(const std::vector<std::size_t>& order);
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

Schedule::Slots Schedule::Builder::live(const std::vector<std::size_t>& order) {
  Slots slots;
  for (const std::size_t index : order) {
    const Item& item = playlist_.items[index];
    if (!item.start || !(item.end || length_of(item))) {
      leave_out(index, "it is live, and when it starts or ends is not said");
      continue;
    }
    const WallTime start = bounded(*item.start);
    const WallTime end = item.end ? bounded(*item.end) : later(start, *length_of(item));
    if (end <= start) {
      leave_out(index, "it ends before it has begun");
      continue;
    }
    slots.push_back({.item = index, .start = start, .end = end, .is_live = true});
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
  std::vector<std::size_t> live;
  bool any_start = false;
  for (std::size_t i = 0; i < playlist.items.size(); ++i) {
    const Item& item = playlist.items[i];
    (item.is_filler ? filler_ : item.is_live ? live : order).push_back(i);
    any_start = any_start || (!item.is_filler && !item.is_live && item.start);
  }
  if (any_start) {
    slots_ = builder.without_overlaps(builder.broadcasts(order, anchor_));
  } else {
    loop_ = builder.round(order, "the list");
  }
  filler_round_ = builder.round(filler_, "filler");
  live_ = builder.without_overlaps(builder.live(live));
  warnings_ = warnings.list();
}

std::optional<WallTime> Schedule::live_end_before(WallTime t) const {
  const auto next = first_after(live_, t);
  for (auto slot = next; slot != live_.begin();) {
    --slot;
    if (*slot->end <= t) return slot->end;
  }
  return std::nullopt;
}

bool Schedule::may_be_live(WallTime t) const {
  const auto live = first_after(live_, t);
  if (live == live_.begin()) return false;
  const auto scheduled = scheduled_at(t);
  const WallTime end = *std::prev(live)->end;
  return t <= end || !scheduled || scheduled->is_filler || scheduled->start < end;
}

std::optional<Slot> Schedule::scheduled_at(WallTime t) const {
  if (!loop_.is_empty()) return loop_.at(anchor_, t);
  const auto next = first_after(slots_, t);
  WallTime gap_begin = anchor_;
  if (next != slots_.begin()) {
    const Slot& slot = *std::prev(next);
    if (!slot.end || t < *slot.end) return slot;
    gap_begin = *slot.end;
  }
  if (filler_round_.is_empty()) return std::nullopt;
  if (const auto live_end = live_end_before(t)) gap_begin = std::max(gap_begin, *live_end);
  Slot filler = filler_round_.at(gap_begin, t);
  if (next != slots_.end()) filler.end = std::min(*filler.end, next->start);
  return filler;
}

std::optional<Slot> Schedule::on_air(WallTime t) const {
  t = bounded(t);
  auto slot = scheduled_at(t);
  if (live_.empty()) return slot;
  const auto next = first_after(live_, t);
  if (next != live_.begin() && t < *std::prev(next)->end) return *std::prev(next);
  if (!slot) return std::nullopt;
  if (next != live_.end()) slot->end = std::min(slot->end.value_or(next->start), next->start);
  const auto live_end = live_end_before(t);
  if (live_end && *live_end > slot->start) slot->resumed = live_end;
  return slot;
}

std::optional<Slot> Schedule::next_after(WallTime t) const {
  t = bounded(t);
  const auto present = on_air(t);
  if (present && present->end && (loop_.is_empty() || !live_.empty())) {
    // After the end of all time there is nothing but what is on.
    const auto next = on_air(*present->end);
    if (next && next->heard_from() > t) return next;
  }
  return next_programme_after(t);
}

std::optional<Slot> Schedule::scheduled_after(WallTime t) const {
  if (!loop_.is_empty()) return loop_.at(anchor_, *loop_.at(anchor_, t).end);
  const auto next = first_after(slots_, t);
  if (next == slots_.end()) return std::nullopt;
  return *next;
}

std::optional<Slot> Schedule::next_programme_after(WallTime t) const {
  t = bounded(t);
  if (live_.empty()) return scheduled_after(t);
  // Something begins where a live part starts or ends, and where a scheduled item starts; but it
  // may do so in the middle of another live part.
  for (WallTime place = t;;) {
    std::optional<WallTime> next;
    const auto consider = [&](WallTime begin) { next = std::min(next.value_or(begin), begin); };
    const auto live = first_after(live_, place);
    if (live != live_.end()) consider(live->start);
    if (live != live_.begin() && *std::prev(live)->end > place) consider(*std::prev(live)->end);
    if (const auto scheduled = scheduled_after(place)) consider(scheduled->start);
    if (!next || *next <= place) return std::nullopt;
    place = *next;
    const auto slot = on_air(place);
    if (slot && !slot->is_filler && slot->heard_from() == place) return slot;
  }
}

}  // namespace alluvium::playlist
