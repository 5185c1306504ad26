#pragma once

#include "core/hash/verified_chunks.hpp"

#include <map>
#include <vector>

namespace alluvium::sim {

/// One copy of each chunk for all listeners of a simulation, hashed once: what comes is compared
/// with it, byte for byte, unless it is that very copy. Without this, hashing and copying the same
/// chunks over and over is most of what a simulation does. Owned by the World.
class SharedChunks final : public hash::VerifiedChunks {
 public:
  std::optional<Slice> find(const hash::LeafRow& row, hash::ChunkIndex index,
                            ByteView bytes) override;
  void keep(const hash::LeafRow& row, hash::ChunkIndex index, const Slice& chunk) override;

 private:
  std::map<hash::TreeRoot, std::vector<Slice>> files_;  ///< A place for each chunk, perhaps empty.
};

}  // namespace alluvium::sim
