#pragma once

#include "core/hash/tree.hpp"
#include "core/http/url.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::playlist {

/// One entry of a playlist, as written: nothing is computed here. Value type.
struct Item {
  http::Url url;                   ///< The media file; this spelling is its key everywhere.
  std::vector<http::Url> mirrors;  ///< Other places of the same bytes.
  std::string title;
  std::string creator;
  std::string type;  ///< MIME type, lower case, without parameters; empty if not said.
  std::optional<WallTime> start;
  std::optional<WallTime> end;
  std::optional<std::chrono::milliseconds> duration;  ///< Never zero or negative.
  std::optional<std::uint64_t> length;                ///< Bytes.
  std::optional<hash::TreeRoot> root;
  bool is_filler = false;  ///< Outside the order: plays when nothing else is scheduled.
  bool is_live = false;    ///< Part of a live show: heard instead of what is scheduled.
  /// The recording that this is a part of, a URI; empty if it is of none. A part that starts where
  /// one of the same recording ends continues it, byte for byte.
  std::string source;

  /// `Creator - Title`, what there is of it, else the last segment of the path, else the
  /// host: what players show. On one line.
  [[nodiscard]] std::string display_title() const;
  /// Whether the other one is of the same bytes, however it is titled and timed.
  [[nodiscard]] bool names_file_of(const Item& other) const {
    return url == other.url && root == other.root && length == other.length;
  }
  bool operator==(const Item&) const = default;
};

/// A station: what is on when. Items stand in the order in which they play. Value type.
struct Playlist {
  std::string title;
  std::string link;
  std::string description;
  /// The instant from which items without a start are counted: `dc:date`, else `sy:updateBase`.
  std::optional<WallTime> anchor;
  /// Base URL of the gateway, without a trailing slash: the text-input link without
  /// `/gateway/head`.
  std::optional<http::Url> gateway;
  /// How often to look again, if the playlist says.
  std::optional<std::chrono::seconds> refresh;
  std::vector<Item> items;

  bool operator==(const Playlist&) const = default;
};

}  // namespace alluvium::playlist
