#pragma once

#include "core/swarm/picker.hpp"

#include <vector>

namespace alluvium::swarm {

/// Decides which chunk is asked from whom where the gateway gives directions: what it leases to us
/// from the origin, all else from the peer that it names, which spreads what is asked of each.
/// Within the urgent window, in order, also from one that is known to hold it. What no direction
/// has come for is left alone until there is one (see wants_of). Only what is due at once, and not
/// under way, is taken from the origin out of turn, as far as the ration goes. Pure.
[[nodiscard]] std::vector<Ask> pick_directed(const PickState& state, const PickLimits& limits,
                                             Instant now);

}  // namespace alluvium::swarm
