#pragma once

#include "core/base/bytes.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace alluvium::bridge {

/// Stream bytes between two metadata blocks, as `icy-metaint` says.
inline constexpr std::size_t icy_interval = 8'192;

/// A title made fit for an ICY block: valid UTF-8 without control characters, no `';` that would
/// end it (the apostrophe becomes U+2019), cut at a character's end to `max_bytes`.
[[nodiscard]] std::string icy_title(std::string_view title, std::size_t max_bytes = 1'000);

/// One metadata block: a length byte L and L × 16 bytes `StreamTitle='…';`, NUL-padded.
[[nodiscard]] Bytes icy_block(std::string_view title);

/// Puts metadata blocks between the bytes of one player's stream. A title stands in the first block
/// at or after its first byte, never before, and is not repeated while it stays. Value type, one a
/// player.
class IcyWriter {
 public:
  /// `bytes` all belong to `title`.
  void write(ByteView bytes, const std::string& title, Bytes& out);

 private:
  std::size_t until_block_ = icy_interval;
  std::string told_;   ///< As given.
  std::string shown_;  ///< As written.
};

}  // namespace alluvium::bridge
