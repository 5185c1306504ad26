#pragma once

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"
#include "core/hash/chunks.hpp"
#include "core/hash/digest.hpp"
#include "core/hash/leaf_hasher.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::hash {

/// THEX (Tree Hash EXchange) with SHA-256: leaf = H(0x00 ‖ chunk), node = H(0x01 ‖ left ‖ right),
/// an odd node is promoted unchanged. For one leaf or more this is RFC 9162's Merkle Tree Hash.
inline constexpr std::uint8_t leaf_prefix = 0x00;
inline constexpr std::uint8_t node_prefix = 0x01;
[[nodiscard]] Digest leaf_hash(ByteView chunk);
[[nodiscard]] Digest node_hash(const Digest& left, const Digest& right);
/// The root over a row of leaves; `leaves` must not be empty.
[[nodiscard]] Digest root_of(std::span<const Digest> leaves);

/// The name of a file: the root of its tree, written `urn:tree:sha256:<base32>`. Value type.
struct TreeRoot {
  Digest digest{};

  [[nodiscard]] std::string urn() const;
  /// Case does not matter anywhere in it (RFC 8141 for the prefix, RFC 4648 for the digits).
  static std::optional<TreeRoot> from_urn(std::string_view text);
  auto operator<=>(const TreeRoot&) const = default;
};

/// The leaves of one file, known to hash to its root and to be as many as its length asks for. The
/// only ways to get one are to hash the file or to pass this check, so whoever holds a LeafRow may
/// verify with it. One caveat: a row of inner nodes passes with a smaller length, so blame nobody
/// for a false chunk before one chunk has verified.
class LeafRow {
 public:
  /// Checks `raw` (32 bytes a leaf) against the root and the length of the file.
  static Result<LeafRow> parse(ByteView raw, const TreeRoot& root, std::uint64_t length);

  [[nodiscard]] const TreeRoot& root() const { return root_; }
  [[nodiscard]] const ChunkLayout& layout() const { return layout_; }
  [[nodiscard]] std::span<const Digest> leaves() const { return leaves_; }
  [[nodiscard]] ByteView raw() const;
  /// True if `chunk` is, whole, what the file has at `index`.
  [[nodiscard]] bool verifies(ChunkIndex index, ByteView chunk) const;

 private:
  friend class TreeBuilder;
  LeafRow() = default;

  TreeRoot root_;
  ChunkLayout layout_;
  std::vector<Digest> leaves_;
};

/// The bytes a row has for a file of `length` bytes.
[[nodiscard]] inline std::uint64_t leaf_row_bytes(std::uint64_t length) {
  return std::uint64_t{ChunkLayout(length).count()} * 32;
}

/// Builds a LeafRow from a file's bytes, given in pieces of any size.
class TreeBuilder {
 public:
  /// Bytes beyond max_file_bytes are the caller's error; check `length()` first.
  void update(ByteView bytes);
  [[nodiscard]] std::uint64_t length() const { return length_; }
  /// Call once.
  [[nodiscard]] LeafRow finish();

 private:
  LeafHasher leaves_;
  std::uint64_t length_ = 0;
};

}  // namespace alluvium::hash
