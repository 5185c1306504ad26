#include "core/media/frame_header.hpp"

#include <array>

namespace alluvium::media {

std::optional<FrameHeader> parse_adts_header(ByteView bytes) {
  constexpr std::array<std::uint32_t, 13> rates = {96'000, 88'200, 64'000, 48'000, 44'100,
                                                   32'000, 24'000, 22'050, 16'000, 12'000,
                                                   11'025, 8'000,  7'350};
  if (bytes.size() < adts_header_bytes) return std::nullopt;
  if (bytes[0] != 0xff || (bytes[1] & 0xf6) != 0xf0) return std::nullopt;
  const bool has_checksum = (bytes[1] & 1) == 0;
  const unsigned rate_index = bytes[2] >> 2 & 15u;
  if (rate_index >= rates.size()) return std::nullopt;

  FrameHeader header;
  header.bytes = (bytes[3] & 3u) << 11 | std::size_t{bytes[4]} << 3 | std::size_t{bytes[5]} >> 5;
  if (header.bytes < adts_header_bytes + (has_checksum ? 2 : 0)) return std::nullopt;
  header.rate = rates[rate_index];
  header.samples = 1024 * ((bytes[6] & 3u) + 1);
  // Version, profile and rate do not change within a recording.
  header.family = (bytes[1] & 8u) << 8 | (bytes[2] & 0xfcu);
  return header;
}

}  // namespace alluvium::media
