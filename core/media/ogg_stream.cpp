#include "core/media/ogg_stream.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::media {

namespace {

/// A FLAC metadata block says whether it is the last one (RFC 9639, 8.1); in the first packet it
/// stands behind the mapping's own words.
bool is_last_flac_header(ByteView packet, bool is_first) {
  constexpr std::size_t first_block_at = 13;
  const std::size_t at = is_first ? first_block_at : 0;
  return packet.size() > at && (packet[at] & 0x80) != 0;
}

ByteView body_of(const ogg_page& page) {
  return {page.body, static_cast<std::size_t>(page.body_len)};
}

}  // namespace

OggStream::OggStream(const ogg_page& first)
    : serial_(ogg_page_serialno(&first)),
      codec_(recognise_codec(body_of(first))),
      timer_(codec_, body_of(first)) {}

bool OggStream::has_headers_on(const ogg_page& page) const {
  if (has_all_headers_) return false;
  if (codec_.kind != OggCodec::Kind::flac || codec_.header_packets) return true;
  // Where not even the blocks tell, a frame does: the next page begins with a fresh packet.
  const bool is_frame = ogg_page_continued(&page) == 0 && page.body_len > 0 && page.body[0] == 0xff;
  return !is_frame;
}

void OggStream::read_headers(const ogg_page& page) {
  constexpr std::uint32_t vorbis_setup = 2;
  constexpr std::size_t max_setup_bytes = std::size_t{64} * 1024;
  const bool is_flac = codec_.kind == OggCodec::Kind::flac;
  for (const PacketPart& packet : packets_on(page)) {
    if (is_flac && packet.begins) {
      is_last_header_ = is_last_flac_header(packet.bytes, header_packets_ == 0);
    }
    const bool is_setup = codec_.kind == OggCodec::Kind::vorbis && header_packets_ == vorbis_setup;
    const bool has_room = setup_.size() + packet.bytes.size() <= max_setup_bytes;
    if (is_setup && has_room) setup_.insert(setup_.end(), packet.bytes.begin(), packet.bytes.end());
    if (!packet.ends) continue;
    if (is_setup && has_room) timer_.read_vorbis_setup(std::exchange(setup_, {}));
    ++header_packets_;
    has_all_headers_ = has_all_headers_ || is_last_header_;
  }
  if (codec_.header_packets && header_packets_ >= *codec_.header_packets) has_all_headers_ = true;
  next_number_ = static_cast<std::uint32_t>(ogg_page_pageno(&page)) + 1;
}

PacketUnits OggStream::read_media(const ogg_page& page, std::span<const PacketPart> packets) {
  has_all_headers_ = true;
  const auto number = static_cast<std::uint32_t>(ogg_page_pageno(&page));
  if (number != next_number_) {
    timer_.restart();
    unfinished_.reset();
    splitter_.forget_position();
  }
  next_number_ = number + 1;

  PacketUnits units;
  units.longest = codec_.largest_packet;
  for (const PacketPart& packet : packets) {
    const ByteView part =
        packet.bytes.first(std::min(packet.bytes.size(), PacketTimer::needed_bytes));
    if (packet.begins) unfinished_.emplace();
    if (unfinished_ && unfinished_->size() < PacketTimer::needed_bytes) {
      unfinished_->insert(unfinished_->end(), part.begin(), part.end());
    }
    if (!packet.ends) continue;
    units.each.push_back(unfinished_ ? timer_.units(*unfinished_) : std::nullopt);
    unfinished_.reset();
  }
  return units;
}

void OggStream::restart() {
  timer_.restart();
  unfinished_.reset();
  splitter_.restart();
}

bool begins_with_key_picture(std::span<const PacketPart> packets) {
  constexpr unsigned not_a_picture = 0x80;
  constexpr unsigned not_key = 0x40;
  if (packets.empty() || !packets[0].begins || packets[0].bytes.empty()) return false;
  return (packets[0].bytes[0] & (not_a_picture | not_key)) == 0;
}

}  // namespace alluvium::media
