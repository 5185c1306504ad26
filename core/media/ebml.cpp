#include "core/media/ebml.hpp"

#include <bit>

namespace alluvium::media {

std::uint64_t ebml_number(ByteView content) {
  if (content.size() > sizeof(std::uint64_t)) return 0;
  std::uint64_t value = 0;
  for (const std::uint8_t byte : content) value = value << 8 | byte;
  return value;
}

EbmlReading ebml_head_at(ByteView bytes) {
  using State = EbmlReading::State;
  constexpr std::size_t longest_id = 4;
  constexpr std::size_t longest_size = 8;
  if (bytes.empty()) return {State::unclear, {}};
  // As many zeros stand before the first one as bytes follow.
  const auto id_bytes = static_cast<std::size_t>(std::countl_zero(bytes[0])) + 1;
  if (id_bytes > longest_id) return {State::invalid, {}};
  if (bytes.size() <= id_bytes) return {State::unclear, {}};
  const auto size_bytes = static_cast<std::size_t>(std::countl_zero(bytes[id_bytes])) + 1;
  if (size_bytes > longest_size) return {State::invalid, {}};
  if (bytes.size() < id_bytes + size_bytes) return {State::unclear, {}};

  EbmlHead head;
  head.id = static_cast<std::uint32_t>(ebml_number(bytes.first(id_bytes)));
  head.bytes = id_bytes + size_bytes;
  const std::uint64_t unknown = (std::uint64_t{1} << 7 * size_bytes) - 1;
  const std::uint64_t size = ebml_number(bytes.subspan(id_bytes, size_bytes)) & unknown;
  if (size != unknown) head.size = size;
  return {State::found, head};
}

}  // namespace alluvium::media
