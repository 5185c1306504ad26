#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>

namespace alluvium::media {

/// What stands at a place between two audio frames.
struct Tag {
  enum class State {
    none,     ///< Not a tag.
    unclear,  ///< Could become one with more bytes.
    found,    ///< A tag of `length` bytes, which may be more than are there yet.
  };
  State state = State::none;
  std::uint64_t length = 0;
};

/// Recognises ID3v2 (id3.org, 2.2 to 2.4, with footer), ID3v1 and APE tags. Of an APE tag without a
/// header only the footer is recognised: its length comes too late to skip the items by.
[[nodiscard]] Tag tag_at(ByteView bytes);

}  // namespace alluvium::media
