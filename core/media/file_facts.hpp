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

/// What is known of a file beyond its bytes. As JSON: the gateway's characteristics `{uri, urn,
/// sha256, length, type, etag, last_modified, duration_ms, seconds, peers, mirrors}` (sha256 in
/// hexadecimal) and, with only
/// length, type, duration_ms and seconds, the sidecar `<path>.thex.json`. Value type.
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
  std::vector<std::string> peers;    ///< URLs, as `X-URI-RES` has them.
  std::vector<std::string> mirrors;  ///< URLs.
};

/// Fields that are empty are left out, but for the lists of peers and mirrors where the tree is
/// named.
[[nodiscard]] std::string to_json(const FileFacts& facts);

/// Reads either form. Bounded: 4 MiB, depth 8, `max_seconds`, offsets ascending and within the
/// length, length ≤ max_file_bytes; unknown fields are ignored, a missing length and fields of
/// the wrong type are errors.
[[nodiscard]] Result<FileFacts> parse_file_facts(std::string_view json);

/// Where to enter a file at media time `t`.
struct EntryPoint {
  std::uint64_t offset = 0;
  Duration time{};     ///< Media time at that offset, as well as it is known.
  bool exact = false;  ///< From the seconds index; otherwise by proportion.
};
[[nodiscard]] EntryPoint entry_point(const FileFacts& facts, Duration t);

}  // namespace alluvium::media
