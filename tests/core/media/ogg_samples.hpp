#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <ogg/ogg.h>

namespace alluvium::media::samples {

/// Writes one logical Ogg stream with libogg, page by page.
class OggWriter {
 public:
  explicit OggWriter(int serial) { ogg_stream_init(&state_, serial); }
  ~OggWriter() { ogg_stream_clear(&state_); }
  OggWriter(const OggWriter&) = delete;
  OggWriter& operator=(const OggWriter&) = delete;

  /// Adds a packet to the page being made.
  void packet(const Bytes& bytes, std::int64_t granule, bool is_last = false);
  /// The pages made of what was added, each apart.
  [[nodiscard]] std::vector<Bytes> pages();
  /// The same as one run of bytes.
  [[nodiscard]] Bytes flush();

 private:
  ogg_stream_state state_{};
  std::int64_t count_ = 0;
  bool has_begun_ = false;
};

/// Begins a stream: its headers as pages, the first packet alone on the first.
[[nodiscard]] Bytes headers(OggWriter& writer, const Bytes& first,
                            const std::vector<Bytes>& others);

/// First packets of streams as their specifications lay them out.
[[nodiscard]] Bytes vorbis_head(std::uint32_t rate, unsigned long_block_exponent = 11);
[[nodiscard]] Bytes opus_head(std::uint16_t pre_skip);
[[nodiscard]] Bytes flac_head(std::uint32_t rate, std::uint16_t header_packets,
                              std::uint16_t block = 4'096);
[[nodiscard]] Bytes speex_head(std::uint32_t rate);
[[nodiscard]] Bytes theora_head(std::uint32_t pictures, std::uint32_t in_seconds);

/// An Opus packet of one frame of 20 ms, `bytes` long.
[[nodiscard]] Bytes opus_packet(std::size_t bytes, std::uint8_t fill = 0x55);

/// An Opus stream of `pages` pages of 10 packets (a fifth of a second) each; the last one ends it.
[[nodiscard]] Bytes opus_file(int serial, std::size_t pages, std::uint16_t pre_skip = 312,
                              std::int64_t first_granule = 0, std::size_t packets_a_page = 10);

}  // namespace alluvium::media::samples
