#pragma once

#include "core/base/bytes.hpp"
#include "core/hash/digest.hpp"

#include <memory>
#include <span>
#include <vector>

namespace alluvium::hash {

/// Hashes the chunks of a file, given in pieces of any size, into the leaves of its tree. There is
/// one for OpenSSL, a chunk at a time as its bytes come, and one for libipsec-mb, which collects
/// chunks and hashes several at the same time; the build has one of them. Both give the same.
/// Movable, not for several threads. Owned by TreeBuilder.
class LeafHasher {
 public:
  LeafHasher();
  ~LeafHasher();
  LeafHasher(LeafHasher&&) noexcept;
  LeafHasher& operator=(LeafHasher&&) noexcept;

  void update(ByteView bytes);
  /// All leaves; an empty file has one. Call once.
  [[nodiscard]] std::vector<Digest> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The nodes over a row of more than one, half as many; an odd last one is among them unchanged.
[[nodiscard]] std::vector<Digest> row_above(std::span<const Digest> row);

}  // namespace alluvium::hash
