#include "gateway/swarms.hpp"

#include "core/net/client_of.hpp"

#include <iterator>

namespace alluvium::gateway {

bool Swarms::hold(const net::Endpoint& peer, const hash::TreeRoot& root,
                  const Availability& available, Instant now) {
  auto swarm = swarms_.find(root);
  Peer* known = peers_.find(peer);
  const bool is_member = known != nullptr && swarm != swarms_.end() && swarm->second.has(peer);
  if (!is_member) {
    const net::IpAddress client = net::client_of(peer.address);
    if (records_ >= limits_.total) return false;
    if (per_client_.of(client) >= limits_.per_client) return false;
    if (known != nullptr && known->records == most_records_each) return false;
    ++records_;
    per_client_.add(client);
    known = &peers_[peer];
    ++known->records;
    swarm = swarms_.try_emplace(root, hash_).first;
  }
  swarm->second.hold(peer, available, now + lifetime, known->is_listed != 0);
  return true;
}

void Swarms::leave(const net::Endpoint& peer) {
  if (!peers_.contains(peer)) return;
  for (auto entry = swarms_.begin(); entry != swarms_.end();) {
    if (entry->second.has(peer)) {
      entry->second.leave(peer);
      forget_record(peer);
    }
    entry = entry->second.size() == 0 ? swarms_.erase(entry) : std::next(entry);
  }
}

void Swarms::expire(Instant now) {
  for (auto entry = swarms_.begin(); entry != swarms_.end();) {
    for (const auto& peer : entry->second.expire(now)) forget_record(peer);
    entry = entry->second.size() == 0 ? swarms_.erase(entry) : std::next(entry);
  }
}

void Swarms::set_listed(const net::Endpoint& peer, bool is_listed) {
  Peer* const known = peers_.find(peer);
  if (known == nullptr || (known->is_listed != 0) == is_listed) return;
  known->is_listed = is_listed ? 1 : 0;
  for (auto& [root, swarm] : swarms_) swarm.set_listed(peer, is_listed);
}

std::vector<ListedPeer> Swarms::news_for(const net::Endpoint& peer, const hash::TreeRoot& root,
                                         Instant now) {
  const auto swarm = swarms_.find(root);
  if (swarm == swarms_.end()) return {};
  return swarm->second.news_for(peer, now, random_);
}

bool Swarms::was_told(const net::Endpoint& peer, const hash::TreeRoot& root, Instant now) const {
  const auto swarm = swarms_.find(root);
  return swarm != swarms_.end() && swarm->second.was_told(peer, now);
}

std::vector<ListedPeer> Swarms::pick(const hash::TreeRoot& root, const Swarm::Wanted& wanted,
                                     Instant now) {
  const auto swarm = swarms_.find(root);
  if (swarm == swarms_.end()) return {};
  return swarm->second.pick(wanted, now, random_);
}

void Swarms::forget_record(const net::Endpoint& peer) {
  --records_;
  per_client_.remove(net::client_of(peer.address));
  if (--peers_.find(peer)->records == 0) peers_.erase(peer);
}

}  // namespace alluvium::gateway
