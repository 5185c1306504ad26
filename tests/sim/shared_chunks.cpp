#include "tests/sim/shared_chunks.hpp"

#include <cstring>

namespace alluvium::sim {

std::optional<Slice> SharedChunks::find(const hash::LeafRow& row, hash::ChunkIndex index,
                                        ByteView bytes) {
  const auto file = files_.find(row.root());
  if (file == files_.end() || bytes.empty()) return std::nullopt;
  const Slice& kept = file->second[index.value];
  const bool is_same = kept.size() == bytes.size() &&
                       (kept.view().data() == bytes.data() ||
                        std::memcmp(kept.view().data(), bytes.data(), bytes.size()) == 0);
  return is_same ? std::optional(kept) : std::nullopt;
}

void SharedChunks::keep(const hash::LeafRow& row, hash::ChunkIndex index, const Slice& chunk) {
  auto& chunks = files_[row.root()];
  chunks.resize(row.layout().count());
  chunks[index.value] = chunk;
}

}  // namespace alluvium::sim
