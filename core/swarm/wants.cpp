#include "core/swarm/wants.hpp"

#include "core/swarm/picking.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

namespace {

class Wanting {
 public:
  Wanting(const PickState& state, Instant now)
      : state_(state), picking_(state, picks_), now_(now) {}

  /// What of `run` has no source, appended as one want a stretch.
  void add(ChunkRun run, bool urgent, Duration by) {
    run.end = std::min(run.end, ChunkIndex{state_.held->size()});
    for (ChunkIndex i = run.begin; i < run.end; ++i) {
      if (!lacks_source(i, urgent)) continue;
      const bool goes_on = !wants_.empty() && wants_.back().run.end == i && wants_.back().by == by;
      if (!goes_on) wants_.push_back({{i, i}, by});
      wants_.back().run.end = i.plus(1);
    }
  }
  [[nodiscard]] bool lacks_source_in(ChunkRun run) {
    run.end = std::min(run.end, ChunkIndex{state_.held->size()});
    for (ChunkIndex i = run.begin; i < run.end; ++i) {
      if (lacks_source(i, false)) return true;
    }
    return false;
  }
  [[nodiscard]] std::vector<Want> take() { return std::move(wants_); }

 private:
  [[nodiscard]] bool lacks_source(ChunkIndex i, bool urgent) {
    return picking_.is_open(i, urgent) && state_.directions->at(i, now_) == nullptr &&
           !(urgent && picking_.can_ask_peer(i, true));
  }

  const PickState& state_;
  PickLimits picks_;
  Picking picking_;
  Instant now_;
  std::vector<Want> wants_;
};

/// Until a block beyond the windows is due that begins there.
Duration due_in(const PickState& state, ChunkIndex begin, const WantLimits& limits) {
  const auto paced = state.pace ? state.pace->due_in_of(begin) : std::nullopt;
  return paced ? std::clamp(*paced, limits.soonest_bulk, limits.longest_bulk) : limits.bulk;
}

store::ChunkMap held_by_neighbours(const PickState& state) {
  store::ChunkMap held(state.held->size());
  for (const PeerChoice& peer : state.peers) {
    if (peer.is_neighbour && !peer.is_failing) held.add(*peer.available);
  }
  return held;
}

/// A block's place in our own order.
std::uint64_t own_order(const PickState& state, std::uint32_t block) {
  return turn_order(state.self.value_or(net::Endpoint{}), {block});
}

}  // namespace

std::vector<Want> wants_of(const PickState& state, Instant now, const WantLimits& limits) {
  Wanting wanting(state, now);
  wanting.add(state.critical, true, limits.critical);
  const ChunkRun later{std::max(state.urgent.begin, state.critical.end), state.urgent.end};
  wanting.add(later, true, limits.urgent);
  wanting.add(state.after_urgent, true, limits.urgent);

  std::size_t open = state.directions->open(now);
  if (state.bulk_requests == 0 || open >= limits.most_open) return wanting.take();
  const std::uint32_t count = state.held->size();
  const auto block_run = [&](std::uint32_t block) {
    return ChunkRun{{block * limits.block}, {std::min((block + 1) * limits.block, count)}};
  };
  const std::uint32_t blocks = (count + limits.block - 1) / limits.block;
  std::vector<std::uint32_t> lacking;
  // From the window on, and then what is before it.
  for (std::uint32_t i = 0; i < blocks && lacking.size() < limits.most_considered; ++i) {
    const std::uint32_t block = (state.urgent.end.value / limits.block + i) % blocks;
    if (wanting.lacks_source_in(block_run(block))) lacking.push_back(block);
  }
  // The next one first, whatever our order says: what is played soon must not come last. Who has
  // neighbours asks first for what they have: it may be the only way to get it.
  if (!lacking.empty()) {
    const store::ChunkMap near = held_by_neighbours(state);
    std::vector<std::pair<bool, std::uint64_t>> order(blocks);
    for (const std::uint32_t block : lacking) {
      const ChunkRun run = block_run(block);
      bool is_near = false;
      for (ChunkIndex i = run.begin; i < run.end; ++i) {
        is_near = is_near || (near.has(i) && !state.held->has(i));
      }
      order[block] = {!is_near, own_order(state, block)};
    }
    std::sort(lacking.begin() + 1, lacking.end(),
              [&](std::uint32_t a, std::uint32_t b) { return order[a] < order[b]; });
  }
  for (const std::uint32_t block : lacking) {
    if (open >= limits.most_open) break;
    // What of it is within the window has been named.
    const ChunkRun run = block_run(block);
    const Duration by = due_in(state, run.begin, limits);
    wanting.add({std::max(run.begin, state.urgent.end), run.end}, false, by);
    wanting.add({run.begin, std::min(run.end, state.urgent.begin)}, false, by);
    open += limits.block;
  }
  return wanting.take();
}

}  // namespace alluvium::swarm
