#include "core/media/silence.hpp"

#include "core/media/frame_header.hpp"
#include "core/media/scale.hpp"

#include <algorithm>
#include <array>

namespace alluvium::media {

namespace {

using Header = std::array<std::uint8_t, mpeg_header_bytes>;

Header header_of_silence(ByteView frame) {
  if (!parse_mpeg_header(frame)) return {0xff, 0xfb, 0x90, 0x00};
  constexpr unsigned no_checksum = 1;
  constexpr unsigned padding = 0x02;
  // How joint channels share their bands: at low rates some values mean more bands than there are.
  constexpr unsigned mode_extension = 0x30;
  return {frame[0], static_cast<std::uint8_t>(frame[1] | no_checksum),
          static_cast<std::uint8_t>(frame[2] & ~padding),
          static_cast<std::uint8_t>(frame[3] & ~mode_extension)};
}

}  // namespace

Bytes silent_mpeg_frame(ByteView frame) {
  const Header header = header_of_silence(frame);
  // Zeros say in every layer that nothing follows: no bits allocated to any band in layers I and
  // II, no main data of either granule in layer III.
  Bytes silence(parse_mpeg_header(header)->bytes);
  std::copy(header.begin(), header.end(), silence.begin());
  return silence;
}

Duration FrameTime::of(std::uint64_t count) const {
  return time_of(scaled(count, samples, 1), rate);
}

FrameTime mpeg_frame_time(ByteView frame) {
  const auto header = parse_mpeg_header(frame);
  return header ? FrameTime{header->samples, header->rate} : FrameTime{};
}

}  // namespace alluvium::media
