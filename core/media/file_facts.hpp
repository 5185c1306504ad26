#pragma once

#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::media {

/// Byte offsets of the frame or page at each full second of media time: `seconds[s]` is the offset
/// of the first piece whose start is ≥ s and that a player can begin with. Where such pieces may be
/// seconds apart (WebM, video in Ogg: key frames) it is the last one whose start is ≤ s instead,
/// for a player must have it to show anything at s. Advice for joining, never trusted for memory or
/// verification.
using SecondsIndex = std::vector<std::uint64_t>;

/// More would be 36 hours; bounds what is read from others.
inline constexpr std::size_t max_seconds = 131'072;

/// Where a link of a chained Ogg file begins, with headers of its own that the pages behind them
/// cannot be heard without.
struct LinkStart {
  std::uint64_t offset = 0;
  std::chrono::milliseconds time{};  ///< Of the file.
  bool operator==(const LinkStart&) const = default;
};

/// More would be a recording of days that names every song; bounds what is read from others.
inline constexpr std::size_t max_links = 4'096;

/// What is known of a file beyond its bytes. As JSON: the gateway's characteristics `{uri, urn,
/// sha256, length, type, etag, last_modified, duration_ms, seconds, links, peers, mirrors}` (sha256
/// in hexadecimal, links as offset and milliseconds in turn) and, with only length, type,
/// duration_ms, seconds and links, the sidecar `<path>.thex.json`. Value type.
struct FileFacts {
  std::string uri;
  std::optional<hash::TreeRoot> root;
  std::optional<hash::Digest> sha256;
  std::uint64_t length = 0;
  std::string type;
  std::string etag;
  std::string last_modified;
  std::optional<std::chrono::milliseconds> duration;
  SecondsIndex seconds;
  std::vector<LinkStart> links;      ///< But for the first, which begins with the file.
  std::vector<std::string> peers;    ///< URLs, as `X-URI-RES` has them.
  std::vector<std::string> mirrors;  ///< URLs.
};

/// Fields that are empty are left out, but for the lists of peers and mirrors where the tree is
/// named.
[[nodiscard]] std::string to_json(const FileFacts& facts);

/// Reads either form. Bounded: 4 MiB, depth 8, `max_seconds`, `max_links`, offsets ascending and
/// within the length, length ≤ max_file_bytes; unknown fields are ignored, a missing length and
/// fields of the wrong type are errors.
[[nodiscard]] Result<FileFacts> parse_file_facts(std::string_view json);

/// Where to enter a file at media time `t`.
struct EntryPoint {
  std::uint64_t offset = 0;
  Duration time{};     ///< Media time at that offset, as well as it is known.
  bool exact = false;  ///< From the seconds index; otherwise by proportion.
  /// In a later link of a chain: `offset` is where it begins, with its headers; as soon as
  /// Framer::can_jump() there, so much further is enough. Who does not jump twice hears the same,
  /// but reads all that is between.
  struct Further {
    std::uint64_t offset = 0;
    Duration time{};
  };
  std::optional<Further> further = std::nullopt;
};
[[nodiscard]] EntryPoint entry_point(const FileFacts& facts, Duration t);

}  // namespace alluvium::media
