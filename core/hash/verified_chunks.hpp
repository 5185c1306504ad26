#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/tree.hpp"

#include <optional>

namespace alluvium::hash {

/// Chunks that were verified in this process, for whoever meets the same ones again and again: many
/// listeners in one process need not each hash and keep what is bit for bit the same. A program
/// that is one listener has no use for it.
class VerifiedChunks {
 public:
  virtual ~VerifiedChunks() = default;
  /// `bytes` as they were kept, if the very same bytes were verified before as this chunk of this
  /// file; nothing says nothing.
  [[nodiscard]] virtual std::optional<Slice> find(const LeafRow& row, ChunkIndex index,
                                                  ByteView bytes) = 0;
  /// The caller has verified it.
  virtual void keep(const LeafRow& row, ChunkIndex index, const Slice& chunk) = 0;
};

}  // namespace alluvium::hash
