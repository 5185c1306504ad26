#pragma once

#include "core/playlist/playlist.hpp"
#include "core/playlist/schedule.hpp"
#include "gateway/broadcaster/check/finding.hpp"
#include "gateway/broadcaster/zone/zone.hpp"

#include <map>
#include <vector>

namespace alluvium::broadcaster {

/// A stretch of time that is looked at.
struct Window {
  WallTime start;
  WallTime end;

  bool operator==(const Window&) const = default;
};

/// The days from `now` on, and the next two local days on which clocks are set; those that touch
/// are one. Ascending.
[[nodiscard]] std::vector<Window> windows_to_check(const Zone& zone, WallTime now,
                                                   std::chrono::days days);

/// Gaps, overlaps and items that are shorter than their time, in the windows. Of a dated playlist
/// only the first window is held to be filled to its end: the others may lie beyond what is
/// planned.
[[nodiscard]] Findings check_air(const playlist::Playlist& playlist,
                                 const playlist::Schedule& schedule,
                                 const std::vector<Window>& windows, const Zone& zone);

/// The items that are on air in the windows or may be, filler included, by index, with when they
/// are first.
[[nodiscard]] std::map<std::size_t, WallTime> items_on_air(const playlist::Playlist& playlist,
                                                           const playlist::Schedule& schedule,
                                                           const std::vector<Window>& windows);

/// `1:02:03`, `4:05`: for people.
[[nodiscard]] std::string clock_text(std::chrono::milliseconds duration);

}  // namespace alluvium::broadcaster
