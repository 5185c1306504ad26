#include "core/media/reservoir.hpp"

#include "core/media/frame_header.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>
#include <string_view>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;

namespace {

/// A frame of 417 bytes (381 of main data) whose sound begins `back` bytes before them.
Slice frame(std::size_t back, std::uint8_t fill = 0x77) {
  Bytes bytes = mp3_frame(9, fill);
  bytes[4] = static_cast<std::uint8_t>(back >> 1);
  bytes[5] = static_cast<std::uint8_t>((back & 1) << 7 | (bytes[5] & 0x7f));
  return Slice(std::move(bytes));
}

bool is_same(const Slice& a, const Slice& b) {
  return a.view().data() == b.view().data() && a.size() == b.size();
}

/// Header and main data as they were, side information all zero.
bool is_silenced(const Slice& given, const Slice& frame) {
  if (given.size() != frame.size() || is_same(given, frame)) return false;
  const auto side = parse_side_info(frame.view());
  const auto equal = [&](std::size_t from, std::size_t to) {
    return std::equal(given.view().begin() + static_cast<std::ptrdiff_t>(from),
                      given.view().begin() + static_cast<std::ptrdiff_t>(to),
                      frame.view().begin() + static_cast<std::ptrdiff_t>(from));
  };
  const ByteView zeros = given.view().subspan(side->at, side->bytes);
  return equal(0, 4) && equal(side->end(), frame.size()) &&
         std::all_of(zeros.begin(), zeros.end(), [](std::uint8_t byte) { return byte == 0; });
}

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i < text.size(); i += 2) {
    bytes.push_back(
        static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

}  // namespace

TEST_CASE("a recording that begins at its beginning is passed as it is") {
  ReservoirGuard guard;
  for (const std::size_t back : {0, 0, 381, 511, 510, 0, 511}) {
    const Slice given = frame(back);
    CHECK(is_same(guard.pass(given), given));
  }
}

TEST_CASE("where a recording is entered, frames are silent until their bits are all there") {
  ReservoirGuard guard;
  const Slice own = frame(0);
  CHECK(is_same(guard.pass(own), own));
  guard.restart();
  const Slice first = frame(500);
  const Slice second = frame(382);
  const Slice third = frame(511);
  CHECK(is_silenced(guard.pass(first), first));
  CHECK(is_silenced(guard.pass(second), second));
  CHECK(is_same(guard.pass(third), third));  // 2 × 381 bytes are there, of which 511 can be reached
}

TEST_CASE("a frame that reaches exactly to the place of entry is passed") {
  for (const bool is_within : {true, false}) {
    ReservoirGuard guard;
    static_cast<void>(guard.pass(frame(0)));
    const Slice second = frame(is_within ? 381 : 382);
    CHECK(is_same(guard.pass(second), second) == is_within);
  }
}

TEST_CASE("every version and channel mode has its own side information") {
  struct Case {
    Bytes header;
    std::size_t side_bytes;
    bool nine_bits;
  };
  for (const Case& c : {
           Case{{0xff, 0xfb, 0x90, 0x00}, 32, true},   // MPEG 1, stereo
           Case{{0xff, 0xfb, 0x90, 0x64}, 32, true},   // MPEG 1, joint stereo
           Case{{0xff, 0xfb, 0x90, 0xc0}, 17, true},   // MPEG 1, mono
           Case{{0xff, 0xf3, 0x80, 0x00}, 17, false},  // MPEG 2, stereo
           Case{{0xff, 0xf3, 0x80, 0xc0}, 9, false},   // MPEG 2, mono
           Case{{0xff, 0xe3, 0x88, 0xc0}, 9, false},   // MPEG 2.5, mono
           Case{{0xff, 0xfa, 0x90, 0x00}, 32, true},   // MPEG 1 with checksum
       }) {
    CAPTURE(c.header);
    Bytes bytes = c.header;
    bytes.resize(parse_mpeg_header(bytes)->bytes, 0x11);
    const std::size_t at = (bytes[1] & 1) != 0 ? 4 : 6;
    bytes[at] = 200;
    const auto side = parse_side_info(bytes);
    REQUIRE(side);
    CHECK(side->at == at);
    CHECK(side->bytes == c.side_bytes);
    CHECK(side->main_data_begin == (c.nine_bits ? 400 : 200));

    ReservoirGuard guard;
    const Slice given = guard.pass(Slice(bytes));
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      const bool is_cleared = i >= at && i < at + c.side_bytes;
      const bool is_checksum = i >= 4 && i < at;
      if (!is_checksum) REQUIRE(given.view()[i] == (is_cleared ? 0 : bytes[i]));
    }
  }
}

TEST_CASE("the checksum of a silenced frame is that of its header and its new side information") {
  // The beginning of a frame as LAME writes it with --protect.
  const Bytes reaching =
      from_hex("fffa9264d4252101f36528dc773cc00200000d20e000010e21ad6fc7b068c000003480000004");
  const Bytes silent =
      from_hex("fffa92640f6c0000000000000000000000000000000000000000000000000000000000000000");
  Bytes frame = reaching;
  frame.resize(418, 0x33);
  ReservoirGuard guard;
  const Slice given = guard.pass(Slice(frame));
  CHECK(to_bytes(given.view().first(38)) == silent);
  CHECK(to_bytes(given.view().subspan(38)) == to_bytes(ByteView(frame).subspan(38)));
}

TEST_CASE("what is not layer III is passed as it is") {
  ReservoirGuard guard;
  Bytes layer_2(768, 0xee);
  std::copy_n(Bytes{0xff, 0xfd, 0xc4, 0x00}.begin(), 4, layer_2.begin());
  for (const Bytes& bytes : {layer_2, adts_frame(200, 0xff), Bytes{}, Bytes{0xff, 0xfb},
                             to_bytes(ByteView(mp3_frame(9, 0xee)).first(400))}) {
    const Slice given{bytes};
    CHECK(is_same(guard.pass(given), given));
  }
}
