#include "gateway/reachability.hpp"

namespace alluvium::gateway {

std::optional<bool> Reachability::result(const net::Endpoint& peer, Instant now) const {
  const auto known = entries_.find(peer);
  if (known == entries_.end() || known->second.phase == Phase::first_check) return std::nullopt;
  // Until the next check has ended, the last result goes on counting.
  if (!known->second.being_checked && now >= known->second.forget) return std::nullopt;
  return known->second.phase == Phase::reachable;
}

bool Reachability::is_due(const net::Endpoint& peer, Instant now) const {
  const auto known = entries_.find(peer);
  return known == entries_.end() ||
         (!known->second.being_checked && now >= known->second.check_again);
}

bool Reachability::begin_check(const net::Endpoint& peer, Instant now) {
  const auto known = entries_.find(peer);
  if (known == entries_.end()) {
    if (!make_room(now)) return false;
    entries_[peer];
    return true;
  }
  Entry& entry = known->second;
  if (entry.being_checked || now < entry.check_again) return false;
  entry.being_checked = true;
  return true;
}

void Reachability::record(const net::Endpoint& peer, bool reachable, Instant now) {
  Entry& entry = entries_[peer];
  const bool failed_before = entry.phase == Phase::failed_once || entry.phase == Phase::failed;
  entry.being_checked = false;
  entry.forget = now + 2 * lifetime;
  if (reachable) {
    entry.phase = Phase::reachable;
    entry.check_again = now + lifetime;
  } else if (failed_before) {
    entry.phase = Phase::failed;
    entry.check_again = now + lifetime;
  } else {
    entry.phase = Phase::failed_once;
    entry.check_again = now + second_look_after;
  }
}

bool Reachability::make_room(Instant now) {
  if (entries_.size() < max_endpoints) return true;
  std::erase_if(entries_, [&](const auto& entry) {
    return !entry.second.being_checked && now >= entry.second.check_again;
  });
  return entries_.size() < max_endpoints;
}

}  // namespace alluvium::gateway
