#include "core/media/ogg_codec.hpp"

#include <algorithm>
#include <string_view>

namespace alluvium::media {

namespace {

using Kind = OggCodec::Kind;

bool begins_with(ByteView bytes, std::string_view magic) {
  return as_text(bytes).substr(0, magic.size()) == magic;
}

std::uint64_t little_endian(ByteView bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | bytes[at + i];
  return value;
}

std::uint64_t big_endian(ByteView bytes, std::size_t at, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | bytes[at + i];
  return value;
}

/// Vorbis I specification, 4.2.2.
OggCodec vorbis(ByteView packet) {
  OggCodec codec{.kind = Kind::vorbis, .header_packets = 3};
  codec.units = little_endian(packet, 12, 4);
  // Two long blocks overlap by half.
  codec.largest_packet = std::uint64_t{1} << (packet[28] >> 4) >> 1;
  return codec;
}

/// RFC 7845, 5.1.
OggCodec opus(ByteView packet) {
  OggCodec codec{.kind = Kind::opus, .header_packets = 2, .units = 48'000};
  codec.pre_skip = little_endian(packet, 10, 2);
  codec.largest_packet = 5'760;
  return codec;
}

/// https://xiph.org/flac/ogg_mapping.html: two bytes of version, the number of header packets, the
/// native signature and the STREAMINFO block.
OggCodec flac(ByteView packet) {
  OggCodec codec{.kind = Kind::flac};
  const auto more = static_cast<std::uint32_t>(big_endian(packet, 7, 2));
  codec.header_packets = more == 0 ? std::nullopt : std::optional(more + 1);
  codec.largest_packet = big_endian(packet, 19, 2);
  codec.units = big_endian(packet, 27, 3) >> 4;
  codec.sample_bits = 1 + static_cast<unsigned>(big_endian(packet, 29, 2) >> 4 & 31);
  return codec;
}

/// The Speex manual, "Ogg file format".
OggCodec speex(ByteView packet) {
  OggCodec codec{.kind = Kind::speex};
  constexpr std::uint64_t sane = 1 << 20;
  codec.units = little_endian(packet, 36, 4);
  codec.largest_packet = std::min(little_endian(packet, 56, 4), sane) *
                         std::clamp<std::uint64_t>(little_endian(packet, 64, 4), 1, 64);
  codec.header_packets =
      2 + static_cast<std::uint32_t>(std::min<std::uint64_t>(little_endian(packet, 68, 4), 64));
  return codec;
}

/// Theora specification, 6.2.
OggCodec theora(ByteView packet) {
  OggCodec codec{.kind = Kind::theora, .header_packets = 3};
  codec.units = big_endian(packet, 22, 4);
  codec.over = std::max<std::uint64_t>(big_endian(packet, 26, 4), 1);
  codec.largest_packet = 1;
  codec.granule_shift = static_cast<unsigned>((packet[40] & 3u) << 3 | packet[41] >> 5);
  return codec;
}

}  // namespace

std::uint64_t OggCodec::units_of_granule(std::uint64_t granule) const {
  if (granule_shift == 0) return granule;
  return (granule >> granule_shift) + (granule & ((std::uint64_t{1} << granule_shift) - 1));
}

OggCodec recognise_codec(ByteView packet) {
  if (begins_with(packet, "\x01vorbis") && packet.size() >= 29) return vorbis(packet);
  if (begins_with(packet, "OpusHead") && packet.size() >= 19) return opus(packet);
  if (begins_with(packet,
                  "\x7f"
                  "FLAC") &&
      packet.size() >= 51) {
    return flac(packet);
  }
  if (begins_with(packet, "Speex   ") && packet.size() >= 72) return speex(packet);
  if (begins_with(packet, "\x80theora") && packet.size() >= 42) return theora(packet);
  if (begins_with(packet, std::string_view("fishead", 8))) {
    return {.kind = Kind::skeleton, .header_packets = std::nullopt};
  }
  return {};
}

}  // namespace alluvium::media
