#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"

namespace alluvium::broadcaster {

/// Withholds what identifies coming items to people: titles and creators of all that has not begun
/// at `now`, in a loop of all that is not on air. Times, files and trees stay, so that listeners
/// can fetch ahead.
void seal(playlist::Playlist& playlist, WallTime now);

}  // namespace alluvium::broadcaster
