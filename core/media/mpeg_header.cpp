#include "core/media/frame_header.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace alluvium::media {

namespace {

/// Bit rates in kbit/s by the header's index; 0 is free format.
using Rates = std::array<std::uint16_t, 15>;
constexpr Rates v1_layer1 = {0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448};
constexpr Rates v1_layer2 = {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384};
constexpr Rates v1_layer3 = {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320};
constexpr Rates v2_layer1 = {0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256};
constexpr Rates v2_layer23 = {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160};

constexpr std::array<std::uint32_t, 3> v1_samples_a_second = {44'100, 48'000, 32'000};

constexpr bool is_version_1(ByteView frame) {
  return (frame[1] & 0x18) == 0x18;
}
constexpr bool has_checksum(ByteView frame) {
  return (frame[1] & 1) == 0;
}
constexpr bool is_mono(ByteView frame) {
  return (frame[3] & 0xc0) == 0xc0;
}

}  // namespace

std::optional<FrameHeader> parse_mpeg_header(ByteView bytes) {
  if (bytes.size() < mpeg_header_bytes) return std::nullopt;
  if (bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0) return std::nullopt;
  const unsigned version = bytes[1] >> 3 & 3u;  // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const unsigned layer = 4 - (bytes[1] >> 1 & 3u);
  const unsigned rate_index = bytes[2] >> 2 & 3u;
  const unsigned bit_rate_index = bytes[2] >> 4;
  if (version == 1 || layer == 4 || rate_index == 3) return std::nullopt;
  if (bit_rate_index == 0 || bit_rate_index == 15) return std::nullopt;

  const bool is_v1 = version == 3;
  const Rates& rates = layer == 1   ? (is_v1 ? v1_layer1 : v2_layer1)
                       : !is_v1     ? v2_layer23
                       : layer == 2 ? v1_layer2
                                    : v1_layer3;
  const std::uint32_t bits_a_second = rates[bit_rate_index] * 1000u;
  const std::uint32_t padding = bytes[2] >> 1 & 1u;

  FrameHeader header;
  header.rate = v1_samples_a_second[rate_index] / (is_v1 ? 1 : version == 2 ? 2 : 4);
  header.samples = layer == 1 ? 384 : layer == 3 && !is_v1 ? 576 : 1152;
  header.bytes = layer == 1 ? (12 * bits_a_second / header.rate + padding) * 4
                            : header.samples / 8 * bits_a_second / header.rate + padding;
  header.family = version << 4 | layer << 2 | rate_index;
  return header;
}

std::optional<SideInfo> parse_side_info(ByteView frame) {
  constexpr std::size_t checksum_bytes = 2;
  const auto header = parse_mpeg_header(frame);
  const bool is_layer_3 = header && (header->family >> 2 & 3u) == 3;
  if (!is_layer_3 || frame.size() < header->bytes) return std::nullopt;
  const bool is_v1 = is_version_1(frame);
  SideInfo side;
  side.at = mpeg_header_bytes + (has_checksum(frame) ? checksum_bytes : 0);
  side.bytes = is_mono(frame) ? (is_v1 ? 17 : 9) : (is_v1 ? 32 : 17);
  if (side.end() > header->bytes) return std::nullopt;
  side.main_data_begin = frame[side.at];
  if (is_v1) side.main_data_begin = side.main_data_begin << 1 | frame[side.at + 1] >> 7;
  return side;
}

bool is_info_frame(ByteView frame) {
  constexpr std::size_t vbri_at = 36;
  constexpr std::size_t magic_bytes = 4;
  constexpr std::size_t checksum_end = 6;
  const auto side = parse_side_info(frame);
  if (!side) return false;
  const auto says = [&](std::size_t at, std::string_view magic) {
    if (frame.size() < at + magic_bytes) return false;
    // Audio may happen to spell the word, but not behind side information that says silence.
    const ByteView before = frame.subspan(checksum_end, at - checksum_end);
    return std::all_of(before.begin(), before.end(), [](auto byte) { return byte == 0; }) &&
           as_text(frame.subspan(at, magic_bytes)) == magic;
  };
  // Encoders disagree whether a checksum moves the note.
  const std::size_t unmoved = mpeg_header_bytes + side->bytes;
  return says(unmoved, "Xing") || says(unmoved, "Info") || says(side->end(), "Xing") ||
         says(side->end(), "Info") || says(vbri_at, "VBRI");
}

}  // namespace alluvium::media
