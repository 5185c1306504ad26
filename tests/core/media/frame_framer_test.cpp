#include "core/base/random.hpp"
#include "core/media/framer.hpp"
#include "tests/core/media/samples.hpp"

#include <array>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

Bytes noise(std::size_t count, std::uint64_t seed) {
  Random random(seed);
  Bytes bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

/// Four bytes of an MPEG audio header and what they must mean; 0 bytes: not a header.
struct HeaderCase {
  std::array<std::uint8_t, 4> header;
  std::size_t bytes;
  Duration duration;
};

}  // namespace

TEST_CASE("a frame's length and duration follow from version, layer, rates and padding") {
  const auto c = GENERATE(values<HeaderCase>({
      {{0xff, 0xfb, 0x90, 0x00}, 417, 26'122us},  // MPEG 1 layer III, 128 kbit/s, 44.1 kHz
      {{0xff, 0xfb, 0x92, 0x00}, 418, 26'122us},  // the same, padded
      {{0xff, 0xfa, 0x90, 0x00}, 417, 26'122us},  // the same, with a checksum
      {{0xff, 0xfb, 0xe4, 0x00}, 960, 24'000us},  // 320 kbit/s, 48 kHz
      {{0xff, 0xf3, 0x80, 0x00}, 208, 26'122us},  // MPEG 2 layer III, 64 kbit/s, 22.05 kHz
      {{0xff, 0xe3, 0x18, 0x00}, 72, 72'000us},   // MPEG 2.5 layer III, 8 kbit/s, 8 kHz
      {{0xff, 0xfd, 0xc4, 0x00}, 768, 24'000us},  // MPEG 1 layer II, 256 kbit/s, 48 kHz
      {{0xff, 0xff, 0xc8, 0x00}, 576, 12'000us},  // MPEG 1 layer I, 384 kbit/s, 32 kHz
      {{0xff, 0xff, 0xca, 0x00}, 580, 12'000us},  // the same, padded by one slot of four bytes
      {{0xff, 0xf5, 0x84, 0x00}, 384, 48'000us},  // MPEG 2 layer II, 64 kbit/s, 24 kHz
      {{0xff, 0xfb, 0x00, 0x00}, 0, 0us},         // free format
      {{0xff, 0xfb, 0xf0, 0x00}, 0, 0us},         // reserved bit rate
      {{0xff, 0xfb, 0x9c, 0x00}, 0, 0us},         // reserved sampling rate
      {{0xff, 0xf9, 0x90, 0x00}, 0, 0us},         // reserved layer
      {{0xff, 0xeb, 0x90, 0x00}, 0, 0us},         // reserved version
      {{0xff, 0x7b, 0x90, 0x00}, 0, 0us},         // no sync
  }));
  CAPTURE(c.header);
  Bytes frame(std::max<std::size_t>(c.bytes, 417), 0x33);
  if (c.bytes != 0) frame.resize(c.bytes);
  std::copy(c.header.begin(), c.header.end(), frame.begin());
  const auto pieces = pieces_of(Format::mp3, joined({frame, frame, frame}));
  REQUIRE(pieces.size() == (c.bytes == 0 ? 0 : 3));
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    CHECK(pieces[i].bytes.size() == c.bytes);
    CHECK(pieces[i].offset == i * c.bytes);
    CHECK(std::chrono::abs(pieces[i].duration - c.duration) <= 1us);
  }
}

TEST_CASE("the pieces of an MP3 file are its audio frames, however the bytes arrive") {
  const auto frames = mp3_frames(30);
  const Bytes audio = joined(frames);
  const Bytes picture = id3v2(20'000, 0xff);  // 0xff is what a sync begins with
  struct Layout {
    const char* name;
    std::vector<Bytes> before, after;
  };
  const std::vector<Layout> layouts = {
      {"bare", {}, {}},
      {"ID3v2 with a picture", {picture}, {}},
      {"ID3v2 with room behind it, then Xing", {picture, Bytes(500, 0), info_frame("Xing")}, {}},
      {"Info", {info_frame("Info")}, {}},
      {"VBRI", {info_frame("VBRI")}, {}},
      {"two ID3v2", {id3v2(10, 1), picture}, {}},
      {"ID3v1", {}, {id3v1()}},
      {"APE and ID3v1", {}, {ape(300), id3v1()}},
      {"APE in front", {ape(100)}, {}},
      {"junk at both ends", {noise(3'000, 1)}, {noise(3'000, 2)}},
      {"everything", {picture, info_frame("Xing")}, {ape(50), id3v1()}},
  };
  for (const Layout& layout : layouts) {
    CAPTURE(layout.name);
    const Bytes file = joined({joined(layout.before), audio, joined(layout.after)});
    for (const std::size_t step : {1, 2, 3, 7, 416, 417, 418, 4'096, 1'000'000}) {
      CAPTURE(step);
      const auto pieces = pieces_of(Format::mp3, file, step);
      CHECK(pieces.size() == frames.size());
      CHECK(bytes_of(pieces) == audio);
      CHECK(are_in_place(pieces, file));
    }
  }
}

TEST_CASE("an MP3 file split at any one byte gives the same pieces") {
  const Bytes file = joined({id3v2(40, 0xff), info_frame("Info"), joined(mp3_frames(4)), ape(5)});
  const Bytes audio = bytes_of(pieces_of(Format::mp3, file));
  REQUIRE(audio == joined(mp3_frames(4)));
  for (std::size_t split = 0; split <= file.size(); ++split) {
    const auto framer = make_framer(Format::mp3, {}, 0);
    std::vector<Piece> pieces;
    const auto drain = [&] {
      while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
    };
    framer->feed(ByteView(file).first(split));
    drain();
    framer->feed(ByteView(file).subspan(split));
    framer->finish();
    drain();
    CAPTURE(split);
    REQUIRE(bytes_of(pieces) == audio);
  }
}

TEST_CASE("files that were joined end to end give the frames of both") {
  const auto first = mp3_frames(10);
  const auto second = mp3_frames(7);
  const Bytes file = joined({id3v2(99, 7), info_frame("Xing"), joined(first), id3v1(),
                             id3v2(50, 0xff), info_frame("Info"), joined(second), id3v1()});
  CHECK(bytes_of(pieces_of(Format::mp3, file, 1'000)) == joined({joined(first), joined(second)}));
}

TEST_CASE("time is counted in samples and does not drift") {
  const auto pieces = pieces_of(Format::mp3, joined(mp3_frames(10'000)));
  REQUIRE(pieces.size() == 10'000);
  Duration expected{};
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    REQUIRE(pieces[i].start == expected);
    expected += pieces[i].duration;
  }
  CHECK(expected == Duration(std::int64_t{10'000} * 1152 * 1'000'000 / 44'100));
}

TEST_CASE("a damaged frame costs itself, not what follows") {
  auto frames = mp3_frames(20);
  const Bytes before = joined({frames.begin(), frames.begin() + 9});
  const Bytes after = joined({frames.begin() + 10, frames.end()});
  SECTION("its header is overwritten") {
    frames[9][0] = 0;
    CHECK(bytes_of(pieces_of(Format::mp3, joined(frames))) == joined({before, after}));
  }
  SECTION("junk stands in its place") {
    frames[9] = noise(5'000, 3);
    CHECK(bytes_of(pieces_of(Format::mp3, joined(frames))) == joined({before, after}));
  }
  SECTION("the file ends within it") {
    const Bytes file = joined({before, Bytes(frames[9].begin(), frames[9].end() - 1)});
    CHECK(bytes_of(pieces_of(Format::mp3, file)) == before);
  }
}

TEST_CASE("an MP3 file is entered at any byte, at the next whole frame") {
  const auto frames = mp3_frames(12);
  const Bytes file = joined({id3v2(77, 0xff), joined(frames)});
  const auto whole = pieces_of(Format::mp3, file);
  for (std::size_t from = 87; from + 1'000 < file.size(); ++from) {
    const auto framer = make_framer(Format::mp3, {}, 0);
    framer->feed(ByteView(file).first(200));
    REQUIRE(framer->can_jump());
    framer->jump(from, 5s);
    framer->feed(ByteView(file).subspan(from));
    framer->finish();
    const auto expected = std::find_if(whole.begin(), whole.end(),
                                       [&](const Piece& piece) { return piece.offset >= from; });
    CAPTURE(from);
    for (auto piece = expected; piece != whole.end(); ++piece) {
      const auto got = framer->next();
      REQUIRE(got);
      REQUIRE(got->offset == piece->offset);
      REQUIRE(to_bytes(got->bytes.view()) == to_bytes(piece->bytes.view()));
      if (piece == expected) REQUIRE(got->start == 5s);
    }
    REQUIRE_FALSE(framer->next());
  }
}

TEST_CASE("a note of the encoder is left out wherever a player enters, its like in audio is not") {
  Bytes audio = mp3_frame(9, 0x40);
  std::copy_n("Xing", 4, audio.begin() + 36);
  const Bytes file = joined({mp3_frame(), info_frame("Xing"), audio, mp3_frame()});
  CHECK(bytes_of(pieces_of(Format::mp3, file)) == joined({mp3_frame(), audio, mp3_frame()}));
}

TEST_CASE("noise and text hold no frames") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CHECK(pieces_of(Format::adts, noise(20'000, seed)).empty());
    CHECK(pieces_of(Format::mp3, noise(20'000, seed)).empty());
  }
  CHECK(pieces_of(Format::mp3, {}).empty());
}

TEST_CASE("the pieces of an AAC file are its frames, with and without checksums") {
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < 40; ++i) {
    frames.push_back(adts_frame(9 + i * 53, static_cast<std::uint8_t>(0xff - i), i >= 20));
  }
  const Bytes audio = joined(frames);
  const Bytes file = joined({id3v2(1'234, 0xff), audio, id3v1()});
  for (const std::size_t step : {1, 5, 7, 1'000, 100'000}) {
    const auto pieces = pieces_of(Format::adts, file, step);
    CAPTURE(step);
    REQUIRE(pieces.size() == frames.size());
    CHECK(bytes_of(pieces) == audio);
    CHECK(are_in_place(pieces, file));
    CHECK(pieces.back().start + pieces.back().duration ==
          Duration(std::int64_t{40} * 1024 * 1'000'000 / 44'100));
  }
}

TEST_CASE("an AAC frame that claims less than its header is junk") {
  const Bytes lie = adts_frame(9, 0x21, true);
  Bytes short_frame = lie;
  short_frame[4] = 1;
  short_frame[5] = 0x1f;  // 8 bytes, where a checksum needs 9
  CHECK(pieces_of(Format::adts, joined({short_frame, short_frame, short_frame})).empty());
}
