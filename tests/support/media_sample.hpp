#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace alluvium::test {

/// A file of random bytes with its hash tree. Value type.
struct MediaSample {
  std::string bytes;
  std::shared_ptr<const hash::LeafRow> row;

  explicit MediaSample(std::uint64_t length, std::uint64_t seed = 1) {
    Random random(seed);
    for (std::uint64_t i = 0; i < length; ++i) bytes += static_cast<char>(random.next());
    hash::TreeBuilder builder;
    builder.update(as_bytes(bytes));
    row = std::make_shared<const hash::LeafRow>(builder.finish());
  }
  /// So many chunks, of which the last has 100 bytes.
  static MediaSample of_chunks(std::uint32_t chunks, std::uint64_t seed = 1) {
    return MediaSample((chunks - 1) * hash::chunk_bytes + 100, seed);
  }

  [[nodiscard]] const hash::TreeRoot& root() const { return row->root(); }
  [[nodiscard]] std::string_view part(ByteRange range) const {
    return std::string_view(bytes).substr(range.begin, range.size());
  }
  [[nodiscard]] bool is_chunk(std::uint32_t index, ByteView candidate) const {
    return as_text(candidate) == part(row->layout().bytes_of(hash::ChunkIndex{index}));
  }
  [[nodiscard]] Slice chunk(std::uint32_t index) const {
    return Slice(part(row->layout().bytes_of(hash::ChunkIndex{index})));
  }
};

}  // namespace alluvium::test
