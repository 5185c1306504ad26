#pragma once

#include "core/media/ogg_codec.hpp"
#include "core/media/ogg_page.hpp"
#include "core/media/ogg_splitter.hpp"
#include "core/media/packet_timer.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace alluvium::media {

/// A logical stream as its pages are read one after the other: where its headers end, how long its
/// packets are. Owned by the framer.
class OggStream {
 public:
  /// `first` is the page that begins it.
  explicit OggStream(const ogg_page& first);

  [[nodiscard]] int serial() const { return serial_; }
  [[nodiscard]] const OggCodec& codec() const { return codec_; }

  [[nodiscard]] bool has_all_headers() const { return has_all_headers_; }
  /// Header packets never share a page with media.
  [[nodiscard]] bool has_headers_on(const ogg_page& page) const;
  void read_headers(const ogg_page& page);

  /// How long the packets are that end on a page of media. Of all pages that follow each other, in
  /// their order.
  [[nodiscard]] PacketUnits read_media(const ogg_page& page, std::span<const PacketPart> packets);
  /// The next page is not the one after the last.
  void restart();

  /// Cuts its pages.
  [[nodiscard]] OggSplitter& splitter() { return splitter_; }

 private:
  int serial_;
  OggCodec codec_;
  bool has_all_headers_ = false;
  std::uint32_t header_packets_ = 0;  ///< That have ended.
  bool is_last_header_ = false;       ///< The packet at hand says so.
  Bytes setup_;                       ///< Of Vorbis, while it is being read.
  PacketTimer timer_;
  std::optional<Bytes> unfinished_;  ///< How the packet begins that goes on on the next page.
  std::uint32_t next_number_ = 0;
  OggSplitter splitter_;
};

/// Whether a page of Theora begins with a key picture (Theora specification, 7.1).
[[nodiscard]] bool begins_with_key_picture(std::span<const PacketPart> packets);

}  // namespace alluvium::media
