#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace alluvium::media {

/// What the first bytes of an audio frame say of it.
struct FrameHeader {
  std::size_t bytes = 0;  ///< Of the whole frame, header included.
  std::uint32_t samples = 0;
  std::uint32_t rate = 0;    ///< Samples a second.
  std::uint32_t family = 0;  ///< Equal for frames that can follow each other in one recording.
};

/// Enough bytes for either function below.
inline constexpr std::size_t mpeg_header_bytes = 4;
inline constexpr std::size_t adts_header_bytes = 7;

/// MPEG 1, 2 and 2.5 audio, layers I to III (ISO 11172-3, 13818-3). Free format, which says no
/// length, is not taken for a header.
[[nodiscard]] std::optional<FrameHeader> parse_mpeg_header(ByteView bytes);

/// The side information of a layer III frame (ISO 11172-3, 2.4.1.7; ISO 13818-3, 2.4.1.7): where it
/// stands in the frame, and how many bytes of main data before this frame's own its sound begins
/// with. What follows it is main data.
struct SideInfo {
  std::size_t at = 0;
  std::size_t bytes = 0;
  std::size_t main_data_begin = 0;

  [[nodiscard]] std::size_t end() const { return at + bytes; }
};
/// None if `frame` is not a whole frame of layer III, or too short to hold any.
[[nodiscard]] std::optional<SideInfo> parse_side_info(ByteView frame);

/// Whether a whole MPEG frame is an encoder's note about the file (Xing, Info, VBRI) where audio
/// would be silent.
[[nodiscard]] bool is_info_frame(ByteView frame);

/// AAC in ADTS (ISO 13818-7).
[[nodiscard]] std::optional<FrameHeader> parse_adts_header(ByteView bytes);

}  // namespace alluvium::media
