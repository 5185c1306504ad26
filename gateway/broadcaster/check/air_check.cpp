#include "gateway/broadcaster/check/air_check.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::broadcaster {

namespace {

using namespace std::chrono_literals;

/// Files run a little over or under what they are said to last.
constexpr auto tolerance = 1s;

std::string name_of(const playlist::Item& item) {
  return "\"" + printable(item.display_title()) + "\"";
}

bool is_in(const std::vector<Window>& windows, WallTime time) {
  return std::any_of(windows.begin(), windows.end(), [&](const Window& window) {
    return time >= window.start && time < window.end;
  });
}

/// When something else is on. All filler is one: its items may be short, and many.
std::optional<WallTime> end_of_stretch(const playlist::Schedule& schedule,
                                       const playlist::Slot& slot) {
  if (!slot.is_filler) return slot.end;
  const auto next = schedule.next_programme_after(slot.heard_from());
  return next ? std::optional(next->heard_from()) : std::nullopt;
}

std::optional<WallTime> start_after(const playlist::Schedule& schedule, WallTime t) {
  const auto next = schedule.next_after(t);
  return next ? std::optional(next->heard_from()) : std::nullopt;
}

void check_gaps(const playlist::Schedule& schedule, const Window& window, bool must_be_full,
                const Zone& zone, Findings& findings) {
  if (schedule.loops()) return;
  for (WallTime t = window.start; t < window.end;) {
    if (const auto slot = schedule.on_air(t)) {
      const auto end = end_of_stretch(schedule, *slot);
      if (!end) return;
      t = *end;
      continue;
    }
    const auto next = schedule.next_after(t);
    if (!next && !must_be_full) return;
    const bool is_for_good = !next;
    const WallTime end = next ? std::min(next->heard_from(), window.end) : window.end;
    if (end - t < tolerance) {
      t = end;
      continue;
    }
    std::string sentence = "nothing is on ";
    sentence += is_for_good ? "any more: the playlist ends here"
                            : "for " + clock_text(end - t) + ", until " + zone.text(end);
    findings.push_back({Severity::problem,
                        is_for_good ? "end" : "gap",
                        t,
                        {},
                        sentence + "; listeners hear silence"});
    t = end;
  }
}

/// What is scheduled with a date, in the order of instants. Live shows may cover it.
std::vector<const playlist::Item*> dated_items(const playlist::Playlist& playlist) {
  std::vector<const playlist::Item*> items;
  for (const playlist::Item& item : playlist.items) {
    if (item.start && !item.is_filler && !item.is_live) items.push_back(&item);
  }
  std::stable_sort(items.begin(), items.end(),
                   [](const auto* a, const auto* b) { return *a->start < *b->start; });
  return items;
}

void check_neighbours(const playlist::Item& item, const playlist::Item* next,
                      const std::vector<Window>& windows, Findings& findings) {
  const auto by_length = item.duration ? std::optional(*item.start + *item.duration) : std::nullopt;
  const auto end = item.end ? item.end : by_length;
  if (!end) return;
  if (next && *end > *next->start + tolerance && is_in(windows, *next->start)) {
    findings.push_back({Severity::problem, "overlap", *next->start, item.url.text(),
                        name_of(item) + " is still on when " + name_of(*next) +
                            " begins, and is cut off " + clock_text(*end - *next->start) +
                            " before its end"});
  }
  const WallTime over = next ? std::min(*end, *next->start) : *end;
  if (by_length && *by_length + tolerance < over && is_in(windows, *by_length)) {
    findings.push_back({Severity::problem, "short", *by_length, item.url.text(),
                        name_of(item) + " is over " + clock_text(over - *by_length) +
                            " before its time is; listeners hear silence"});
  }
}

}  // namespace

std::string clock_text(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
  const auto two = [](auto n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  const std::string tail = two(seconds % 60);
  if (seconds < 3'600) return std::to_string(seconds / 60) + ":" + tail;
  return std::to_string(seconds / 3'600) + ":" + two(seconds / 60 % 60) + ":" + tail;
}

std::vector<Window> windows_to_check(const Zone& zone, WallTime now, std::chrono::days days) {
  std::vector<Window> windows{{now, now + days}};
  for (const WallTime change : zone.changes_after(now, 2)) {
    const WallTime start = zone.day_start(change);
    // A day has 25 hours at most.
    const Window day{start, zone.day_start(start + 26h)};
    if (day.start <= windows.back().end) {
      windows.back().end = std::max(windows.back().end, day.end);
    } else {
      windows.push_back(day);
    }
  }
  return windows;
}

Findings check_air(const playlist::Playlist& playlist, const playlist::Schedule& schedule,
                   const std::vector<Window>& windows, const Zone& zone) {
  Findings findings;
  for (const Window& window : windows) {
    check_gaps(schedule, window, &window == &windows.front(), zone, findings);
  }
  const auto items = dated_items(playlist);
  for (std::size_t i = 0; i < items.size(); ++i) {
    check_neighbours(*items[i], i + 1 < items.size() ? items[i + 1] : nullptr, windows, findings);
  }
  for (const std::string& warning : schedule.warnings()) {
    findings.push_back({Severity::problem, "schedule", std::nullopt, {}, warning});
  }
  return findings;
}

std::map<std::size_t, WallTime> items_on_air(const playlist::Playlist& playlist,
                                             const playlist::Schedule& schedule,
                                             const std::vector<Window>& windows) {
  std::map<std::size_t, WallTime> found;
  std::optional<WallTime> filler_at;
  for (const Window& window : windows) {
    for (WallTime t = window.start; t < window.end;) {
      const auto slot = schedule.on_air(t);
      if (slot && slot->is_filler) {
        if (!filler_at) filler_at = t;
      } else if (slot) {
        found.emplace(slot->item, std::max(slot->heard_from(), window.start));
      }
      if (found.size() == playlist.items.size()) return found;
      const auto next = slot ? end_of_stretch(schedule, *slot) : start_after(schedule, t);
      if (!next) break;
      t = *next;
    }
  }
  for (const std::size_t item : schedule.filler()) {
    found.emplace(item, filler_at.value_or(windows.front().start));
  }
  return found;
}

}  // namespace alluvium::broadcaster
