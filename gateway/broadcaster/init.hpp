#pragma once

#include "core/http/url.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/plan.hpp"

#include <filesystem>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// What `alluvium-broadcaster init` was asked for, each part already read.
struct InitOptions {
  std::filesystem::path folder;
  std::filesystem::path output;   ///< Empty: `playlist.rss` in the folder.
  std::optional<http::Url> base;  ///< Always there once options are read; a slash at its end.
  std::string title;              ///< Empty: the folder's name.
  std::optional<http::Url> gateway;
  std::optional<Period> period;
};

/// Makes a station of a folder: measures and hashes every file, writes the sidecars beside them
/// and, last and as a whole, the playlist. Safe to run again: what is the same stays as it is, and
/// a loop keeps the instant it is counted from; a new one is counted from the beginning of the day
/// `now` is in. Returns a line that says what was made. Throws std::runtime_error with one
/// sentence, and then the playlist that was there is still there.
[[nodiscard]] std::string init(const InitOptions& options, WallTime now, Console& console);

}  // namespace alluvium::broadcaster
