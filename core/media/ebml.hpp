#pragma once

#include "core/base/bytes.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>

namespace alluvium::media {

/// The head of an EBML element (RFC 8794, 4 to 6): identifier and size. libebml and libmatroska
/// read from what they can seek in, block by block; a stream that arrives in portions needs no more
/// of EBML than this.
struct EbmlHead {
  std::uint32_t id = 0;               ///< With its length marker, as specifications write it.
  std::size_t bytes = 0;              ///< Of the head itself.
  std::optional<std::uint64_t> size;  ///< Of the content; none if it ends where another begins.
};

/// What stands at the beginning of some bytes.
struct EbmlReading {
  enum class State {
    invalid,  ///< No element.
    unclear,  ///< Perhaps one with more bytes.
    found,
  };
  State state = State::invalid;
  EbmlHead head;
};

/// Identifiers of up to four bytes, sizes of up to eight.
[[nodiscard]] EbmlReading ebml_head_at(ByteView bytes);

/// The unsigned integer that an element holds; 0 if its content is longer than eight bytes.
[[nodiscard]] std::uint64_t ebml_number(ByteView content);

/// Calls `take(id, content)` for the elements of a master element in their order, until one is not
/// whole.
template <typename Take>
void for_each_ebml_child(ByteView content, Take take) {
  for (;;) {
    const EbmlReading reading = ebml_head_at(content);
    if (reading.state != EbmlReading::State::found || !reading.head.size) return;
    content = content.subspan(reading.head.bytes);
    if (*reading.head.size > content.size()) return;
    const auto size = static_cast<std::size_t>(*reading.head.size);
    take(reading.head.id, content.first(size));
    content = content.subspan(size);
  }
}

}  // namespace alluvium::media
