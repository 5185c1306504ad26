#pragma once

#include "core/base/byte_range.hpp"
#include "core/hash/chunks.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::store {

/// Which chunks of one file somebody has. Value type; the size never changes.
class ChunkMap {
 public:
  ChunkMap() = default;
  explicit ChunkMap(std::uint32_t chunks) : words_((chunks + 63) / 64), size_(chunks) {}
  static ChunkMap all(std::uint32_t chunks);
  /// The chunks that lie wholly inside the ranges, as announced in bytes.
  static ChunkMap from_ranges(const std::vector<ByteRange>& ranges,
                              const hash::ChunkLayout& layout);
  /// `##..#` : for tests and traces.
  static ChunkMap drawn(std::string_view text);

  [[nodiscard]] std::uint32_t size() const { return size_; }
  [[nodiscard]] std::uint32_t count() const { return count_; }
  [[nodiscard]] bool complete() const { return count_ == size(); }
  /// False for chunks beyond the end.
  [[nodiscard]] bool has(hash::ChunkIndex i) const {
    return i.value < size_ && (words_[i.value / 64] >> i.value % 64 & 1) != 0;
  }

  /// Outside the map nothing happens.
  void set(hash::ChunkIndex i);
  void clear(hash::ChunkIndex i);
  /// All that the other one has as well; outside the map nothing happens.
  void add(const ChunkMap& other);

  /// How many follow each other from `i` on without a hole, `limit` at most.
  [[nodiscard]] std::uint32_t run_from(hash::ChunkIndex i, std::uint32_t limit = UINT32_MAX) const;
  [[nodiscard]] std::vector<ByteRange> ranges(const hash::ChunkLayout& layout) const;
  [[nodiscard]] std::string drawing() const;

  bool operator==(const ChunkMap&) const = default;

 private:
  std::vector<std::uint64_t> words_;  ///< A bit a chunk, the lowest first; zero beyond the end.
  std::uint32_t size_ = 0;
  std::uint32_t count_ = 0;
};

}  // namespace alluvium::store
