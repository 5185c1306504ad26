#pragma once

#include "core/swarm/peer_book.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// Who takes part in the swarm of one file, as the book of peers has it, banned ones excepted. It
/// is looked up again only when that has changed: many more chunks arrive than peers come and go.
/// Owned by a Download; the book outlives it.
class SwarmView {
 public:
  struct Member {
    net::Endpoint endpoint;
    const Peer* peer = nullptr;
    const store::ChunkMap* available = nullptr;
  };

  SwarmView(const PeerBook& book, const hash::TreeRoot& root) : book_(book), root_(root) {}
  /// In the order of their addresses; valid until the book's membership changes.
  [[nodiscard]] const std::vector<Member>& members();

 private:
  const PeerBook& book_;
  hash::TreeRoot root_;
  std::optional<std::uint64_t> as_of_;
  std::vector<Member> members_;
};

}  // namespace alluvium::swarm
