#include "core/media/reservoir.hpp"

#include "core/media/frame_header.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::media {

namespace {

/// CRC-16 with x^16 + x^15 + x^2 + 1 over the last two bytes of the header and the side information
/// (ISO 11172-3, 2.4.3.1).
std::uint16_t checksum(ByteView frame, const SideInfo& side) {
  constexpr unsigned polynomial = 0x8005;
  unsigned sum = 0xffff;
  const auto add = [&sum](ByteView bytes) {
    for (const std::uint8_t byte : bytes) {
      sum ^= unsigned{byte} << 8;
      for (int bit = 0; bit < 8; ++bit) {
        sum = (sum << 1 ^ ((sum & 0x8000) != 0 ? polynomial : 0)) & 0xffff;
      }
    }
  };
  add(frame.subspan(2, 2));
  add(frame.subspan(side.at, side.bytes));
  return static_cast<std::uint16_t>(sum);
}

Slice silenced(ByteView frame, const SideInfo& side) {
  Bytes copy = to_bytes(frame);
  const auto begin = copy.begin() + static_cast<std::ptrdiff_t>(side.at);
  std::fill_n(begin, side.bytes, std::uint8_t{0});
  const bool has_checksum = side.at > mpeg_header_bytes;
  if (has_checksum) {
    const std::uint16_t sum = checksum(copy, side);
    copy[side.at - 2] = static_cast<std::uint8_t>(sum >> 8);
    copy[side.at - 1] = static_cast<std::uint8_t>(sum);
  }
  return Slice(std::move(copy));
}

}  // namespace

Slice ReservoirGuard::pass(const Slice& frame) {
  constexpr std::size_t farthest = 511;  // main_data_begin has 9 bits
  const auto side = parse_side_info(frame.view());
  if (!side) return frame;
  const bool can_be_decoded = side->main_data_begin <= held_bytes_;
  held_bytes_ = std::min(held_bytes_ + frame.size() - side->end(), farthest);
  return can_be_decoded ? frame : silenced(frame.view(), *side);
}

}  // namespace alluvium::media
