#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>

namespace alluvium::media {

/// Keeps MPEG layer III frames from being decoded with another recording's bits. A frame's sound
/// may begin in the main data of frames before it (the bit reservoir, ISO 11172-3, 2.4.2.7); where
/// a recording is entered, those were never given. Such frames are passed silent, their own main
/// data in place for the frames after them. Owned by whoever makes the stream. Value type.
class ReservoirGuard {
 public:
  /// The next frame begins another recording, or the same one elsewhere.
  void restart() { held_bytes_ = 0; }
  /// The frame itself if it can be decoded after those passed since `restart`, or if it is not of
  /// layer III; else a silent copy of the same length.
  [[nodiscard]] Slice pass(const Slice& frame);

 private:
  std::size_t held_bytes_ = 0;  ///< Main data since `restart`, as far as frames can reach back.
};

}  // namespace alluvium::media
