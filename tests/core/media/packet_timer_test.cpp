#include "core/media/packet_timer.hpp"

#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <optional>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;

namespace {

PacketTimer timer_of(const Bytes& first_packet) {
  return {recognise_codec(first_packet), first_packet};
}

/// The third header of Vorbis with these modes, true for long blocks, behind `junk` of bits.
Bytes setup(const std::vector<bool>& modes, std::size_t junk) {
  Bytes packet;
  std::size_t count = 0;
  const auto put = [&](std::uint32_t value, std::size_t bits) {
    for (std::size_t i = 0; i < bits; ++i, ++count) {
      if (count % 8 == 0) packet.push_back(0);
      packet.back() = static_cast<std::uint8_t>(packet.back() | (value >> i & 1) << count % 8);
    }
  };
  for (std::size_t i = 0; i < junk; ++i) put(i % 3 == 0, 1);
  put(static_cast<std::uint32_t>(modes.size() - 1), 6);
  for (std::size_t i = 0; i < modes.size(); ++i) {
    put(modes[i], 1);
    put(0, 32);
    put(static_cast<std::uint32_t>(i), 8);
  }
  put(1, 1);
  return packet;
}

/// The first byte of a packet of audio in this mode.
Bytes in_mode(unsigned mode) {
  return {static_cast<std::uint8_t>(mode << 1)};
}

}  // namespace

TEST_CASE("the first bytes of an Opus packet tell how long it is") {
  struct Case {
    Bytes packet;
    std::optional<std::uint64_t> units;
  };
  auto timer = timer_of(opus_head(312));
  for (const Case& c : {
           Case{{0 << 3}, 480},            // SILK, 10 ms
           Case{{3 << 3}, 2'880},          // SILK, 60 ms
           Case{{13 << 3}, 960},           // hybrid, 20 ms
           Case{{16 << 3}, 120},           // CELT, 2.5 ms
           Case{{31 << 3}, 960},           // CELT, 20 ms
           Case{{31 << 3 | 1}, 1'920},     // two of equal length
           Case{{31 << 3 | 2}, 1'920},     // two of different length
           Case{{31 << 3 | 3, 6}, 5'760},  // six
           Case{{31 << 3 | 3, 7}, {}},     // more than 120 ms
           Case{{31 << 3 | 3, 0x80}, {}},  // none
           Case{{31 << 3 | 3}, {}},
           Case{{}, {}},
       }) {
    CAPTURE(c.packet);
    CHECK(timer.units(c.packet) == c.units);
  }
}

TEST_CASE("the header of a FLAC frame tells how long it is") {
  struct Case {
    Bytes packet;
    std::optional<std::uint64_t> units;
  };
  auto timer = timer_of(flac_head(44'100, 1));
  for (const Case& c : {
           Case{{0xff, 0xf8, 0x19, 0x18, 0x00}, 192},
           Case{{0xff, 0xf8, 0x29, 0x18, 0x00}, 576},
           Case{{0xff, 0xf8, 0x59, 0x18, 0x00}, 4'608},
           Case{{0xff, 0xf9, 0xc9, 0x18, 0x00}, 4'096},
           Case{{0xff, 0xf8, 0xf9, 0x18, 0x00}, 32'768},
           Case{{0xff, 0xf8, 0x69, 0x18, 0x7f, 0xc7, 0x00}, 200},
           Case{{0xff, 0xf8, 0x79, 0x18, 0x7f, 0x03, 0xe7}, 1'000},
           Case{{0xff, 0xf8, 0x79, 0x18, 0xc4, 0x80, 0x03, 0xe7}, 1'000},
           Case{{0xff, 0xf8, 0x79, 0x18, 0xfe, 1, 2, 3, 4, 5, 6, 0x03, 0xe7}, 1'000},
           Case{{0xff, 0xf8, 0x79, 0x18, 0xfe, 1, 2, 3, 4, 5, 6, 0x03}, {}},
           Case{{0xff, 0xf8, 0x09, 0x18, 0x00}, {}},
           Case{{0xff, 0xfb, 0x19, 0x18, 0x00}, {}},
           Case{{0xff, 0xf8, 0x19, 0x18}, {}},
           Case{{0x84, 0, 0, 4, 0}, {}},
       }) {
    CAPTURE(c.packet);
    CHECK(timer.units(c.packet) == c.units);
  }
}

TEST_CASE("a packet of Vorbis sounds together with the one before, as their modes say") {
  for (std::size_t junk = 60; junk < 80; ++junk) {
    CAPTURE(junk);
    auto timer = timer_of(vorbis_head(44'100));  // blocks of 256 and 2048
    timer.read_vorbis_setup(setup({false, true}, junk));
    CHECK(timer.units(in_mode(1)) == 0u);
    CHECK(timer.units(in_mode(1)) == 1'024u);
    CHECK(timer.units(in_mode(0)) == 576u);
    CHECK(timer.units(in_mode(0)) == 128u);
    CHECK(timer.units(in_mode(1)) == 576u);
    timer.restart();
    CHECK(timer.units(in_mode(0)) == 0u);
    CHECK(timer.units(in_mode(0)) == 128u);
    CHECK_FALSE(timer.units({}));
    CHECK_FALSE(timer.units(Bytes{0x01}));  // a header
  }
}

TEST_CASE("Vorbis may have one mode or many, and no more than it says") {
  auto one = timer_of(vorbis_head(44'100));
  one.read_vorbis_setup(setup({true}, 50));
  CHECK(one.units(in_mode(0)) == 0u);
  CHECK(one.units(in_mode(63)) == 1'024u);  // its bits belong to something else
  auto three = timer_of(vorbis_head(44'100));
  three.read_vorbis_setup(setup({false, true, false}, 50));
  CHECK(three.units(in_mode(2)) == 0u);
  CHECK(three.units(in_mode(1)) == 576u);
  CHECK_FALSE(three.units(in_mode(3)));
}

TEST_CASE("where nothing is known of the modes, nothing is known of the packets") {
  for (const Bytes& packet : {Bytes{}, Bytes(3), Bytes(20, 0), Bytes(200, 0xff), Bytes{0x80}}) {
    auto timer = timer_of(vorbis_head(44'100));
    timer.read_vorbis_setup(packet);
    CHECK_FALSE(timer.units(in_mode(0)));
  }
  const Bytes whole = setup({false, true}, 70);
  for (std::size_t size = 0; size < whole.size(); ++size) {
    auto timer = timer_of(vorbis_head(44'100));
    timer.read_vorbis_setup(ByteView(whole).first(size));
    CHECK_FALSE(timer.units(in_mode(1)));
  }
  auto other = timer_of(speex_head(16'000));
  other.read_vorbis_setup(whole);
  CHECK_FALSE(other.units(in_mode(0)));
}
