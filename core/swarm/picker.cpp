#include "core/swarm/picker.hpp"

#include "core/base/random.hpp"
#include "core/swarm/directed_picker.hpp"
#include "core/swarm/picking.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

std::uint64_t MemberKey::order(ChunkIndex chunk) const {
  return Random(value_ + chunk.value).next();
}

MemberKey::MemberKey(const net::Endpoint& member) : value_(member.port) {
  for (const std::uint8_t byte : member.address.bytes()) value_ = Random(value_ ^ byte).next();
}

std::uint64_t turn_order(const net::Endpoint& member, ChunkIndex chunk) {
  return MemberKey(member).order(chunk);
}

std::vector<Ask> Picker::pick(const PickState& state, Instant now) {
  if (state.directions != nullptr) return pick_directed(state, limits_, now);
  Picking picking(state, limits_);
  const std::uint32_t count = state.held->size();
  wanted_since_.resize(count);

  const auto ask_urgently = [&](ChunkRun run) {
    for (ChunkIndex i = run.begin; i < run.end; ++i) {
      if (!picking.is_open(i, true)) continue;
      if (!picking.ask_peer(i, run.end, true) && !picking.ask_first_in_turn(i, true)) {
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

  // Who may have it by now is asked first, for the time of one turn.
  const std::size_t unsure =
      std::any_of(state.peers.begin(), state.peers.end(),
                  [](const PeerChoice& peer) { return peer.is_doubted && !peer.is_failing; })
          ? 1
          : 0;
  const auto is_our_turn = [&](ChunkIndex i) {
    auto& since = wanted_since_[i.value];
    if (!since) since = now;
    const Duration waited = now - *since;
    return !picking.is_held_by_someone(i) && !picking.is_turn_of_supposed(i) &&
           waited >= limits_.turn * static_cast<Duration::rep>(picking.place(i) + unsure);
  };
  std::uint32_t considered = 0;
  const auto consider = [&](ChunkIndex begin, ChunkIndex end) {
    for (ChunkIndex i = begin; i < end && picking.has_bulk_left(); ++i) {
      if (!picking.is_open(i, false)) continue;
      if (picking.is_held_by_someone(i)) {
        wanted_since_[i.value].reset();
        picking.ask_peer(i, end, false);
      } else if (++considered > limits_.turns_considered) {
        continue;
      } else if (picking.ask_first_in_turn(i, false) || picking.ask_doubted(i, false)) {
        continue;
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
