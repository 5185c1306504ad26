#include "core/hash/tree.hpp"

#include "core/base/random.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::hash;

namespace {

Bytes some_bytes(std::size_t count, std::uint64_t seed = 1) {
  Random random(seed);
  Bytes bytes(count);
  for (auto& byte : bytes) byte = static_cast<std::uint8_t>(random.next());
  return bytes;
}

LeafRow row_of(ByteView bytes, std::size_t step = 1 << 20) {
  TreeBuilder builder;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    builder.update(bytes.subspan(at, std::min(step, bytes.size() - at)));
  }
  return builder.finish();
}

}  // namespace

TEST_CASE("the root over RFC 9162's eight leaves is the published one") {
  const std::vector<Bytes> entries = {{},
                                      {0x00},
                                      {0x10},
                                      {0x20, 0x21},
                                      {0x30, 0x31},
                                      {0x40, 0x41, 0x42, 0x43},
                                      {0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57},
                                      {0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69,
                                       0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f}};
  const std::vector<std::string> roots = {
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Digest> leaves;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    leaves.push_back(leaf_hash(entries[i]));
    CHECK(hex(root_of(leaves)) == roots[i]);
  }
}

TEST_CASE("the tree of a file does not depend on how its bytes arrive") {
  const Bytes bytes = some_bytes(5 * chunk_bytes + 77);
  const LeafRow whole = row_of(bytes);
  CHECK(whole.layout().count() == 6);
  for (const std::size_t step :
       {std::size_t{1000}, std::size_t{chunk_bytes}, std::size_t{chunk_bytes + 1}}) {
    CHECK(row_of(bytes, step).root() == whole.root());
  }
}

TEST_CASE("leaves are the same whatever their number and the length of the last") {
  constexpr std::size_t most = 35;  // Two full batches of those that are hashed together, and more.
  const Bytes bytes = some_bytes(most * chunk_bytes);
  std::vector<Digest> whole;
  for (std::size_t i = 0; i < most; ++i) {
    whole.push_back(leaf_hash(ByteView(bytes).subspan(i * chunk_bytes, chunk_bytes)));
  }
  const auto agree = [&](std::size_t before, std::size_t last) {
    const ByteView file = ByteView(bytes).first(before * chunk_bytes + last);
    std::vector<Digest> expected(whole.begin(),
                                 whole.begin() + static_cast<std::ptrdiff_t>(before));
    expected.push_back(leaf_hash(file.subspan(before * chunk_bytes)));
    const LeafRow row = row_of(file);
    return std::ranges::equal(row.leaves(), expected);
  };
  std::size_t wrong = 0;
  for (std::size_t last = 1; last <= chunk_bytes; ++last) wrong += agree(last % 2, last) ? 0 : 1;
  for (std::size_t before = 0; before < most; ++before) {
    for (const std::size_t last : {1, 54, 55, 56, 62, 63, 64, 65, 16'383, 16'384}) {
      wrong += agree(before, last) ? 0 : 1;
    }
  }
  CHECK(wrong == 0);
}

TEST_CASE("a row of nodes is what its pairs hash to, and an odd last one") {
  for (const std::size_t leaves : {2, 3, 16, 31, 32, 33, 34, 65, 100}) {
    std::vector<Digest> row;
    for (std::size_t i = 0; i < leaves; ++i) row.push_back(leaf_hash(some_bytes(10, i)));
    const std::vector<Digest> above = row_above(row);
    REQUIRE(above.size() == (leaves + 1) / 2);
    for (std::size_t i = 0; i < leaves / 2; ++i) {
      CHECK(above[i] == node_hash(row[2 * i], row[2 * i + 1]));
    }
    if (leaves % 2 == 1) CHECK(above.back() == row.back());
  }
}

TEST_CASE("an empty file is one empty leaf") {
  const LeafRow row = row_of({});
  CHECK(row.layout().count() == 1);
  CHECK(hex(row.root().digest) ==
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
  CHECK(row.verifies({0}, {}));
}

TEST_CASE("a leaf row is accepted only with its root and its length") {
  const Bytes bytes = some_bytes(7 * chunk_bytes + 1);
  const LeafRow row = row_of(bytes);
  const Bytes raw = to_bytes(row.raw());
  CHECK(LeafRow::parse(raw, row.root(), bytes.size()).ok());
  CHECK_FALSE(LeafRow::parse(raw, row.root(), 7 * chunk_bytes).ok());
  CHECK_FALSE(LeafRow::parse(raw, row.root(), 8 * chunk_bytes + 1).ok());
  CHECK_FALSE(LeafRow::parse(raw, row.root(), UINT64_MAX).ok());
  CHECK_FALSE(LeafRow::parse(ByteView(raw).first(raw.size() - 1), row.root(), bytes.size()).ok());
  Bytes flipped = raw;
  flipped[40] ^= 1;
  CHECK_FALSE(LeafRow::parse(flipped, row.root(), bytes.size()).ok());
}

TEST_CASE("a chunk verifies only whole, unchanged and in its place") {
  const Bytes bytes = some_bytes(2 * chunk_bytes + 100);
  const LeafRow row = row_of(bytes);
  const ByteView first = ByteView(bytes).first(chunk_bytes);
  const ByteView last = ByteView(bytes).subspan(2 * chunk_bytes);
  CHECK(row.verifies({0}, first));
  CHECK(row.verifies({2}, last));
  CHECK_FALSE(row.verifies({1}, first));
  CHECK_FALSE(row.verifies({0}, first.first(first.size() - 1)));
  CHECK_FALSE(row.verifies({3}, {}));
  Bytes changed = to_bytes(first);
  changed[chunk_bytes - 1] ^= 0x80;
  CHECK_FALSE(row.verifies({0}, changed));
}

TEST_CASE(
    "trees of 2^n and 2^n ± 1 leaves have different roots, and a duplicated last leaf is not "
    "free") {
  for (const std::size_t leaves : {1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17}) {
    std::vector<Digest> row;
    for (std::size_t i = 0; i < leaves; ++i) row.push_back(leaf_hash(some_bytes(10, i)));
    const Digest root = root_of(row);
    row.push_back(row.back());
    CHECK(root_of(row) != root);
  }
}

TEST_CASE("a name is read in any case and only whole") {
  const TreeRoot root = row_of(some_bytes(10)).root();
  CHECK(TreeRoot::from_urn(root.urn()) == root);
  std::string odd = root.urn();
  for (auto& c : odd) c = static_cast<char>(std::tolower(c));
  CHECK(TreeRoot::from_urn(odd) == root);
  CHECK_FALSE(TreeRoot::from_urn(root.urn() + "A"));
  CHECK_FALSE(TreeRoot::from_urn("urn:sha256:" + base32(root.digest)));
  CHECK_FALSE(TreeRoot::from_urn(""));
}

TEST_CASE("chunks inside a range are those whose bytes all are") {
  const ChunkLayout layout(3 * chunk_bytes + 5);
  CHECK(layout.count() == 4);
  CHECK(layout.chunks_inside({0, 3 * chunk_bytes + 5}) == ChunkRun{{0}, {4}});
  CHECK(layout.chunks_inside({1, 3 * chunk_bytes}) == ChunkRun{{1}, {3}});
  CHECK(layout.chunks_inside({1, chunk_bytes}).empty());
  CHECK(layout.chunks_inside({3 * chunk_bytes, UINT64_MAX}) == ChunkRun{{3}, {4}});
}
