#include "core/hash/tree.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <cstring>

namespace alluvium::hash {

namespace {

constexpr std::uint8_t leaf_prefix = 0x00;
constexpr std::uint8_t node_prefix = 0x01;
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
  thread_local Sha256 hasher;
  return hasher.update(node_prefix).update(left).update(right).finish();
}

Digest root_of(std::span<const Digest> leaves) {
  std::vector<Digest> row(leaves.begin(), leaves.end());
  while (row.size() > 1) {
    std::size_t filled = 0;
    for (std::size_t i = 0; i < row.size(); i += 2) {
      row[filled++] = i + 1 < row.size() ? node_hash(row[i], row[i + 1]) : row[i];
    }
    row.resize(filled);
  }
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
  while (!bytes.empty()) {
    if (!leaf_open_) {
      hasher_.update(leaf_prefix);
      leaf_open_ = true;
    }
    const std::uint64_t room = chunk_bytes - length_ % chunk_bytes;
    const ByteView part = bytes.first(std::min<std::uint64_t>(room, bytes.size()));
    hasher_.update(part);
    length_ += part.size();
    bytes = bytes.subspan(part.size());
    if (length_ % chunk_bytes == 0) close_leaf();
  }
}

void TreeBuilder::close_leaf() {
  leaves_.push_back(hasher_.finish());
  leaf_open_ = false;
}

LeafRow TreeBuilder::finish() {
  if (leaf_open_) close_leaf();
  if (leaves_.empty()) leaves_.push_back(leaf_hash({}));
  LeafRow row;
  row.layout_ = ChunkLayout(length_);
  row.leaves_ = std::move(leaves_);
  row.root_ = TreeRoot{root_of(row.leaves_)};
  return row;
}

}  // namespace alluvium::hash
