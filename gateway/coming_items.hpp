#pragma once

#include "core/http/url.hpp"
#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

#include <vector>

namespace alluvium::gateway {

/// How far ahead of the schedule files are hashed.
inline constexpr std::chrono::hours look_ahead{1};

/// The files that will be needed soon, the most urgent first and each once: what is on air at
/// `now`, what starts within `look_ahead`, in any case the next two, and filler.
[[nodiscard]] std::vector<http::Url> coming_items(const playlist::Playlist& playlist, WallTime now);

}  // namespace alluvium::gateway
