#pragma once

#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/zone/zone.hpp"

#include <string>

namespace alluvium::broadcaster {

/// What was on air from `from` to `to`, as CSV (RFC 4180) with a head line: one line for each
/// broadcast that began in that time, filler included. Everybody hears what the playlist says at
/// each instant, so the playlist is what is asked; of a dated one its past items.
[[nodiscard]] std::string as_run_csv(const playlist::Playlist& playlist, WallTime from, WallTime to,
                                     const Zone& zone);

/// One field of CSV: quoted where it has to be. A field that a spreadsheet would take for a formula
/// is led by an apostrophe.
[[nodiscard]] std::string csv_field(std::string text);

}  // namespace alluvium::broadcaster
