#include "gateway/broadcaster/grid/week.hpp"

#include <algorithm>

namespace alluvium::broadcaster {

namespace {

using std::chrono::days;

std::size_t ordinal_of(const std::bitset<7>& on, std::chrono::local_days day) {
  const std::chrono::local_days first{};  // A Thursday.
  const auto since = (day - first).count();
  std::size_t ordinal = static_cast<std::size_t>(std::max<days::rep>(since / 7, 0)) * on.count();
  for (auto earlier = day - days(since % 7); earlier < day; earlier += days(1)) {
    if (on.test(std::chrono::weekday(earlier).c_encoding())) ++ordinal;
  }
  return ordinal;
}

std::optional<WallTime> end_of(const Show& show, const Zone& zone, std::chrono::local_days day,
                               WallTime start) {
  if (show.lasts) return start + *show.lasts;
  if (!show.until) return std::nullopt;
  const auto last_day = *show.until > show.at ? day : day + days(1);
  return std::max(start, zone.instant_of(LocalTime(last_day) + *show.until));
}

}  // namespace

std::vector<Occurrence> occurrences(const std::vector<Show>& shows, const Zone& zone, WallTime from,
                                    WallTime to) {
  std::vector<Occurrence> found;
  const auto day_of = [&](WallTime time) { return std::chrono::floor<days>(zone.local(time)); };
  const auto last = day_of(to);
  for (auto day = day_of(from) - days(1); day <= last; day += days(1)) {
    for (std::size_t i = 0; i < shows.size(); ++i) {
      const Show& show = shows[i];
      if (!show.on.test(std::chrono::weekday(day).c_encoding())) continue;
      const LocalTime local = LocalTime(day) + show.at;
      Occurrence occurrence{.show = i, .start = zone.instant_of(local)};
      occurrence.end = end_of(show, zone, day, occurrence.start);
      occurrence.is_moved = zone.is_missing(local);
      occurrence.ordinal = ordinal_of(show.on, day);
      found.push_back(occurrence);
    }
  }
  std::stable_sort(found.begin(), found.end(), [](const Occurrence& a, const Occurrence& b) {
    // What was only moved there gives way to what belongs there.
    return a.start != b.start ? a.start < b.start : a.is_moved && !b.is_moved;
  });
  return found;
}

}  // namespace alluvium::broadcaster
