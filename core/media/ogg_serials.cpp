#include "core/media/ogg_serials.hpp"

#include <algorithm>
#include <optional>

#include <ogg/ogg.h>

namespace alluvium::media {

namespace {

constexpr std::size_t head_bytes = 27;
constexpr std::size_t serial_at = 14;

/// libogg's view of a page; none if the bytes are not exactly one. libogg takes pointers to bytes
/// that it may change, and changes them only in `ogg_page_checksum_set`.
std::optional<ogg_page> page_in(ByteView bytes) {
  if (bytes.size() < head_bytes || as_text(bytes).substr(0, 4) != "OggS") return std::nullopt;
  const std::size_t body_at = head_bytes + bytes[head_bytes - 1];
  if (bytes.size() < body_at) return std::nullopt;
  std::size_t body_bytes = 0;
  for (const std::uint8_t lacing : bytes.subspan(head_bytes, body_at - head_bytes)) {
    body_bytes += lacing;
  }
  if (bytes.size() != body_at + body_bytes) return std::nullopt;
  auto* data = const_cast<unsigned char*>(bytes.data());
  return ogg_page{.header = data,
                  .header_len = static_cast<long>(body_at),
                  .body = data + body_at,
                  .body_len = static_cast<long>(body_bytes)};
}

Slice renumbered(ByteView page, std::uint32_t serial) {
  Bytes copy = to_bytes(page);
  for (std::size_t i = 0; i < 4; ++i) {
    copy[serial_at + i] = static_cast<std::uint8_t>(serial >> 8 * i);
  }
  auto view = page_in(copy);
  ogg_page_checksum_set(&*view);
  return Slice(std::move(copy));
}

}  // namespace

void OggSerials::begin_file() {
  streams_.clear();
  link_has_begun_ = false;
}

Slice OggSerials::pass(const Slice& page) {
  const auto view = page_in(page.view());
  if (!view) return page;
  const auto serial = static_cast<std::uint32_t>(ogg_page_serialno(&*view));
  if (ogg_page_bos(&*view) != 0) {
    begin_stream(serial);
  } else {
    link_has_begun_ = true;
  }
  const auto stream = std::find_if(streams_.begin(), streams_.end(),
                                   [&](const Stream& s) { return s.from == serial; });
  if (stream == streams_.end() || stream->to == serial) return page;
  return renumbered(page.view(), stream->to);
}

void OggSerials::begin_stream(std::uint32_t serial) {
  constexpr std::size_t max_streams = 64;  // many more than players can sort out
  constexpr std::size_t max_used = 256;
  // The first pages of a link come before all its others.
  if (link_has_begun_) begin_file();
  const bool is_known = std::any_of(streams_.begin(), streams_.end(),
                                    [&](const Stream& s) { return s.from == serial; });
  if (is_known || streams_.size() == max_streams) return;
  const std::uint32_t to = is_taken(serial) ? free_serial() : serial;
  streams_.push_back({serial, to});
  used_.push_back(to);
  if (used_.size() > max_used) used_.pop_front();
}

bool OggSerials::is_taken(std::uint32_t serial) const {
  return std::find(used_.begin(), used_.end(), serial) != used_.end();
}

std::uint32_t OggSerials::free_serial() {
  do {
    // A full period (Knuth, TAOCP 3.2.1): it ends, as far fewer numbers are taken than there are.
    last_given_ = last_given_ * 1'664'525 + 1'013'904'223;
  } while (is_taken(last_given_));
  return last_given_;
}

}  // namespace alluvium::media
