#pragma once

#include "core/playlist/playlist.hpp"

#include <string>

namespace alluvium::playlist {

/// The playlist as proper RSS 1.0 (items beside the channel, an rdf:Seq, distinct rdf:about even
/// when a file comes twice), UTF-8. `about` is the channel's identifier, normally the playlist's
/// own URL. What `read_rss` makes of the result equals `playlist`, but for what RSS cannot say:
/// texts come back on one line (text_encoding.hpp), and a refresh interval that is no whole
/// fraction of an hour, day, week, month or year becomes the next shorter one that is.
[[nodiscard]] std::string write_rss(const Playlist& playlist, const std::string& about);

}  // namespace alluvium::playlist
