#include "core/base/bytes.hpp"
#include "core/hash/tree.hpp"
#include "tests/fuzz/require.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>

/// Eight bytes of length, then a row. It is taken only under its own root, and only if it has as
/// many leaves as that length asks for.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace alluvium;
  using fuzz::require;
  if (size < 8) return 0;
  std::uint64_t length = 0;
  for (std::size_t i = 0; i < 8; ++i) length = length << 8 | data[i];
  const ByteView row(data + 8, size - 8);
  std::vector<hash::Digest> leaves(row.size() / sizeof(hash::Digest));
  if (leaves.empty()) return 0;
  std::memcpy(leaves.data(), row.data(), leaves.size() * sizeof(hash::Digest));
  const hash::Digest root = hash::root_of(leaves);
  hash::Digest other = root;
  other[0] ^= 1;
  require(!hash::LeafRow::parse(row, {other}, length).ok());
  const auto read = hash::LeafRow::parse(row, {root}, length);
  if (!read) {
    require(!read.error().message.empty());
    return 0;
  }
  require(length <= hash::max_file_bytes);
  require(hash::leaf_row_bytes(length) == row.size());
  require(std::equal(row.begin(), row.end(), read->raw().begin(), read->raw().end()));
  // Only the empty file has an empty chunk.
  require(length == 0 || !read->verifies(hash::ChunkIndex{0}, ByteView()));
  return 0;
}
