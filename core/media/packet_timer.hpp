#pragma once

#include "core/base/bytes.hpp"
#include "core/media/ogg_codec.hpp"

#include <array>
#include <cstdint>
#include <optional>

namespace alluvium::media {

/// How long the packets of one logical Ogg stream sound: what its granule positions, of which there
/// is one a page, leave open. Knows Vorbis, Opus and FLAC. Value type.
class PacketTimer {
 public:
  /// So many first bytes of a packet of media tell its length.
  static constexpr std::size_t needed_bytes = 16;

  PacketTimer() = default;
  PacketTimer(const OggCodec& codec, ByteView first_packet);

  /// The third packet of Vorbis, without which its others cannot be told.
  void read_vorbis_setup(ByteView packet);
  /// The next packet does not follow the one before.
  void restart() { previous_block_ = 0; }
  /// Units that a packet which begins so adds to the granule position; none if it cannot be told.
  [[nodiscard]] std::optional<std::uint64_t> units(ByteView beginning);

 private:
  [[nodiscard]] std::optional<std::uint64_t> vorbis_units(ByteView beginning);

  OggCodec::Kind kind_ = OggCodec::Kind::unknown;
  std::array<std::uint32_t, 2> blocks_{};  ///< Vorbis: length of a short and of a long one.
  std::uint64_t modes_are_long_ = 0;       ///< Vorbis: a bit for each mode.
  unsigned modes_ = 0;
  std::uint32_t previous_block_ = 0;  ///< Vorbis: a block sounds together with the one before.
};

}  // namespace alluvium::media
