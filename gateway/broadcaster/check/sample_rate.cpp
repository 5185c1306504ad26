#include "core/base/text.hpp"
#include "core/media/frame_header.hpp"
#include "gateway/broadcaster/check/file_check.hpp"

namespace alluvium::broadcaster {

namespace {

std::uint32_t little_endian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i > 0; --i) value = value << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return value;
}

/// Of the first header packet of an Ogg stream.
std::uint32_t rate_in_ogg(std::string_view page) {
  constexpr std::string_view vorbis = "\x01vorbis";
  constexpr std::string_view flac =
      "\x7f"
      "FLAC";
  // Vorbis I, 4.2.2: version and channels come before the rate.
  if (const auto at = page.find(vorbis); at != page.npos && at + 16 <= page.size()) {
    return little_endian(page.substr(at + 12));
  }
  // RFC 7845: whatever was put in, 48 kHz come out.
  if (page.find("OpusHead") != page.npos) return 48'000;
  // RFC 9639, 10.1 and 8.2: 20 bits, behind 27 bytes of heads and sizes.
  if (const auto at = page.find(flac); at != page.npos && at + 30 <= page.size()) {
    const auto byte = [&](std::size_t i) {
      return static_cast<std::uint32_t>(static_cast<unsigned char>(page[at + i]));
    };
    return byte(27) << 12 | byte(28) << 4 | byte(29) >> 4;
  }
  return 0;
}

}  // namespace

std::uint32_t sample_rate_of(ByteView beginning) {
  if (as_text(beginning).starts_with("OggS")) return rate_in_ogg(as_text(beginning));
  for (std::size_t i = 0; i + media::adts_header_bytes <= beginning.size(); ++i) {
    const ByteView rest = beginning.subspan(i);
    auto header = media::parse_mpeg_header(rest);
    if (!header) header = media::parse_adts_header(rest);
    if (!header || header->bytes == 0 || header->bytes + media::adts_header_bytes > rest.size()) {
      continue;
    }
    // Two in a row are none by chance.
    const ByteView next = rest.subspan(header->bytes);
    auto second = media::parse_mpeg_header(next);
    if (!second) second = media::parse_adts_header(next);
    if (second && second->family == header->family) return header->rate;
  }
  return 0;
}

}  // namespace alluvium::broadcaster
