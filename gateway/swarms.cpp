#include "gateway/swarms.hpp"

#include "core/net/client_of.hpp"

#include <iterator>

namespace alluvium::gateway {

bool Swarms::hold(const net::Endpoint& peer, const hash::TreeRoot& root, Availability available,
                  Instant now) {
  const auto known = swarms_.find(root);
  if (known == swarms_.end() || !known->second.has(peer)) {
    const auto used = per_client_.find(net::client_of(peer.address));
    if (records_ >= limits_.total) return false;
    if (used != per_client_.end() && used->second >= limits_.per_client) return false;
    ++records_;
    ++per_client_[net::client_of(peer.address)];
    ++peers_[peer].records;
  }
  swarms_[root].hold(peer, std::move(available), now + lifetime);
  return true;
}

void Swarms::leave(const net::Endpoint& peer) {
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

void Swarms::set_listed(const net::Endpoint& peer, bool listed) {
  if (const auto known = peers_.find(peer); known != peers_.end()) known->second.listed = listed;
}

std::vector<ListedPeer> Swarms::news_for(const net::Endpoint& peer, const hash::TreeRoot& root,
                                         Instant now) {
  const auto swarm = swarms_.find(root);
  if (swarm == swarms_.end()) return {};
  return swarm->second.news_for(peer, now, random_, listed_test());
}

bool Swarms::was_told(const net::Endpoint& peer, const hash::TreeRoot& root, Instant now) const {
  const auto swarm = swarms_.find(root);
  return swarm != swarms_.end() && swarm->second.was_told(peer, now);
}

std::vector<ListedPeer> Swarms::pick(const hash::TreeRoot& root, const Swarm::Wanted& wanted,
                                     Instant now) {
  const auto swarm = swarms_.find(root);
  if (swarm == swarms_.end()) return {};
  return swarm->second.pick(wanted, now, random_, listed_test());
}

void Swarms::forget_record(const net::Endpoint& peer) {
  --records_;
  if (const auto used = per_client_.find(net::client_of(peer.address)); --used->second == 0) {
    per_client_.erase(used);
  }
  if (const auto known = peers_.find(peer); --known->second.records == 0) peers_.erase(known);
}

Swarm::IsListed Swarms::listed_test() const {
  return [this](const net::Endpoint& peer) {
    const auto known = peers_.find(peer);
    return known != peers_.end() && known->second.listed;
  };
}

}  // namespace alluvium::gateway
