#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::media {

/// What the first packet of a logical Ogg stream says about counting its headers and its time. A
/// unit is one step of the granule position: a sample, or a picture for Theora. Value type.
struct OggCodec {
  enum class Kind { unknown, skeleton, theora, vorbis, opus, flac, speex };
  Kind kind = Kind::unknown;
  /// Packets before the first of media, this one included. None if only the packets tell (FLAC).
  std::optional<std::uint32_t> header_packets = 1;
  std::uint64_t units = 0;  ///< In `over` seconds; 0 if the granule position is not understood.
  std::uint64_t over = 1;
  std::uint64_t pre_skip = 0;        ///< Units at the beginning that are not played (RFC 7845).
  std::uint64_t largest_packet = 0;  ///< Units that one packet holds at most.
  unsigned sample_bits = 0;          ///< FLAC: of one sample of one channel.
  unsigned granule_shift = 0;        ///< Theora: granule = key picture << shift | pictures since.

  [[nodiscard]] std::uint64_t units_of_granule(std::uint64_t granule) const;
};

/// Never fails: what is not known is `unknown`.
[[nodiscard]] OggCodec recognise_codec(ByteView first_packet);

}  // namespace alluvium::media
