#pragma once

#include "core/http/url.hpp"
#include "core/time/clock.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/order.hpp"
#include "gateway/broadcaster/plan.hpp"
#include "gateway/broadcaster/web/web.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace alluvium::broadcaster {

/// What `alluvium-broadcaster init` was asked for, each part already read.
struct InitOptions {
  std::filesystem::path source;   ///< A folder or a list; empty if there is a feed.
  std::filesystem::path folder;   ///< The source, or where the list lies.
  std::optional<http::Url> feed;  ///< A podcast instead of a folder.
  std::size_t latest = 10;        ///< So many entries of the feed.
  std::filesystem::path output;   ///< Empty: `playlist.rss` in the folder.
  std::optional<http::Url> base;  ///< Always there once options are read; a slash at its end.
  std::string title;              ///< Empty: the name of the folder or of the feed.
  std::optional<http::Url> gateway;
  std::optional<Period> period;
  Order order = Order::given;
  std::uint64_t seed = 1;
  bool is_sealed = false;     ///< Whether titles are withheld until they are on air.
  bool measures_all = false;  ///< Whether files are measured that seem unchanged.
};

/// Makes a station of a folder, a list or a feed: measures and hashes every file, writes the
/// sidecars beside them and, last and as a whole, the playlist. Safe to run again: what is the same
/// stays as it is, and a loop keeps the instant it is counted from; a new one is counted from the
/// beginning of the day `now` is in. Returns a line that says what was made. Throws
/// std::runtime_error with one sentence, and then the playlist that was there is still there.
[[nodiscard]] std::string init(const InitOptions& options, WallTime now, Web& web,
                               Console& console);

}  // namespace alluvium::broadcaster
