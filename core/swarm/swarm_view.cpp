#include "core/swarm/swarm_view.hpp"

#include <utility>

namespace alluvium::swarm {

const std::vector<SwarmView::Member>& SwarmView::members() {
  const std::uint64_t as_of = book_.membership();
  if (std::exchange(as_of_, as_of) == as_of) return members_;
  members_.clear();
  for (const auto& [endpoint, peer] : book_.all()) {
    const auto available = peer.holdings.find(root_);
    const bool takes_part = !peer.banned && available != peer.holdings.end();
    if (takes_part) members_.push_back({endpoint, &peer, &available->second});
  }
  return members_;
}

}  // namespace alluvium::swarm
