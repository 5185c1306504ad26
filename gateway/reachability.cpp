#include "gateway/reachability.hpp"

namespace alluvium::gateway {

bool Reachability::Entry::is_due(Instant now) const {
  const Duration pause = phase == Phase::failed_once ? second_look_after : lifetime;
  return !being_checked && age(now) >= pause;
}

std::optional<bool> Reachability::result(const net::Endpoint& peer, Instant now) const {
  const Entry* const known = entries_.find(peer);
  if (known == nullptr || known->phase == Phase::first_check) return std::nullopt;
  // Until the next check has ended, the last result goes on counting, unless it is too old.
  if (!known->being_checked && known->age(now) >= 2 * lifetime) return std::nullopt;
  return known->phase == Phase::reachable;
}

bool Reachability::is_due(const net::Endpoint& peer, Instant now) const {
  const Entry* const known = entries_.find(peer);
  return known == nullptr || known->is_due(now);
}

bool Reachability::begin_check(const net::Endpoint& peer, Instant now) {
  if (!is_due(peer, now)) return false;
  if (!entries_.contains(peer) && !make_room(now)) return false;
  entries_[peer].being_checked = true;
  return true;
}

void Reachability::record(const net::Endpoint& peer, bool reachable, Instant now) {
  Entry& entry = entries_[peer];
  const bool failed_before = entry.phase == Phase::failed_once || entry.phase == Phase::failed;
  entry.being_checked = false;
  entry.checked = std::chrono::floor<decltype(entry.checked)>(now.time_since_epoch());
  entry.phase = reachable ? Phase::reachable : failed_before ? Phase::failed : Phase::failed_once;
}

void Reachability::recall(const net::Endpoint& peer, bool reachable, Instant now) {
  if (!entries_.contains(peer) && make_room(now)) record(peer, reachable, now);
}

bool Reachability::make_room(Instant now) {
  if (entries_.size() < max_endpoints) return true;
  entries_.erase_if([&](const Entry& entry) { return entry.is_due(now); });
  return entries_.size() < max_endpoints;
}

}  // namespace alluvium::gateway
