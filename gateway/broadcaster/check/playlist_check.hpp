#pragma once

#include "core/playlist/playlist.hpp"
#include "gateway/broadcaster/check/finding.hpp"
#include "gateway/broadcaster/web/web.hpp"

#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// Reads the playlist from a file or the web; what is odd about it, and how it is served, is added
/// to the findings. Nothing if it cannot be read, which is a finding, too.
[[nodiscard]] std::optional<playlist::Playlist> read_station(const std::string& station, Web& web,
                                                             Findings& findings);

/// Whether the playlist's gateway answers, and knows the file of one coming item.
void check_gateway(const http::Url& gateway, const playlist::Item& item, Web& web,
                   Findings& findings);

}  // namespace alluvium::broadcaster
