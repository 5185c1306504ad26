#pragma once

#include "core/base/result.hpp"
#include "core/http/url.hpp"
#include "gateway/broadcaster/lists/list_entry.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alluvium::broadcaster {

/// A podcast as its feed tells it, in the feed's order: the newest first, as a rule.
struct Feed {
  std::string title;
  std::vector<FeedEntry> entries;
};

/// Reads RSS 2.0 (https://www.rssboard.org/rss-specification) with `enclosure` and the podcasts'
/// `itunes:duration`, and Atom (RFC 4287) with `link rel="enclosure"`. Entries without sound or
/// film are left out. Relative addresses resolve against `base`.
[[nodiscard]] Result<Feed> parse_feed(std::string_view text, const http::Url& base);

/// `75`, `1:15`, `01:02:03`, with a fraction or without: the forms of `itunes:duration`. Nothing
/// for anything else, and for nought.
[[nodiscard]] std::optional<std::chrono::milliseconds> parse_feed_duration(std::string_view text);

}  // namespace alluvium::broadcaster
