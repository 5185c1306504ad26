#include "core/hash/tree.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <cstring>

namespace alluvium::hash {

namespace {

constexpr std::string_view urn_prefix = "urn:tree:sha256:";

}  // namespace

ChunkRun ChunkLayout::chunks_inside(ByteRange range) const {
  if (range.empty() || range.begin > length_) return {};
  const std::uint64_t first = (range.begin + chunk_bytes - 1) / chunk_bytes;
  const std::uint64_t last = range.end >= length_ ? count() : range.end / chunk_bytes;
  if (first >= last) return {};
  return {{static_cast<std::uint32_t>(first)}, {static_cast<std::uint32_t>(last)}};
}

Digest leaf_hash(ByteView chunk) {
  thread_local Sha256 hasher;
  return hasher.update(leaf_prefix).update(chunk).finish();
}

Digest node_hash(const Digest& left, const Digest& right) {
  // One call instead of three: they cost more than the two blocks.
  std::array<std::uint8_t, 1 + 2 * sizeof(Digest)> node;
  node[0] = node_prefix;
  std::copy(left.begin(), left.end(), node.begin() + 1);
  std::copy(right.begin(), right.end(), node.begin() + 1 + sizeof(Digest));
  return sha256(node);
}

Digest root_of(std::span<const Digest> leaves) {
  if (leaves.size() == 1) return leaves.front();
  std::vector<Digest> row = row_above(leaves);
  while (row.size() > 1) row = row_above(row);
  return row.front();
}

std::string TreeRoot::urn() const {
  return std::string(urn_prefix) + base32(digest);
}

std::optional<TreeRoot> TreeRoot::from_urn(std::string_view text) {
  if (!equal_ignoring_case(text.substr(0, urn_prefix.size()), urn_prefix)) return std::nullopt;
  const auto digest = digest_from_base32(text.substr(urn_prefix.size()));
  if (!digest) return std::nullopt;
  return TreeRoot{*digest};
}

Result<LeafRow> LeafRow::parse(ByteView raw, const TreeRoot& root, std::uint64_t length) {
  if (length > max_file_bytes) return Error{"the file is longer than 16 GiB"};
  if (raw.size() != leaf_row_bytes(length)) {
    return Error{"the leaf row has " + std::to_string(raw.size()) + " bytes where a file of " +
                 std::to_string(length) + " bytes needs " + std::to_string(leaf_row_bytes(length))};
  }
  LeafRow row;
  row.root_ = root;
  row.layout_ = ChunkLayout(length);
  row.leaves_.resize(row.layout_.count());
  std::memcpy(row.leaves_.data(), raw.data(), raw.size());
  if (root_of(row.leaves_) != root.digest) {
    return Error{"the leaf row does not hash to " + root.urn()};
  }
  return row;
}

ByteView LeafRow::raw() const {
  static_assert(sizeof(Digest) == 32);
  return {leaves_.front().data(), leaves_.size() * sizeof(Digest)};
}

bool LeafRow::verifies(ChunkIndex index, ByteView chunk) const {
  return index < layout_.all().end && chunk.size() == layout_.bytes_of(index).size() &&
         leaf_hash(chunk) == leaves_[index.value];
}

void TreeBuilder::update(ByteView bytes) {
  leaves_.update(bytes);
  length_ += bytes.size();
}

LeafRow TreeBuilder::finish() {
  LeafRow row;
  row.layout_ = ChunkLayout(length_);
  row.leaves_ = leaves_.finish();
  row.root_ = TreeRoot{root_of(row.leaves_)};
  return row;
}

}  // namespace alluvium::hash
