#include "core/media/ogg_page.hpp"

namespace alluvium::media {

namespace {

constexpr std::size_t head_bytes = 27;  // without the table of segments
constexpr std::size_t flags_at = 5;
constexpr std::size_t granule_at = 6;
constexpr std::size_t serial_at = 14;
constexpr std::size_t number_at = 18;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bytes[at + i] = static_cast<std::uint8_t>(value >> 8 * i);
}

void set_checksum(Bytes& page) {
  if (auto view = page_in(page)) ogg_page_checksum_set(&*view);
}

}  // namespace

std::optional<ogg_page> page_in(ByteView bytes) {
  if (bytes.size() < head_bytes || as_text(bytes).substr(0, 4) != "OggS") return std::nullopt;
  const std::size_t body_at = head_bytes + bytes[head_bytes - 1];
  if (bytes.size() < body_at) return std::nullopt;
  std::size_t body_bytes = 0;
  for (const std::uint8_t lacing : bytes.subspan(head_bytes, body_at - head_bytes)) {
    body_bytes += lacing;
  }
  if (bytes.size() != body_at + body_bytes) return std::nullopt;
  // libogg changes a page's bytes in `ogg_page_checksum_set` and nowhere else.
  auto* data = const_cast<unsigned char*>(bytes.data());
  return ogg_page{.header = data,
                  .header_len = static_cast<long>(body_at),
                  .body = data + body_at,
                  .body_len = static_cast<long>(body_bytes)};
}

Bytes bytes_of(const ogg_page& page) {
  Bytes bytes(page.header, page.header + page.header_len);
  bytes.insert(bytes.end(), page.body, page.body + page.body_len);
  return bytes;
}

std::vector<PacketPart> packets_on(const ogg_page& page) {
  std::vector<PacketPart> packets;
  const ByteView body(page.body, static_cast<std::size_t>(page.body_len));
  const std::size_t segments = page.header[head_bytes - 1];
  std::size_t at = 0;
  bool begins = ogg_page_continued(&page) == 0;
  for (std::size_t i = 0; i < segments; ++i) {
    const bool is_first = packets.empty() || packets.back().ends;
    if (is_first)
      packets.push_back({.first_segment = i, .bytes = body.subspan(at, 0), .begins = begins});
    PacketPart& packet = packets.back();
    const std::size_t lacing = page.header[head_bytes + i];
    packet.bytes = body.subspan(at - packet.bytes.size(), packet.bytes.size() + lacing);
    packet.ends = lacing < 255;
    ++packet.segments;
    at += lacing;
    begins = true;
  }
  return packets;
}

Bytes page_of(const ogg_page& page, std::span<const PacketPart> packets, std::uint64_t granule,
              std::uint32_t number) {
  constexpr unsigned continued = 1;
  constexpr unsigned first = 2;
  constexpr unsigned last = 4;
  const std::size_t segments = page.header[head_bytes - 1];
  Bytes bytes(page.header, page.header + head_bytes);
  unsigned flags = bytes[flags_at] & (first | last);
  std::size_t count = 0;
  if (!packets.empty()) {
    if (!packets.front().begins) flags |= continued;
    if (packets.front().first_segment != 0) flags &= ~first;
    if (packets.back().first_segment + packets.back().segments != segments) flags &= ~last;
  }
  for (const PacketPart& packet : packets) {
    const auto* table = page.header + head_bytes + packet.first_segment;
    bytes.insert(bytes.end(), table, table + packet.segments);
    count += packet.segments;
  }
  for (const PacketPart& packet : packets) {
    bytes.insert(bytes.end(), packet.bytes.begin(), packet.bytes.end());
  }
  bytes[flags_at] = static_cast<std::uint8_t>(flags);
  bytes[head_bytes - 1] = static_cast<std::uint8_t>(count);
  put(bytes, granule_at, granule, 8);
  put(bytes, number_at, number, 4);
  set_checksum(bytes);
  return bytes;
}

Bytes with_serial(ByteView page, std::uint32_t serial) {
  Bytes copy = to_bytes(page);
  put(copy, serial_at, serial, 4);
  set_checksum(copy);
  return copy;
}

}  // namespace alluvium::media
