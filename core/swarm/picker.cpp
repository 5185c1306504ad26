#include "core/swarm/picker.hpp"

#include "core/base/random.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

namespace {

/// What of turn_order depends on the member alone: worked out once for all chunks.
std::uint64_t key_of(const net::Endpoint& member) {
  std::uint64_t key = member.port;
  for (const std::uint8_t byte : member.address.bytes()) key = Random(key ^ byte).next();
  return key;
}

std::uint64_t order_of(std::uint64_t key, ChunkIndex chunk) {
  return Random(key + chunk.value).next();
}

/// One decision in the making: the state, and what has been asked so far in this very call.
class Picking {
 public:
  Picking(const PickState& state, const PickLimits& limits)
      : state_(state),
        limits_(limits),
        coverage_(*state.coverage),
        held_by_someone_(state.held->size()),
        peers_(state.peers),
        origin_urgent_(state.origin_urgent_requests),
        origin_bulk_(state.origin_bulk_requests),
        bulk_left_(state.bulk_requests) {
    keys_.reserve(peers_.size());
    for (const PeerChoice& peer : peers_) keys_.push_back(key_of(peer.endpoint));
    if (state_.self) own_key_ = key_of(*state_.self);
    for (const PeerChoice& peer : peers_) {
      if (!peer.is_failing) held_by_someone_.add(*peer.available);
    }
  }

  [[nodiscard]] bool is_open(ChunkIndex i, bool urgent) const {
    if (i.value >= coverage_.size() || state_.held->has(i)) return false;
    return coverage_[i.value] == Coverage::none || (urgent && coverage_[i.value] == Coverage::late);
  }

  [[nodiscard]] bool is_held_by_someone(ChunkIndex i) const { return held_by_someone_.has(i); }

  [[nodiscard]] bool can_ask_peer(ChunkIndex i, bool urgent) {
    return best_peer(i, urgent) != nullptr;
  }

  /// Whether anything may still be asked that is not urgent.
  [[nodiscard]] bool has_bulk_left() const { return bulk_left_ > 0; }

  bool ask_peer(ChunkIndex i, ChunkIndex end, bool urgent) {
    PeerChoice* best = best_peer(i, urgent);
    if (best == nullptr) return false;
    ++best->requests;
    if (is_full(*best, false)) offered_.reset();
    commit(best->endpoint, i, best->is_trusted ? end : std::min(end, i.plus(1)), urgent,
           [&](ChunkIndex next) { return best->available->has(next); });
    return true;
  }

  template <typename May>
  bool ask_origin(ChunkIndex i, ChunkIndex end, bool urgent, May may) {
    unsigned& requests = urgent ? origin_urgent_ : origin_bulk_;
    const unsigned most = urgent ? limits_.origin_urgent_requests : limits_.origin_bulk_requests;
    if (!state_.origin_usable || requests >= most || was_asked(i, std::nullopt)) return false;
    ++requests;
    commit(std::nullopt, i, end, urgent, may);
    return true;
  }

  [[nodiscard]] bool origin_has_bulk_slot() const {
    return state_.origin_usable && state_.origin_bulk_usable &&
           origin_bulk_ < limits_.origin_bulk_requests;
  }

  /// How many members of the swarm come before us for this chunk.
  [[nodiscard]] std::size_t place(ChunkIndex i) const {
    if (!state_.self) return keys_.size();
    const std::uint64_t own = order_of(own_key_, i);
    return static_cast<std::size_t>(std::count_if(
        keys_.begin(), keys_.end(), [&](std::uint64_t key) { return order_of(key, i) < own; }));
  }

  std::vector<Ask> take() { return std::move(asks_); }

 private:
  [[nodiscard]] bool is_full(const PeerChoice& peer, bool urgent) const {
    const unsigned most = urgent ? limits_.urgent_requests_per_peer : limits_.requests_per_peer;
    return peer.requests >= (peer.is_trusted ? most : 1);
  }

  /// Whether anybody who can be asked now for what is not urgent has it. In a crowd that is so for
  /// few of the chunks that are wanted, and the others need not be looked for peer by peer.
  [[nodiscard]] bool is_offered(ChunkIndex i) {
    if (!offered_) {
      offered_.emplace(state_.held->size());
      for (const PeerChoice& peer : peers_) {
        if (peer.is_usable && !is_full(peer, false)) offered_->add(*peer.available);
      }
    }
    return offered_->has(i);
  }

