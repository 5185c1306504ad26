#include "tests/core/media/ogg_samples.hpp"

#include <algorithm>
#include <string_view>

namespace alluvium::media::samples {

namespace {

Bytes head(std::string_view magic, std::size_t size) {
  Bytes bytes(size);
  std::copy(magic.begin(), magic.end(), bytes.begin());
  return bytes;
}

void put_little(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

void put_big(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * (count - 1 - i));
  }
}

}  // namespace

void OggWriter::packet(const Bytes& bytes, std::int64_t granule, bool is_last) {
  Bytes copy = bytes;
  ogg_packet packet{};
  packet.packet = copy.data();
  packet.bytes = static_cast<long>(copy.size());
  packet.b_o_s = has_begun_ ? 0 : 1;
  packet.e_o_s = is_last ? 1 : 0;
  packet.granulepos = granule;
  packet.packetno = count_++;
  has_begun_ = true;
  ogg_stream_packetin(&state_, &packet);
}

std::vector<Bytes> OggWriter::pages() {
  std::vector<Bytes> pages;
  ogg_page page;
  while (ogg_stream_flush(&state_, &page) != 0) {
    pages.emplace_back(page.header, page.header + page.header_len);
    pages.back().insert(pages.back().end(), page.body, page.body + page.body_len);
  }
  return pages;
}

Bytes OggWriter::flush() {
  Bytes bytes;
  for (const Bytes& page : pages()) bytes.insert(bytes.end(), page.begin(), page.end());
  return bytes;
}

Bytes headers(OggWriter& writer, const Bytes& first, const std::vector<Bytes>& others) {
  writer.packet(first, 0);
  Bytes bytes = writer.flush();
  for (const Bytes& other : others) writer.packet(other, 0);
  const Bytes rest = writer.flush();
  bytes.insert(bytes.end(), rest.begin(), rest.end());
  return bytes;
}

Bytes vorbis_head(std::uint32_t rate, unsigned long_block_exponent) {
  Bytes bytes = head("\x01vorbis", 30);
  bytes[11] = 2;
  put_little(bytes, 12, rate, 4);
  bytes[28] = static_cast<std::uint8_t>(long_block_exponent << 4 | 8);
  bytes[29] = 1;
  return bytes;
}

Bytes opus_head(std::uint16_t pre_skip) {
  Bytes bytes = head("OpusHead\x01\x02", 19);
  put_little(bytes, 10, pre_skip, 2);
  put_little(bytes, 12, 44'100, 4);
  return bytes;
}

Bytes flac_head(std::uint32_t rate, std::uint16_t header_packets, std::uint16_t block) {
  Bytes bytes = head(
      "\x7f"
      "FLAC\x01",
      51);
  put_big(bytes, 7, header_packets, 2);
  std::copy_n("fLaC", 4, bytes.begin() + 9);
  put_big(bytes, 13, 34, 4);
  put_big(bytes, 17, block, 2);
  put_big(bytes, 19, block, 2);
  put_big(bytes, 27, std::uint64_t{rate} << 4, 3);
  bytes[30] = 15 << 4;  // One channel of 16 bits.
  return bytes;
}

Bytes speex_head(std::uint32_t rate) {
  Bytes bytes = head("Speex   ", 80);
  put_little(bytes, 36, rate, 4);
  put_little(bytes, 56, rate / 50, 4);
  put_little(bytes, 64, 1, 4);
  return bytes;
}

Bytes theora_head(std::uint32_t pictures, std::uint32_t in_seconds) {
  Bytes bytes = head("\x80theora\x03\x02\x01", 42);
  put_big(bytes, 22, pictures, 4);
  put_big(bytes, 26, in_seconds, 4);
  put_big(bytes, 40, 6u << 5, 2);
  return bytes;
}

Bytes opus_packet(std::size_t bytes, std::uint8_t fill) {
  Bytes packet(bytes, fill);
  packet[0] = 31 << 3;
  return packet;
}

Bytes opus_file(int serial, std::size_t pages, std::uint16_t pre_skip, std::int64_t first_granule,
                std::size_t packets_a_page) {
  OggWriter writer(serial);
  writer.packet(opus_head(pre_skip), 0);
  Bytes file = writer.flush();
  writer.packet(Bytes(700, 'c'), 0);
  for (const std::uint8_t byte : writer.flush()) file.push_back(byte);
  std::int64_t granule = first_granule;
  for (std::size_t page = 0; page < pages; ++page) {
    for (std::size_t i = 0; i < packets_a_page; ++i) {
      granule += 960;
      writer.packet(opus_packet(40 + (page * 7 + i) % 30, static_cast<std::uint8_t>(page)), granule,
                    page + 1 == pages && i + 1 == packets_a_page);
    }
    for (const std::uint8_t byte : writer.flush()) file.push_back(byte);
  }
  return file;
}

}  // namespace alluvium::media::samples
