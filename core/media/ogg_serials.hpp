#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace alluvium::media {

/// Lets Ogg files follow each other in one chain, where no two logical streams may have the same
/// serial number (RFC 3533, 4): a stream whose number another one had lately is given a number of
/// its own, on all its pages. Remembers the last 256 streams, of this file and those before it.
/// Owned by whoever makes the chain. Value type.
class OggSerials {
 public:
  /// The next page is the first of a file, which may be the one before again.
  void begin_file();
  /// A whole page of the file, in its order: the page itself, or a copy with another number and the
  /// checksum that goes with it. What is no page is passed as it is.
  [[nodiscard]] Slice pass(const Slice& page);

 private:
  struct Stream {
    std::uint32_t from = 0;  ///< Its number in the file.
    std::uint32_t to = 0;    ///< Its number in the chain.
  };
  void begin_stream(std::uint32_t serial);
  [[nodiscard]] bool is_taken(std::uint32_t serial) const;
  [[nodiscard]] std::uint32_t free_serial();

  std::vector<Stream> streams_;     ///< Of the link being passed.
  bool link_has_begun_ = false;     ///< A page was passed that is the first of no stream.
  std::deque<std::uint32_t> used_;  ///< In the chain, oldest first.
  std::uint32_t last_given_ = 0;
};

}  // namespace alluvium::media
