#include "core/media/ogg_serials.hpp"

#include "core/media/ogg_page.hpp"

#include <algorithm>

namespace alluvium::media {

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
  return Slice(with_serial(page.view(), stream->to));
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
