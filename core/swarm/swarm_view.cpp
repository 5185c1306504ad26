#include "core/swarm/swarm_view.hpp"

#include <utility>

namespace alluvium::swarm {

const std::vector<SwarmView::Member>& SwarmView::members() {
  const std::uint64_t as_of = book_.membership();
  if (std::exchange(as_of_, as_of) == as_of) return members_;
  members_.clear();
  for (const auto& [endpoint, peer] : book_.in_swarm(root_)) {
    members_.push_back({endpoint, peer, &peer->holdings.at(root_)});
  }
  return members_;
}

}  // namespace alluvium::swarm
