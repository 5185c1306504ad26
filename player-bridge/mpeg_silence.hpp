#pragma once

#include "core/media/framer.hpp"
#include "core/media/silence.hpp"

#include <cstdint>

namespace alluvium::bridge {

/// Endless silence in frames of MPEG audio. Value type.
class MpegSilence {
 public:
  /// Like `frame`: the same layer, sample rate, channels and bit rate. Without one layer III at
  /// 44.1 kHz, stereo, 128 kbit/s.
  explicit MpegSilence(ByteView frame = {});

  /// Media time counts from 0; the durations add up without a rounding error.
  [[nodiscard]] media::Piece next();

 private:
  Slice frame_;
  media::FrameTime time_;
  std::uint64_t given_ = 0;
};

}  // namespace alluvium::bridge
