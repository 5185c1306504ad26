#pragma once

#include "core/base/result.hpp"
#include "core/playlist/playlist.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alluvium::playlist {

inline constexpr std::size_t max_playlist_bytes = 4 * 1024 * 1024;
inline constexpr std::size_t max_playlist_depth = 16;
inline constexpr std::size_t max_playlist_items = 20'000;
inline constexpr std::size_t max_item_enclosures = 32;

/// What was read, and what was odd about it: sentences for the station owner ("line 12: …").
struct ReadPlaylist {
  Playlist playlist;
  std::vector<std::string> warnings;
};

/// Reads a playlist: RSS 1.0 with the modules dc, ev, mm, sy and enc, matched by namespace URI, and
/// as well the 2005 form with items nested inside the channel. Relative URLs resolve against
/// `base`. An item that cannot be used (no usable URL) is left out with a warning; so is a field
/// that cannot be read, and enclosures beyond the limit. Errors, naming line and column where there
/// is one: nothing but blanks, an HTML page, not XML, another root element, no channel, a DOCTYPE,
/// and the other limits above. UTF-8 (with or without byte order mark) and UTF-16 with one are
/// understood.
[[nodiscard]] Result<ReadPlaylist> read_rss(std::string_view text, const http::Url& base);

}  // namespace alluvium::playlist
