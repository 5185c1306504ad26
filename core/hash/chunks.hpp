#pragma once

#include "core/base/byte_range.hpp"

#include <compare>
#include <cstdint>
#include <functional>

namespace alluvium::hash {

/// One chunk: a segment of the hash tree, the unit of verification, blame and sharing.
inline constexpr std::uint64_t chunk_bytes = 16'384;

/// The longest file anything here deals with; bounds every allocation that a length decides.
inline constexpr std::uint64_t max_file_bytes = std::uint64_t{16} << 30;

/// Position of a chunk in its file. A type of its own, so that it is never mistaken for an offset.
struct ChunkIndex {
  std::uint32_t value = 0;

  ChunkIndex& operator++() {
    ++value;
    return *this;
  }
  [[nodiscard]] ChunkIndex plus(std::uint32_t n) const { return {value + n}; }
  auto operator<=>(const ChunkIndex&) const = default;
};

/// Neighbouring chunks [begin, end).
struct ChunkRun {
  ChunkIndex begin;
  ChunkIndex end;

  [[nodiscard]] std::uint32_t size() const { return end > begin ? end.value - begin.value : 0; }
  [[nodiscard]] bool empty() const { return end <= begin; }
  [[nodiscard]] bool contains(ChunkIndex i) const { return begin <= i && i < end; }
  auto operator<=>(const ChunkRun&) const = default;
};

/// How a file of `length` bytes divides into chunks. An empty file is one empty chunk. Invariant:
/// length ≤ max_file_bytes (the caller's duty).
class ChunkLayout {
 public:
  ChunkLayout() = default;
  explicit ChunkLayout(std::uint64_t length) : length_(length) {}

  [[nodiscard]] std::uint64_t length() const { return length_; }
  [[nodiscard]] std::uint32_t count() const {
    return length_ == 0 ? 1 : static_cast<std::uint32_t>((length_ + chunk_bytes - 1) / chunk_bytes);
  }
  [[nodiscard]] ChunkRun all() const { return {{0}, {count()}}; }
  /// The chunk that holds byte `offset`, clamped to the last one.
  [[nodiscard]] ChunkIndex chunk_at(std::uint64_t offset) const {
    const std::uint64_t i = offset / chunk_bytes;
    return {i < count() ? static_cast<std::uint32_t>(i) : count() - 1};
  }
  [[nodiscard]] ByteRange bytes_of(ChunkRun run) const {
    const std::uint64_t begin = run.begin.value * chunk_bytes;
    const std::uint64_t end = run.end.value * chunk_bytes;
    return {begin < length_ ? begin : length_, end < length_ ? end : length_};
  }
  [[nodiscard]] ByteRange bytes_of(ChunkIndex i) const { return bytes_of({i, i.plus(1)}); }
  /// The chunks that lie wholly inside `range`; the short last chunk counts if its bytes do.
  [[nodiscard]] ChunkRun chunks_inside(ByteRange range) const;

 private:
  std::uint64_t length_ = 0;
};

}  // namespace alluvium::hash

template <>
struct std::hash<alluvium::hash::ChunkIndex> {
  std::size_t operator()(alluvium::hash::ChunkIndex i) const noexcept { return i.value; }
};
