#include "gateway/swarms.hpp"

#include "core/net/client_of.hpp"

#include <iterator>

namespace alluvium::gateway {

bool Swarms::hold(const net::Endpoint& peer, const hash::TreeRoot& root, Availability available,
                  Instant now) {
  auto swarm = swarms_.find(root);
  auto known = peers_.find(peer);
  const bool is_member = known != peers_.end() && swarm != swarms_.end() && swarm->second.has(peer);
  if (!is_member) {
    const auto used = per_client_.find(net::client_of(peer.address));
    if (records_ >= limits_.total) return false;
    if (used != per_client_.end() && used->second >= limits_.per_client) return false;
    ++records_;
    ++per_client_[net::client_of(peer.address)];
    if (known == peers_.end()) known = peers_.try_emplace(peer).first;
    ++known->second.records;
    swarm = swarms_.try_emplace(root, hash_).first;
  }
  swarm->second.hold(peer, std::move(available), now + lifetime, known->second.is_listed);
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
  const auto known = peers_.find(peer);
  if (known == peers_.end() || known->second.is_listed == is_listed) return;
  known->second.is_listed = is_listed;
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
  if (const auto used = per_client_.find(net::client_of(peer.address)); --used->second == 0) {
    per_client_.erase(used);
  }
  if (const auto known = peers_.find(peer); --known->second.records == 0) peers_.erase(known);
}

}  // namespace alluvium::gateway
