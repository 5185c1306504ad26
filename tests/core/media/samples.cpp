#include "tests/core/media/samples.hpp"

#include <algorithm>
#include <array>

namespace alluvium::media::samples {

namespace {

void append(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

void append_little_endian(Bytes& bytes, std::size_t value) {
  for (int i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(value >> 8 * i));
}

}  // namespace

Bytes mp3_frame(unsigned rate_index, std::uint8_t fill, bool padded) {
  constexpr std::array<std::size_t, 15> kbits = {0,   32,  40,  48,  56,  64,  80, 96,
                                                 112, 128, 160, 192, 224, 256, 320};
  Bytes frame(144 * kbits[rate_index] * 1000 / 44'100 + (padded ? 1 : 0), fill);
  frame[0] = 0xff;
  frame[1] = 0xfb;
  frame[2] = static_cast<std::uint8_t>(rate_index << 4 | (padded ? 2 : 0));
  frame[3] = 0x00;
  return frame;
}

std::vector<Bytes> mp3_frames(std::size_t count) {
  std::vector<Bytes> frames;
  for (std::size_t i = 0; i < count; ++i) {
    frames.push_back(mp3_frame(static_cast<unsigned>(1 + i * 5 % 14),
                               static_cast<std::uint8_t>(0x20 + i % 128), i % 3 == 0));
  }
  return frames;
}

Bytes info_frame(std::string_view magic) {
  Bytes frame = mp3_frame(9, 0);
  std::copy(magic.begin(), magic.end(), frame.begin() + 36);
  return frame;
}

Bytes id3v2(std::size_t content_bytes, std::uint8_t fill) {
  Bytes tag;
  append(tag, std::string_view("ID3\x04\0\0", 6));
  for (int shift = 21; shift >= 0; shift -= 7) {
    tag.push_back(static_cast<std::uint8_t>(content_bytes >> shift & 127));
  }
  tag.resize(tag.size() + content_bytes, fill);
  return tag;
}

Bytes id3v1() {
  Bytes tag(128, 'x');
  std::copy_n("TAG", 3, tag.begin());
  return tag;
}

Bytes ape(std::size_t content_bytes) {
  const auto edge = [&](std::size_t flags) {
    Bytes bytes;
    append(bytes, "APETAGEX");
    append_little_endian(bytes, 2000);
    append_little_endian(bytes, content_bytes + 32);
    append_little_endian(bytes, 1);
    append_little_endian(bytes, flags);
    bytes.resize(32);
    return bytes;
  };
  return joined({edge(0xa0000000), Bytes(content_bytes, 0xff), edge(0x80000000)});
}

Bytes adts_frame(std::size_t bytes, std::uint8_t fill, bool has_checksum) {
  Bytes frame(bytes, fill);
  frame[0] = 0xff;
  frame[1] = has_checksum ? 0xf0 : 0xf1;
  frame[2] = 0x50;
  frame[3] = static_cast<std::uint8_t>(0x80 | bytes >> 11);
  frame[4] = static_cast<std::uint8_t>(bytes >> 3);
  frame[5] = static_cast<std::uint8_t>(bytes << 5 | 0x1f);
  frame[6] = 0xfc;
  return frame;
}

Bytes mpegts_packets(std::size_t count) {
  constexpr std::size_t packet_bytes = 188;
  Bytes packets;
  for (std::size_t i = 0; i < count; ++i) {
    packets.push_back(0x47);
    packets.resize(packets.size() + packet_bytes - 1, static_cast<std::uint8_t>(i % 5 + 0x45));
  }
  return packets;
}

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole.insert(whole.end(), part.begin(), part.end());
  return whole;
}

std::vector<Piece> pieces_of(Format format, ByteView file, std::size_t step) {
  const auto framer = make_framer(format, std::chrono::seconds(10), file.size());
  std::vector<Piece> pieces;
  const auto drain = [&] {
    while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
  };
  for (std::size_t at = 0; at < file.size(); at += step) {
    framer->feed(file.subspan(at, std::min(step, file.size() - at)));
    drain();
  }
  framer->finish();
  drain();
  return pieces;
}

Bytes bytes_of(const std::vector<Piece>& pieces) {
  Bytes whole;
  for (const Piece& piece : pieces) {
    whole.insert(whole.end(), piece.bytes.view().begin(), piece.bytes.view().end());
  }
  return whole;
}

std::string kinds(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.kind == Piece::Kind::header ? 'H' : '.';
  return text;
}

Duration end_of(const Piece& piece) {
  return piece.start + piece.duration;
}

bool are_in_place(const std::vector<Piece>& pieces, ByteView file) {
  return std::all_of(pieces.begin(), pieces.end(), [&](const Piece& piece) {
    const ByteView bytes = piece.bytes.view();
    return piece.offset + bytes.size() <= file.size() &&
           std::equal(bytes.begin(), bytes.end(),
                      file.begin() + static_cast<std::ptrdiff_t>(piece.offset));
  });
}

}  // namespace alluvium::media::samples
