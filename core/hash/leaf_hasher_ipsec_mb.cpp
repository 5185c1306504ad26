#include "core/hash/chunks.hpp"
#include "core/hash/leaf_hasher.hpp"
#include "core/hash/tree.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>

#include <intel-ipsec-mb.h>

namespace alluvium::hash {

namespace {

/// As many as the widest registers take; with narrower ones they are done in turns.
constexpr std::size_t lanes = 16;
constexpr std::size_t node_bytes = 1 + 2 * sizeof(Digest);

/// Computes the digests of messages side by side. Not for several threads.
class ManyDigests {
 public:
  ManyDigests() {
    if (!manager_) throw std::bad_alloc();
    init_mb_mgr_auto(manager_.get(), nullptr);
  }

  /// Both stay where they are until `flush`.
  void add(const std::uint8_t* message, std::size_t bytes, Digest& digest) {
    IMB_JOB* job = IMB_GET_NEXT_JOB(manager_.get());
    *job = {};
    job->cipher_mode = IMB_CIPHER_NULL;
    job->cipher_direction = IMB_DIR_ENCRYPT;
    job->chain_order = IMB_ORDER_HASH_CIPHER;
    job->hash_alg = IMB_AUTH_SHA_256;
    job->src = message;
    job->msg_len_to_hash_in_bytes = bytes;
    job->auth_tag_output = digest.data();
    job->auth_tag_output_len_in_bytes = digest.size();
    IMB_SUBMIT_JOB(manager_.get());
  }
  void flush() {
    while (IMB_FLUSH_JOB(manager_.get()) != nullptr) {
    }
  }

 private:
  struct Free {
    void operator()(IMB_MGR* manager) const { free_mb_mgr(manager); }
  };
  std::unique_ptr<IMB_MGR, Free> manager_{alloc_mb_mgr(0)};
};

/// One for each thread that hashes: making one takes longer than a batch.
ManyDigests& many_digests() {
  thread_local ManyDigests digests;
  return digests;
}

}  // namespace

struct LeafHasher::State {
  using Prefixed = std::array<std::uint8_t, 1 + chunk_bytes>;

  State() {
    for (auto& chunk : chunks) chunk[0] = leaf_prefix;
  }
  void hash_collected() {
    const std::size_t before = leaves.size();
    const std::size_t count = (collected + chunk_bytes - 1) / chunk_bytes;
    leaves.resize(before + count);
    ManyDigests& digests = many_digests();
    for (std::size_t i = 0; i < count; ++i) {
      const auto bytes = std::min<std::size_t>(chunk_bytes, collected - i * chunk_bytes);
      digests.add(chunks[i].data(), 1 + bytes, leaves[before + i]);
    }
    digests.flush();
    collected = 0;
  }

  std::array<Prefixed, lanes> chunks;
  std::size_t collected = 0;  ///< Bytes in `chunks`, without the prefixes.
  std::vector<Digest> leaves;
};

LeafHasher::LeafHasher() : state_(std::make_unique<State>()) {}
LeafHasher::~LeafHasher() = default;
LeafHasher::LeafHasher(LeafHasher&&) noexcept = default;
LeafHasher& LeafHasher::operator=(LeafHasher&&) noexcept = default;

void LeafHasher::update(ByteView bytes) {
  State& s = *state_;
  while (!bytes.empty()) {
    const std::size_t filled = s.collected % chunk_bytes;
    const ByteView part = bytes.first(std::min(chunk_bytes - filled, bytes.size()));
    std::memcpy(s.chunks[s.collected / chunk_bytes].data() + 1 + filled, part.data(), part.size());
    s.collected += part.size();
    if (s.collected == lanes * chunk_bytes) s.hash_collected();
    bytes = bytes.subspan(part.size());
  }
}

std::vector<Digest> LeafHasher::finish() {
  State& s = *state_;
  s.hash_collected();
  if (s.leaves.empty()) s.leaves.push_back(leaf_hash({}));
  return std::move(s.leaves);
}

std::vector<Digest> row_above(std::span<const Digest> row) {
  std::vector<Digest> above((row.size() + 1) / 2);
  std::array<std::array<std::uint8_t, node_bytes>, lanes> nodes;
  ManyDigests& digests = many_digests();
  std::size_t done = 0;
  while (done < row.size() / 2) {
    const std::size_t count = std::min(lanes, row.size() / 2 - done);
    for (std::size_t i = 0; i < count; ++i) {
      nodes[i][0] = node_prefix;
      std::memcpy(nodes[i].data() + 1, &row[2 * (done + i)], 2 * sizeof(Digest));
      digests.add(nodes[i].data(), node_bytes, above[done + i]);
    }
    digests.flush();
    done += count;
  }
  if (row.size() % 2 == 1) above.back() = row.back();
  return above;
}

}  // namespace alluvium::hash
