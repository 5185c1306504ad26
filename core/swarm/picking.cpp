#include "core/swarm/picking.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

Picking::Picking(const PickState& state, const PickLimits& limits)
    : state_(state),
      limits_(limits),
      coverage_(*state.coverage),
      peers_(state.peers),
      keys_(peers_.size()),
      origin_urgent_(state.origin_urgent_requests),
      origin_bulk_(state.origin_bulk_requests),
      bulk_left_(state.bulk_requests) {}

bool Picking::is_held_by_someone(ChunkIndex i) {
  if (!held_by_someone_) {
    held_by_someone_.emplace(state_.held->size());
    for (const PeerChoice& peer : peers_) {
      if (!peer.is_failing) held_by_someone_->add(*peer.available);
    }
  }
  return held_by_someone_->has(i);
}

bool Picking::is_open(ChunkIndex i, bool urgent) const {
  if (i.value >= coverage_.size() || state_.held->has(i)) return false;
  return coverage_[i.value] == Coverage::none || (urgent && coverage_[i.value] == Coverage::late);
}

bool Picking::origin_has_bulk_slot() const {
  return state_.origin_usable && state_.origin_bulk_usable && !state_.is_meeting &&
         origin_bulk_ < limits_.origin_bulk_requests;
}

bool Picking::ask_peer(ChunkIndex i, ChunkIndex end, bool urgent) {
  PeerChoice* best = best_peer(i, urgent);
  if (best == nullptr) return false;
  count(*best);
  (void)commit(best->endpoint, i, best->is_trusted ? end : std::min(end, i.plus(1)), urgent,
               [&](ChunkIndex next) { return best->available->has(next); });
  return true;
}

PeerChoice* Picking::first_in_turn(ChunkIndex i) {
  PeerChoice* first = nullptr;
  std::uint64_t least = state_.self ? turn_order(*state_.self, i) : UINT64_MAX;
  for (std::size_t p = 0; p < peers_.size(); ++p) {
    if (peers_[p].is_failing || order(p, i) >= least) continue;
    first = &peers_[p];
    least = order(p, i);
  }
  return first;
}

bool Picking::ask_first_in_turn(ChunkIndex i, bool urgent) {
  PeerChoice* const first = first_in_turn(i);
  const bool is_unsure = first != nullptr && (first->is_supposed || first->is_doubted);
  return is_unsure && ask_whether(*first, i, urgent);
}

bool Picking::ask_doubted(ChunkIndex i, bool urgent) {
  PeerChoice* best = nullptr;
  std::uint64_t order_of_best = 0;
  for (std::size_t p = 0; p < peers_.size(); ++p) {
    PeerChoice& peer = peers_[p];
    if (!peer.is_doubted || !has_place(peer, urgent) || was_asked(i, peer.endpoint)) continue;
    const std::uint64_t order_here = order(p, i);
    if (best != nullptr && order_here >= order_of_best) continue;
    best = &peer;
    order_of_best = order_here;
  }
  return best != nullptr && ask_whether(*best, i, urgent);
}

bool Picking::ask_whether(PeerChoice& peer, ChunkIndex i, bool urgent) {
  if (!has_place(peer, urgent) || was_asked(i, peer.endpoint)) return false;
  count(peer);
  commit(peer.endpoint, i, i.plus(1), urgent, [](ChunkIndex) { return false; }).standing =
      Standing{std::nullopt, limits_.unsure_wait, limits_.unsure_wait, false};
  return true;
}

bool Picking::ask_origin(ChunkIndex i, ChunkIndex end, bool urgent, const May& may) {
  unsigned& requests = urgent ? origin_urgent_ : origin_bulk_;
  const unsigned most = urgent ? limits_.origin_urgent_requests : limits_.origin_bulk_requests;
  if (!state_.origin_usable || requests >= most || was_asked(i, std::nullopt)) return false;
  ++requests;
  (void)commit(std::nullopt, i, end, urgent, may);
  return true;
}

bool Picking::ask_named(const net::Endpoint& peer, const Standing& standing, ChunkIndex i,
                        ChunkIndex end, bool urgent, const May& may) {
  const auto choice = std::find_if(peers_.begin(), peers_.end(),
                                   [&](const PeerChoice& known) { return known.endpoint == peer; });
  if (choice == peers_.end() || !has_place(*choice, urgent) || was_asked(i, peer)) return false;
  count(*choice);
  commit(peer, i, end, urgent, may).standing = standing;
  return true;
}

void Picking::count(PeerChoice& peer) {
  ++peer.requests;
  if (!has_place(peer, false)) offered_.reset();
}

bool Picking::is_offered(ChunkIndex i) {
  if (!offered_) {
    offered_.emplace(state_.held->size());
    for (const PeerChoice& peer : peers_) {
      if (has_place(peer, false)) offered_->add(*peer.available);
    }
  }
  return offered_->has(i);
}

bool Picking::has_place(const PeerChoice& peer, bool urgent) const {
  const unsigned most = urgent ? limits_.urgent_requests_per_peer : limits_.requests_per_peer;
  return peer.is_usable && peer.requests < (peer.is_trusted && !peer.is_neighbour ? most : 1);
}

PeerChoice* Picking::best_peer(ChunkIndex i, bool urgent) {
  if (!urgent && !is_offered(i)) return nullptr;
  PeerChoice* best = nullptr;
  std::uint64_t order_of_best = 0;
  for (std::size_t p = 0; p < peers_.size(); ++p) {
    PeerChoice& peer = peers_[p];
    if (!has_place(peer, urgent)) continue;
    if (best != nullptr && peer.requests > best->requests) continue;
    if (!peer.available->has(i) || was_asked(i, peer.endpoint)) continue;
    const std::uint64_t order_here = order(p, i);
    if (best == nullptr || peer.requests < best->requests || order_here < order_of_best) {
      best = &peer;
      order_of_best = order_here;
    }
  }
  return best;
}

std::uint64_t Picking::order(std::size_t peer, ChunkIndex i) {
  auto& key = keys_[peer];
  if (!key) key.emplace(peers_[peer].endpoint);
  return key->order(i);
}

std::size_t Picking::place(ChunkIndex i) {
  if (!state_.self) return peers_.size();
  const std::uint64_t own = turn_order(*state_.self, i);
  std::size_t before = 0;
  for (std::size_t p = 0; p < peers_.size(); ++p) {
    if (order(p, i) < own) ++before;
  }
  return before;
}

bool Picking::was_asked(ChunkIndex i, const std::optional<net::Endpoint>& source) const {
  return std::find(state_.asked_from.begin(), state_.asked_from.end(), std::pair(i, source)) !=
         state_.asked_from.end();
}

Ask& Picking::commit(std::optional<net::Endpoint> source, ChunkIndex i, ChunkIndex end, bool urgent,
                     const May& may) {
  const std::uint32_t most = urgent ? limits_.urgent_run : limits_.bulk_run;
  ChunkRun run{i, i};
  while (
      run.end < end && run.size() < most &&
      (run.end == i || (is_open(run.end, urgent) && may(run.end) && !was_asked(run.end, source)))) {
    Coverage& covered = coverage_[run.end.value];
    covered = covered == Coverage::none ? Coverage::asked : Coverage::twice;
    ++run.end;
  }
  if (!urgent) --bulk_left_;
  return asks_.emplace_back(Ask{std::move(source), run, urgent, {}});
}

}  // namespace alluvium::swarm
