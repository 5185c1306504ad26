#include "core/swarm/directed_picker.hpp"

#include "core/swarm/picking.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

namespace {

/// Who holds a chunk may have no time for it at once.
constexpr Duration shortest_wait = std::chrono::seconds(1);

class DirectedPicking {
 public:
  DirectedPicking(const PickState& state, const PickLimits& limits, Instant now)
      : state_(state), directions_(*state.directions), picking_(state, limits), now_(now) {}

  void ask_urgently(ChunkRun run) {
    std::uint32_t escapes = state_.escape_chunks;
    for (ChunkIndex i = run.begin; i < run.end; ++i) {
      if (!picking_.is_open(i, true) || follow(i, run.end, true)) continue;
      if (picking_.ask_peer(i, run.end, true)) continue;
      if (state_.critical.contains(i) && escapes > 0 && !is_pointed_somewhere(i) &&
          picking_.ask_origin(i, i.plus(1), true, [](ChunkIndex) { return false; })) {
        --escapes;
      }
    }
  }

  void ask_for_the_rest(ChunkRun run) {
    for (auto i = directions_.next_spoken_of(run.begin);
         i && *i < run.end && picking_.has_bulk_left();
         i = directions_.next_spoken_of(i->plus(1))) {
      if (picking_.is_open(*i, false)) (void)follow(*i, run.end, false);
    }
  }

  std::vector<Ask> take() { return picking_.take(); }

 private:
  template <typename From>
  [[nodiscard]] const From* pointed(ChunkIndex i) const {
    const Direction* const from = directions_.at(i, now_);
    return from == nullptr ? nullptr : std::get_if<From>(from);
  }
  [[nodiscard]] bool is_pointed_somewhere(ChunkIndex i) const {
    return pointed<FromOrigin>(i) != nullptr || pointed<FromPeer>(i) != nullptr;
  }

  /// Goes where the gateway points, if it does.
  bool follow(ChunkIndex i, ChunkIndex end, bool urgent) {
    const Direction* const direction = directions_.at(i, now_);
    if (direction == nullptr) return false;
    if (std::holds_alternative<FromOrigin>(*direction)) {
      return (urgent || picking_.origin_has_bulk_slot()) &&
             picking_.ask_origin(i, end, urgent, [this](ChunkIndex next) {
               return pointed<FromOrigin>(next) != nullptr;
             });
    }
    const auto* const from = std::get_if<FromPeer>(direction);
    if (from == nullptr) return false;
    const bool is_held = from->wait == Duration::zero();
    const Duration wait = std::max(from->wait, shortest_wait);
    const Standing standing{from->ticket, wait, is_held ? wait : from->wait, is_held};
    return picking_.ask_named(from->peer, standing, i, end, urgent, [&](ChunkIndex next) {
      const auto* const same = pointed<FromPeer>(next);
      return same != nullptr && same->peer == from->peer && same->ticket == from->ticket &&
             same->wait == from->wait;
    });
  }

  const PickState& state_;
  const Directions& directions_;
  Picking picking_;
  Instant now_;
};

}  // namespace

std::vector<Ask> pick_directed(const PickState& state, const PickLimits& limits, Instant now) {
  DirectedPicking picking(state, limits, now);
  picking.ask_urgently(state.urgent);
  const bool has_urgent =
      state.held->run_from(state.urgent.begin, state.urgent.size()) >= state.urgent.size();
  if (has_urgent) picking.ask_urgently(state.after_urgent);
  picking.ask_for_the_rest({state.urgent.end, {state.held->size()}});
  picking.ask_for_the_rest({{0}, std::min(state.urgent.begin, ChunkIndex{state.held->size()})});
  return picking.take();
}

}  // namespace alluvium::swarm
