#pragma once

#include "core/swarm/picker.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// One decision in the making: the state, and what has been asked so far in this very call. Lives
/// no longer than the state.
class Picking {
 public:
  /// Of the chunks behind the first one of a request, whether that one belongs to it as well.
  using May = std::function<bool(hash::ChunkIndex)>;

  Picking(const PickState& state, const PickLimits& limits);

  /// Whether that chunk is still to be asked for.
  [[nodiscard]] bool is_open(hash::ChunkIndex i, bool urgent) const;
  [[nodiscard]] bool is_held_by_someone(hash::ChunkIndex i);
  [[nodiscard]] bool can_ask_peer(hash::ChunkIndex i, bool urgent) {
    return best_peer(i, urgent) != nullptr;
  }
  /// Whether anything may still be asked that is not urgent.
  [[nodiscard]] bool has_bulk_left() const { return bulk_left_ > 0; }
  [[nodiscard]] bool origin_has_bulk_slot() const;
  /// How many members of the swarm come before us for this chunk.
  [[nodiscard]] std::size_t place(hash::ChunkIndex i);

  /// Each asks for the chunk and what may go with it in one request, up to `end`; false if that
  /// source cannot be asked now.
  bool ask_peer(hash::ChunkIndex i, hash::ChunkIndex end, bool urgent);
  /// Whose turn it is to fetch the chunk, if it may have it by now: it is to hold the request while
  /// it does.
  bool ask_first_in_turn(hash::ChunkIndex i, bool urgent);
  /// Anybody who may have it by now.
  bool ask_doubted(hash::ChunkIndex i, bool urgent);
  /// Whether it is the turn of one who is only supposed to take part.
  [[nodiscard]] bool is_turn_of_supposed(hash::ChunkIndex i) {
    const PeerChoice* const first = first_in_turn(i);
    return first != nullptr && first->is_supposed;
  }
  bool ask_origin(hash::ChunkIndex i, hash::ChunkIndex end, bool urgent, const May& may);
  /// A peer that the gateway named, whether it is known to hold the chunk or not.
  bool ask_named(const net::Endpoint& peer, const Standing& standing, hash::ChunkIndex i,
                 hash::ChunkIndex end, bool urgent, const May& may);

  [[nodiscard]] std::vector<Ask> take() { return std::move(asks_); }

 private:
  /// The least busy holder; the chunk decides among equals, so that not all go to the same one.
  [[nodiscard]] PeerChoice* best_peer(hash::ChunkIndex i, bool urgent);
  /// Whether anybody who can be asked now for what is not urgent has it. In a crowd that is so for
  /// few of the chunks that are wanted, and the others need not be looked for peer by peer.
  [[nodiscard]] bool is_offered(hash::ChunkIndex i);
  void count(PeerChoice& peer);
  bool ask_whether(PeerChoice& peer, hash::ChunkIndex i, bool urgent);
  /// Who is to fetch the chunk before all others that answer; null if we are.
  [[nodiscard]] PeerChoice* first_in_turn(hash::ChunkIndex i);
  [[nodiscard]] std::uint64_t order(std::size_t peer, hash::ChunkIndex i);
  [[nodiscard]] bool has_place(const PeerChoice& peer, bool urgent) const;
  [[nodiscard]] bool was_asked(hash::ChunkIndex i,
                               const std::optional<net::Endpoint>& source) const;
  Ask& commit(std::optional<net::Endpoint> source, hash::ChunkIndex i, hash::ChunkIndex end,
              bool urgent, const May& may);

  const PickState& state_;
  const PickLimits& limits_;
  std::vector<Coverage> coverage_;
  // Made when they are needed: most decisions are about chunks whose source is known.
  std::optional<store::ChunkMap> held_by_someone_;  ///< By a peer that answers.
  std::optional<store::ChunkMap> offered_;  ///< By peers that can be asked for what is not urgent.
  std::vector<PeerChoice> peers_;
  std::vector<std::optional<MemberKey>> keys_;  ///< Of the peers.
  unsigned origin_urgent_;
  unsigned origin_bulk_;
  unsigned bulk_left_;
  std::vector<Ask> asks_;
};

}  // namespace alluvium::swarm
