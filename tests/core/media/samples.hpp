#pragma once

#include "core/base/bytes.hpp"
#include "core/media/framer.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::media::samples {

/// An MPEG-1 layer III frame at 44.1 kHz, stereo, whose body is `fill` throughout. `rate_index` is
/// the header's: 9 is 128 kbit/s.
[[nodiscard]] Bytes mp3_frame(unsigned rate_index = 9, std::uint8_t fill = 0x11,
                              bool padded = false);
/// `count` frames of varying rate and content.
[[nodiscard]] std::vector<Bytes> mp3_frames(std::size_t count);
/// The silent first frame an encoder describes the file in; `magic` is `Xing`, `Info` or `VBRI`.
[[nodiscard]] Bytes info_frame(std::string_view magic);

[[nodiscard]] Bytes id3v2(std::size_t content_bytes, std::uint8_t fill);
[[nodiscard]] Bytes id3v1();
[[nodiscard]] Bytes ape(std::size_t content_bytes);

/// AAC-LC at 44.1 kHz.
[[nodiscard]] Bytes adts_frame(std::size_t bytes, std::uint8_t fill, bool has_checksum = false);

/// `count` packets of an MPEG transport stream with different contents.
[[nodiscard]] Bytes mpegts_packets(std::size_t count);

[[nodiscard]] Bytes joined(const std::vector<Bytes>& parts);

/// All that a framer gives when the file is fed in steps of `step` bytes.
[[nodiscard]] std::vector<Piece> pieces_of(Format format, ByteView file,
                                           std::size_t step = std::size_t{1} << 14);
[[nodiscard]] Bytes bytes_of(const std::vector<Piece>& pieces);
/// "HH..." : which pieces are headers and which media.
[[nodiscard]] std::string kinds(const std::vector<Piece>& pieces);
[[nodiscard]] Duration end_of(const Piece& piece);
/// Whether each piece is what the file has at its offset.
[[nodiscard]] bool are_in_place(const std::vector<Piece>& pieces, ByteView file);

}  // namespace alluvium::media::samples
