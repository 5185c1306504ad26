#include "core/media/silence.hpp"

#include "core/media/frame_header.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

/// A frame with this header and noise for the rest; empty if there is no such header.
Bytes frame_of(unsigned second, unsigned third, unsigned fourth) {
  Bytes frame = {0xff, static_cast<std::uint8_t>(second), static_cast<std::uint8_t>(third),
                 static_cast<std::uint8_t>(fourth)};
  const auto header = parse_mpeg_header(frame);
  if (!header) return {};
  frame.resize(header->bytes, 0x5a);
  return frame;
}

}  // namespace

TEST_CASE("silence has the version, layer, rates and channels of the frame it is made after") {
  int made = 0;
  for (unsigned second = 0xe0; second <= 0xff; ++second) {
    for (unsigned third = 0; third <= 0xff; ++third) {
      for (const unsigned fourth : {0x00u, 0x44u, 0x64u, 0x80u, 0xc0u, 0xcfu}) {
        const Bytes frame = frame_of(second, third, fourth);
        if (frame.empty()) continue;
        ++made;
        const Bytes silence = silent_mpeg_frame(frame);
        CAPTURE(second, third, fourth);
        const auto header = parse_mpeg_header(silence);
        REQUIRE(header);
        REQUIRE(header->bytes == silence.size());
        REQUIRE(header->family == parse_mpeg_header(frame)->family);
        REQUIRE(silence[1] == (frame[1] | 1));      // no checksum
        REQUIRE(silence[2] == (frame[2] & ~0x02));  // no padding
        REQUIRE(silence[3] == (frame[3] & ~0x30));  // no bands are shared by joint channels
        REQUIRE(std::all_of(silence.begin() + 4, silence.end(),
                            [](std::uint8_t byte) { return byte == 0; }));
        REQUIRE_FALSE(is_info_frame(silence));
      }
    }
  }
  // 3 versions, 3 layers, 14 bit rates, 3 rates, with and without checksum, padding, private bit.
  CHECK(made == 3 * 3 * 14 * 3 * 8 * 6);
}

TEST_CASE("where nothing is known, silence is what most stations send") {
  const Bytes expected = mp3_frame(9, 0);
  CHECK(silent_mpeg_frame() == expected);
  CHECK(silent_mpeg_frame(as_bytes("OggS")) == expected);
  CHECK(silent_mpeg_frame(Bytes{0xff, 0xfb, 0x00, 0x00}) == expected);  // free format
}

TEST_CASE("a day of silence is a day long") {
  CHECK(mpeg_frame_time({}).of(1) == 26'122us);
  CHECK(mpeg_frame_time({}).of(3'307'500) == 24h);
  const FrameTime slow = mpeg_frame_time(frame_of(0xe3, 0x18, 0));  // MPEG 2.5, 8 kHz
  CHECK(slow.samples == 576);
  CHECK(slow.rate == 8'000);
  CHECK(slow.of(1'200'000) == 24h);
  Duration before = -1us;
  for (std::uint64_t count = 0; count < 1'000; ++count) {
    const Duration at = mpeg_frame_time({}).of(count);
    REQUIRE(at > before);
    before = at;
  }
  CHECK(mpeg_frame_time({}).of(~std::uint64_t{0}) > 24h);
}
