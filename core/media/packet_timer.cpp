#include "core/media/packet_timer.hpp"

#include <bit>

namespace alluvium::media {

namespace {

/// RFC 6716, 3.1 and 3.2: the first byte says the frames' length, the second perhaps how many.
std::optional<std::uint64_t> opus_units(ByteView packet) {
  constexpr std::array<std::uint64_t, 4> silk = {480, 960, 1'920, 2'880};
  constexpr std::uint64_t longest = 5'760;
  if (packet.empty()) return std::nullopt;
  const unsigned config = packet[0] >> 3;
  const std::uint64_t frame = config < 12   ? silk[config & 3]
                              : config < 16 ? std::uint64_t{480} << (config & 1)
                                            : std::uint64_t{120} << (config & 3);
  const unsigned code = packet[0] & 3u;
  if (code == 3 && packet.size() < 2) return std::nullopt;
  const std::uint64_t units = frame * (code == 0 ? 1 : code == 3 ? packet[1] & 63u : 2);
  return units == 0 || units > longest ? std::nullopt : std::optional(units);
}

/// RFC 9639, 9.1: the block size is a code, or stands behind the number of the frame, which is
/// written as in UTF-8.
std::optional<std::uint64_t> flac_units(ByteView packet) {
  if (packet.size() < 5 || packet[0] != 0xff || (packet[1] & 0xfe) != 0xf8) return std::nullopt;
  const unsigned code = packet[2] >> 4;
  if (code == 0) return std::nullopt;
  if (code == 1) return 192;
  if (code >= 8) return std::uint64_t{256} << (code - 8);
  if (code <= 5) return std::uint64_t{576} << (code - 2);
  const auto ones = static_cast<std::size_t>(std::countl_one(packet[4]));
  const std::size_t at = 4 + (ones == 0 ? 1 : ones);
  if (packet.size() < at + 2) return std::nullopt;
  return code == 6 ? packet[at] + 1u : (packet[at] << 8 | packet[at + 1]) + 1u;
}

/// The bits of a Vorbis packet, the lowest of each byte first (Vorbis I, 2.1.4).
class Bits {
 public:
  explicit Bits(ByteView bytes) : bytes_(bytes) {}
  [[nodiscard]] std::size_t size() const { return bytes_.size() * 8; }
  [[nodiscard]] std::uint32_t at(std::size_t begin, std::size_t count) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t bit = begin + i;
      value |= (bytes_[bit / 8] >> bit % 8 & 1u) << i;
    }
    return value;
  }

 private:
  ByteView bytes_;
};

}  // namespace

PacketTimer::PacketTimer(const OggCodec& codec, ByteView first_packet) : kind_(codec.kind) {
  constexpr std::size_t block_sizes_at = 28;  // Vorbis I, 4.2.2
  if (kind_ != OggCodec::Kind::vorbis || first_packet.size() <= block_sizes_at) return;
  blocks_ = {1u << (first_packet[block_sizes_at] & 15u), 1u << (first_packet[block_sizes_at] >> 4)};
}

/// The modes stand at the packet's end, behind codebooks that would all have to be understood, so
/// they are read from there (Vorbis I, 4.2.4): a framing bit; before it, for each mode, a flag, two
/// numbers of 16 bits that are zero, and one of 8 bits below 64; before the first, in 6 bits, how
/// many there are less one. libvorbis, which would read from the front, takes memory as it is told
/// to, and these bytes are a stranger's.
void PacketTimer::read_vorbis_setup(ByteView packet) {
  constexpr std::size_t mode_bits = 41;
  constexpr std::size_t count_bits = 6;
  constexpr unsigned most_modes = 64;
  if (kind_ != OggCodec::Kind::vorbis) return;
  const Bits bits(packet);
  std::size_t at = bits.size();
  while (at > 0 && bits.at(at - 1, 1) == 0) --at;
  if (at == 0) return;
  --at;  // where the framing bit stands
  std::uint64_t are_long = 0;
  for (unsigned count = 1; count <= most_modes && at >= mode_bits + count_bits; ++count) {
    at -= mode_bits;
    const bool is_mode = bits.at(at + 1, 32) == 0 && bits.at(at + 33, 8) < most_modes;
    if (!is_mode) break;
    are_long = are_long << 1 | bits.at(at, 1);
    // A longer row that fits as well is believed rather than a shorter one.
    if (bits.at(at - count_bits, count_bits) + 1 == count) {
      modes_ = count;
      modes_are_long_ = are_long;
    }
  }
}

std::optional<std::uint64_t> PacketTimer::units(ByteView beginning) {
  switch (kind_) {
    case OggCodec::Kind::opus:
      return opus_units(beginning);
    case OggCodec::Kind::flac:
      return flac_units(beginning);
    case OggCodec::Kind::vorbis:
      return vorbis_units(beginning);
    default:
      return std::nullopt;
  }
}

/// Vorbis I, 4.3.1 and 4.3.8.
std::optional<std::uint64_t> PacketTimer::vorbis_units(ByteView beginning) {
  if (modes_ == 0 || beginning.empty() || (beginning[0] & 1) != 0) return std::nullopt;
  const auto mode_bits = static_cast<unsigned>(std::bit_width(modes_ - 1));
  const unsigned mode = beginning[0] >> 1 & ((1u << mode_bits) - 1);
  if (mode >= modes_) return std::nullopt;
  const std::uint32_t block = blocks_[modes_are_long_ >> mode & 1];
  const std::uint64_t units = previous_block_ == 0 ? 0 : (previous_block_ + block) / 4;
  previous_block_ = block;
  return units;
}

}  // namespace alluvium::media
