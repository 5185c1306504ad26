#include "gateway/broadcaster/live/live_playlist.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::broadcaster {

namespace {

/// For each item whether leaving it out would leave the instants of all others as they are: what
/// follows it without a start of its own counts from its end.
std::vector<bool> are_dated_apart(const std::vector<playlist::Item>& items) {
  std::vector<bool> result(items.size(), false);
  bool is_followed_by_start = true;
  for (std::size_t i = items.size(); i-- > 0;) {
    if (items[i].is_filler) continue;
    result[i] = items[i].start.has_value() && is_followed_by_start;
    is_followed_by_start = items[i].start.has_value();
  }
  return result;
}

/// As a playlist of which no item has a start.
bool is_loop(const std::vector<playlist::Item>& items) {
  return std::none_of(items.begin(), items.end(), [](const playlist::Item& item) {
    return !item.is_filler && item.start.has_value();
  });
}

}  // namespace

void LivePlaylist::add(playlist::Item part) {
  parts_.push_back(std::move(part));
}

std::vector<http::Url> LivePlaylist::take_expired(WallTime now) {
  std::vector<http::Url> expired;
  while (!parts_.empty() && *parts_.front().end + kept_as_file <= now) {
    expired.push_back(parts_.front().url);
    parts_.pop_front();
  }
  return expired;
}

bool LivePlaylist::is_heard(WallTime now) const {
  return !parts_.empty() && *parts_.back().end + kept_in_playlist > now;
}

playlist::Playlist LivePlaylist::at(WallTime now, const playlist::Playlist& schedule,
                                    const ShowState& show) const {
  playlist::Playlist result = schedule;
  result.items.clear();
  const bool is_live = show.is_on || show.is_expected || is_heard(now);
  result.refresh = is_live ? std::chrono::seconds(1) : show.poll;
  for (const playlist::Item& part : parts_) {
    if (*part.end + kept_in_playlist > now) result.items.push_back(part);
  }
  const auto dated_apart = are_dated_apart(schedule.items);
  // A show that goes on beyond its planned end is open from then on.
  const bool is_planned = show.until && *show.until > now;
  const WallTime covered_until = is_planned ? std::min(*show.until, now + covered) : now + covered;
  // It cannot come back in time by its own instants.
  const bool is_loop_covered = is_loop(schedule.items) && covered_until == now + covered &&
                               now >= show.since + kept_in_playlist;
  const auto is_covered = [&](const playlist::Item& item) {
    return (*item.start > show.since && *item.start < covered_until) ||
           *item.start > now + shown_ahead;
  };
  for (std::size_t i = 0; i < schedule.items.size(); ++i) {
    const playlist::Item& item = schedule.items[i];
    const bool is_of_no_use =
        show.is_on && !item.is_filler && (is_loop_covered || (dated_apart[i] && is_covered(item)));
    if (!is_of_no_use) result.items.push_back(item);
  }
  return result;
}

}  // namespace alluvium::broadcaster
