#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"
#include "core/playlist/playlist.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/library/measured_file.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::broadcaster {

/// A stretch of time to fill with dated broadcasts.
struct Period {
  WallTime start;
  std::chrono::days days{7};
};

/// What the owner decides about a station. Value type.
struct StationPlan {
  http::Url base;  ///< Of the folder; its path ends in a slash.
  std::string title;
  std::optional<http::Url> gateway;
  WallTime anchor;               ///< What a loop is counted from.
  std::optional<Period> period;  ///< None: the files in a loop for ever.
};

/// The URL of a file below `base`. Every byte of `name` that could mean something else in a URL is
/// percent-encoded.
[[nodiscard]] Result<http::Url> url_below(const http::Url& base, std::string_view name);

/// An item of a file, without an instant.
[[nodiscard]] Result<playlist::Item> item_of(const MeasuredFile& file, const http::Url& base);

/// The playlist of a station that broadcasts `files` in the order of the indices: a loop, or dated
/// broadcasts back to back, over and over, the last of which begins within the period. Of more
/// files than it needs it makes nothing. The error says what cannot be done.
[[nodiscard]] Result<playlist::Playlist> plan(const std::vector<MeasuredFile>& files,
                                              const std::vector<std::size_t>& order,
                                              const StationPlan& station);

}  // namespace alluvium::broadcaster
