#include "player-bridge/mpeg_silence.hpp"

namespace alluvium::bridge {

MpegSilence::MpegSilence(ByteView frame)
    : frame_(media::silent_mpeg_frame(frame)), time_(media::mpeg_frame_time(frame_.view())) {}

media::Piece MpegSilence::next() {
  media::Piece piece;
  piece.bytes = frame_;
  piece.start = time_.of(given_);
  piece.duration = time_.of(++given_) - piece.start;
  return piece;
}

}  // namespace alluvium::bridge
