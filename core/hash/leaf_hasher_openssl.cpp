#include "core/hash/chunks.hpp"
#include "core/hash/leaf_hasher.hpp"
#include "core/hash/tree.hpp"

#include <algorithm>

namespace alluvium::hash {

struct LeafHasher::State {
  void close() {
    leaves.push_back(hasher.finish());
    room = 0;
  }

  Sha256 hasher;
  std::uint64_t room = 0;  ///< In the chunk that is being hashed; 0: none is.
  std::vector<Digest> leaves;
};

LeafHasher::LeafHasher() : state_(std::make_unique<State>()) {}
LeafHasher::~LeafHasher() = default;
LeafHasher::LeafHasher(LeafHasher&&) noexcept = default;
LeafHasher& LeafHasher::operator=(LeafHasher&&) noexcept = default;

void LeafHasher::update(ByteView bytes) {
  State& s = *state_;
  while (!bytes.empty()) {
    if (s.room == 0) {
      s.hasher.update(leaf_prefix);
      s.room = chunk_bytes;
    }
    const ByteView part = bytes.first(std::min<std::uint64_t>(s.room, bytes.size()));
    s.hasher.update(part);
    s.room -= part.size();
    if (s.room == 0) s.close();
    bytes = bytes.subspan(part.size());
  }
}

std::vector<Digest> LeafHasher::finish() {
  State& s = *state_;
  if (s.room > 0) s.close();
  if (s.leaves.empty()) s.leaves.push_back(leaf_hash({}));
  return std::move(s.leaves);
}

std::vector<Digest> row_above(std::span<const Digest> row) {
  std::vector<Digest> above;
  above.reserve((row.size() + 1) / 2);
  for (std::size_t i = 0; i + 1 < row.size(); i += 2) {
    above.push_back(node_hash(row[i], row[i + 1]));
  }
  if (row.size() % 2 == 1) above.push_back(row.back());
  return above;
}

}  // namespace alluvium::hash
