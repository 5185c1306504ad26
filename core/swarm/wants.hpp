#pragma once

#include "core/swarm/picker.hpp"

#include <vector>

namespace alluvium::swarm {

/// Chunks that the gateway is to say something about.
struct Want {
  hash::ChunkRun run;
  Duration by{};  ///< When they are due, roughly.
  bool operator==(const Want&) const = default;
};

struct WantLimits {
  Duration critical = std::chrono::seconds(1);
  Duration urgent = std::chrono::seconds(3);
  /// Of what nobody waits for. Not more: what is due later may stay with sources that never serve.
  Duration bulk = std::chrono::seconds(10);
  /// Of what is played after the windows, as the pace has it.
  Duration soonest_bulk = std::chrono::seconds(5);
  Duration longest_bulk = std::chrono::hours(1);
  /// Beyond the windows this much is asked for at a time; the gateway leases the same.
  std::uint32_t block = 16;
  /// Among so many blocks, from the window on.
  std::size_t most_considered = 64;
  /// So many chunks may wait to be fetched where the gateway said; then no more is asked for.
  std::size_t most_open = 48;
};

/// What of a file we do not know where to get: all of it within the windows, beyond them the next
/// block and others in an order of our own, so that neighbours have something to trade. `state` has
/// directions. Pure.
[[nodiscard]] std::vector<Want> wants_of(const PickState& state, Instant now,
                                         const WantLimits& limits = {});

}  // namespace alluvium::swarm
