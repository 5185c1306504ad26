#pragma once

#include "core/http/url.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// More would be none that a person wrote.
inline constexpr std::size_t max_list_entries = 200'000;
inline constexpr std::size_t max_list_bytes = std::size_t{32} << 20;

/// One entry of a list of files, as written. Value type.
struct ListEntry {
  std::string location;  ///< A path, or a `file:`, `http:` or `https:` URL; never empty.
  bool is_uri = false;   ///< Whether the location is percent-encoded, relative or not.
  std::string title;     ///< On one line; empty if the list does not say.
  std::string creator;   ///< The same.

  bool operator==(const ListEntry&) const = default;
};

/// One entry of a list on the web: a file somewhere else. Value type.
struct FeedEntry {
  http::Url url;
  std::string title;
  std::string creator;
  std::string type;  ///< MIME type as the feed says; may be wrong, may be empty.
  std::optional<std::uint64_t> length;
  std::optional<std::chrono::milliseconds> duration;

  bool operator==(const FeedEntry&) const = default;
};

}  // namespace alluvium::broadcaster
