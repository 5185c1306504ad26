#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace alluvium::gateway {

/// How far ahead of the schedule files are hashed.
inline constexpr std::chrono::hours look_ahead{1};

struct ComingItem {
  std::size_t item = 0;         ///< Index into Playlist::items.
  std::optional<WallTime> due;  ///< When it starts, or started; filler may be needed at any time.
};

/// The items whose files will be needed soon, the most urgent first and each file once: what is on
/// air at `now`, what starts within `look_ahead`, in any case the next two, and filler.
[[nodiscard]] std::vector<ComingItem> coming_items(const playlist::Playlist& playlist,
                                                   WallTime now);

}  // namespace alluvium::gateway