  /// The least busy holder; the chunk decides among equals, so that not all go to the same one.
  [[nodiscard]] PeerChoice* best_peer(ChunkIndex i, bool urgent) {
    if (!urgent && !is_offered(i)) return nullptr;
    PeerChoice* best = nullptr;
    std::uint64_t order_of_best = 0;
    for (std::size_t p = 0; p < peers_.size(); ++p) {
      PeerChoice& peer = peers_[p];
      if (!peer.is_usable || is_full(peer, urgent)) continue;
      if (best != nullptr && peer.requests > best->requests) continue;
      if (!peer.available->has(i) || was_asked(i, peer.endpoint)) continue;
      const std::uint64_t order = order_of(keys_[p], i);
      if (best == nullptr || peer.requests < best->requests || order < order_of_best) {
        best = &peer;
        order_of_best = order;
      }
    }
    return best;
  }

  [[nodiscard]] bool was_asked(ChunkIndex i, const std::optional<net::Endpoint>& source) const {
    return std::find(state_.asked_from.begin(), state_.asked_from.end(), std::pair(i, source)) !=
           state_.asked_from.end();
  }

  template <typename May>
  void commit(std::optional<net::Endpoint> source, ChunkIndex i, ChunkIndex end, bool urgent,
              May may) {
    const std::uint32_t most = urgent ? limits_.urgent_run : limits_.bulk_run;
    ChunkRun run{i, i};
    while (run.end < end && run.size() < most &&
           (run.end == i ||
            (is_open(run.end, urgent) && may(run.end) && !was_asked(run.end, source)))) {
      Coverage& covered = coverage_[run.end.value];
      covered = covered == Coverage::none ? Coverage::asked : Coverage::twice;
      ++run.end;
    }
    if (!urgent) --bulk_left_;
    asks_.push_back({std::move(source), run, urgent});
  }

  const PickState& state_;
  const PickLimits& limits_;
  std::vector<Coverage> coverage_;
  store::ChunkMap held_by_someone_;  ///< By a peer that answers.
  std::optional<store::ChunkMap> offered_;
  std::vector<PeerChoice> peers_;
  std::vector<std::uint64_t> keys_;  ///< Of the peers, for turn_order.
  std::uint64_t own_key_ = 0;
  unsigned origin_urgent_;
  unsigned origin_bulk_;
  unsigned bulk_left_;
  std::vector<Ask> asks_;
};

}  // namespace

std::uint64_t turn_order(const net::Endpoint& member, ChunkIndex chunk) {
  return order_of(key_of(member), chunk);
}

std::vector<Ask> Picker::pick(const PickState& state, Instant now) {
  Picking picking(state, limits_);
  const std::uint32_t count = state.held->size();
  wanted_since_.resize(count);

  const auto ask_urgently = [&](ChunkRun run) {
    for (ChunkIndex i = run.begin; i < run.end; ++i) {
      if (!picking.is_open(i, true)) continue;
      if (!picking.ask_peer(i, run.end, true)) {
        picking.ask_origin(i, run.end, true,
                           [&](ChunkIndex next) { return !picking.can_ask_peer(next, true); });
      }
    }
  };
  ChunkRun urgent = state.urgent;
  if (state.only_next) urgent.end = std::min(urgent.begin.plus(1), urgent.end);
  ask_urgently(urgent);
  const bool has_urgent = state.held->run_from(urgent.begin, urgent.size()) >= urgent.size();
  if (has_urgent && !state.only_next) ask_urgently(state.after_urgent);
  if (state.only_next) return picking.take();

  const auto is_our_turn = [&](ChunkIndex i) {
    auto& since = wanted_since_[i.value];
    if (!since) since = now;
    const Duration waited = now - *since;
    return !picking.is_held_by_someone(i) &&
           waited >= limits_.turn * static_cast<Duration::rep>(picking.place(i));
  };
  const auto consider = [&](ChunkIndex begin, ChunkIndex end) {
    for (ChunkIndex i = begin; i < end && picking.has_bulk_left(); ++i) {
      if (!picking.is_open(i, false)) continue;
      if (picking.is_held_by_someone(i)) {
        wanted_since_[i.value].reset();
        picking.ask_peer(i, end, false);
      } else if (!picking.origin_has_bulk_slot()) {
        // The waiting begins all the same, once the members are known; their order need not be
        // worked out.
        if (!wanted_since_[i.value] && state.origin_bulk_usable) wanted_since_[i.value] = now;
      } else if (is_our_turn(i)) {
        picking.ask_origin(i, end, false, is_our_turn);
      }
    }
  };
  consider(state.urgent.end, {count});
  consider({0}, std::min(state.urgent.begin, ChunkIndex{count}));
  return picking.take();
}

}  // namespace alluvium::swarm
