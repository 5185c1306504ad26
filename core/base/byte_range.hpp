#pragma once

#include <compare>
#include <cstdint>

namespace alluvium {

/// The bytes [begin, end) of something longer. Half-open everywhere inside the program; the
/// inclusive spelling of HTTP exists only in text (http/range.hpp).
struct ByteRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  [[nodiscard]] std::uint64_t size() const { return end > begin ? end - begin : 0; }
  [[nodiscard]] bool empty() const { return end <= begin; }
  [[nodiscard]] bool contains(ByteRange other) const {
    return begin <= other.begin && other.end <= end;
  }
  auto operator<=>(const ByteRange&) const = default;
};

}  // namespace alluvium
