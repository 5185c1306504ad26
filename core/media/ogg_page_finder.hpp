#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <cstring>

#include <ogg/ogg.h>

namespace alluvium::media {

/// Finds Ogg pages by means of libogg: those whose checksum is right, with their places in the
/// file. Owned by the framer that reads them.
class PageFinder {
 public:
  PageFinder() { ogg_sync_init(&state_); }
  ~PageFinder() { ogg_sync_clear(&state_); }
  PageFinder(const PageFinder&) = delete;
  PageFinder& operator=(const PageFinder&) = delete;

  void feed(ByteView bytes) {
    if (bytes.empty()) return;
    char* room = ogg_sync_buffer(&state_, static_cast<long>(bytes.size()));
    if (room == nullptr) return;
    std::memcpy(room, bytes.data(), bytes.size());
    ogg_sync_wrote(&state_, static_cast<long>(bytes.size()));
  }
  void restart(std::uint64_t offset) {
    ogg_sync_reset(&state_);
    next_offset_ = offset;
  }
  /// Fills `page`, whose bytes are valid until the next call, and sets `offset` to its place.
  bool next(ogg_page& page, std::uint64_t& offset) {
    for (;;) {
      const long found = ogg_sync_pageseek(&state_, &page);
      if (found == 0) return false;
      offset = next_offset_;
      next_offset_ += static_cast<std::uint64_t>(found < 0 ? -found : found);
      if (found > 0) return true;
    }
  }

 private:
  ogg_sync_state state_{};
  std::uint64_t next_offset_ = 0;
};

}  // namespace alluvium::media
