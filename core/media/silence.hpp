#pragma once

#include "core/base/bytes.hpp"
#include "core/time/clock.hpp"

#include <cstdint>

namespace alluvium::media {

/// A silent frame of the same MPEG version, layer, sample rate, channel mode and bit rate as
/// `frame`, without checksum or padding, that needs no other frame to be decoded (ISO 11172-3,
/// 13818-3). If `frame` is not MPEG audio: layer III at 44.1 kHz, stereo, 128 kbit/s.
[[nodiscard]] Bytes silent_mpeg_frame(ByteView frame = {});

/// How long each of a run of equal frames sounds, exactly: `samples / rate` seconds.
struct FrameTime {
  std::uint32_t samples = 1152;
  std::uint32_t rate = 44'100;

  /// How long `count` of them sound, rounded down once: place the frames of a run by this and not
  /// by adding up, and no rounding drifts.
  [[nodiscard]] Duration of(std::uint64_t count) const;
};

/// The time of `frame`, and so of the frame above made after it.
[[nodiscard]] FrameTime mpeg_frame_time(ByteView frame);

}  // namespace alluvium::media
