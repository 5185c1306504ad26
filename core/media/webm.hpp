#pragma once

#include "core/base/bytes.hpp"
#include "core/media/ebml.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::media {

/// Elements of Matroska (RFC 9559), of which WebM is a part.
namespace webm {
inline constexpr std::uint32_t ebml = 0x1a45dfa3;
inline constexpr std::uint32_t segment = 0x18538067;
inline constexpr std::uint32_t info = 0x1549a966;
inline constexpr std::uint32_t tracks = 0x1654ae6b;
inline constexpr std::uint32_t cluster = 0x1f43b675;
inline constexpr std::uint32_t timestamp = 0xe7;
inline constexpr std::uint32_t simple_block = 0xa3;
inline constexpr std::uint32_t block_group = 0xa0;

/// What else may stand where clusters and their blocks do: what describes the whole file, and what
/// says nothing of time.
[[nodiscard]] bool is_beside_blocks(std::uint32_t id);
}  // namespace webm

/// What a file says of its tracks and of its unit of time. Value type.
class WebmTracks {
 public:
  /// The contents of the elements Info and Tracks.
  void read_info(ByteView content);
  void read_tracks(ByteView content);

  [[nodiscard]] bool empty() const { return tracks_.empty(); }
  [[nodiscard]] bool has_video() const;
  [[nodiscard]] bool is_video(std::uint64_t track) const;
  /// Whether a track's blocks come when they are due: sound and pictures do.
  [[nodiscard]] bool tells_time(std::uint64_t track) const;
  /// `ticks` in the file's unit; a millisecond where it names none.
  [[nodiscard]] Duration time_of_ticks(std::uint64_t ticks) const;

 private:
  struct Track {
    std::uint64_t number = 0;
    std::uint64_t type = 0;
  };
  std::vector<Track> tracks_;
  std::uint64_t tick_ns_ = 1'000'000;
};

/// The beginning of a block: whose it is and when.
struct WebmBlock {
  std::uint64_t track = 0;
  std::int16_t ticks = 0;  ///< After its cluster's timestamp.
  bool is_key = false;     ///< As a SimpleBlock says it.
};

/// As many bytes of an element as tell a block's beginning: enough for either function below.
inline constexpr std::size_t block_head_bytes = 64;

/// The content of a SimpleBlock. None if it is none.
[[nodiscard]] std::optional<WebmBlock> parse_simple_block(ByteView content);
/// The block in a BlockGroup; key unless the group, as far as it is there, names a block that it
/// refers to.
[[nodiscard]] std::optional<WebmBlock> parse_block_group(ByteView content);

/// What is known of a cluster by its beginning.
struct ClusterStart {
  bool is_cluster = false;
  /// Whether it starts with a key frame: its first block of video, or of sound where there is no
  /// video.
  bool is_entry = false;
  std::uint64_t ticks = 0;  ///< Of its first block, or its own timestamp if none was seen.
};
/// `bytes` begin with the head of a cluster. None if they do not tell yet; `is_all` if there are no
/// more to be had, and what is not seen then is not there.
[[nodiscard]] std::optional<ClusterStart> cluster_start(ByteView bytes, const WebmTracks& tracks,
                                                        bool is_all);

}  // namespace alluvium::media
