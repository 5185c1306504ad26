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
    known = add_record(peer, false);
    if (known == nullptr) return false;
    swarm = swarms_.try_emplace(root, hash_).first;
  }
  swarm->second.hold(peer, available, now + lifetime, known->is_listed != 0);
  if (aliases_.empty()) return true;
  const auto alias = aliases_.find(peer);
  if (alias != aliases_.end()) hold_alias(peer, alias->second, swarm->second);
  return true;
}

Swarms::Peer* Swarms::add_record(const net::Endpoint& peer, bool is_alias) {
  const net::IpAddress client = net::client_of(peer.address);
  if (records_ >= limits_.total) return nullptr;
  if (per_client_.of(client) >= limits_.per_client) return nullptr;
  Peer* known = peers_.find(peer);
  if (known != nullptr && known->records == most_records_each) return nullptr;
  if (known == nullptr) {
    known = &peers_[peer];
    known->is_alias = is_alias ? 1 : 0;
    if (is_alias) ++listed_aliases_;
  }
  ++records_;
  if (is_alias) ++alias_records_;
  per_client_.add(client);
  ++known->records;
  return known;
}

void Swarms::hold_alias(const net::Endpoint& peer, const net::Endpoint& alias, Swarm& swarm) {
  const Peer* const present = peers_.find(alias);
  if (present != nullptr && present->is_alias == 0) return;
  const Peer* known = swarm.has(alias) ? peers_.find(alias) : add_record(alias, true);
  if (known != nullptr) swarm.set_alias(peer, alias, known->is_listed != 0);
}

void Swarms::set_alias(const net::Endpoint& peer, const net::Endpoint& alias) {
  drop_alias(peer);
  aliases_[peer] = alias;
  for (auto& [root, swarm] : swarms_) {
    if (swarm.has(peer)) hold_alias(peer, alias, swarm);
  }
}

void Swarms::drop_alias(const net::Endpoint& peer) {
  const auto known = aliases_.find(peer);
  if (known == aliases_.end()) return;
  const net::Endpoint alias = known->second;
  aliases_.erase(known);
  leave(alias);
}

std::optional<hash::TreeRoot> Swarms::file_of(const net::Endpoint& peer) const {
  if (!peers_.contains(peer)) return std::nullopt;
  for (const auto& [root, swarm] : swarms_) {
    if (swarm.has(peer)) return root;
  }
  return std::nullopt;
}

void Swarms::leave(const net::Endpoint& peer) {
  drop_alias(peer);
  if (!peers_.contains(peer)) return;
  for (auto entry = swarms_.begin(); entry != swarms_.end();) {
    if (entry->second.has(peer)) {
      entry->second.leave(peer);
      forget_record(peer);
    }
    entry = entry->second.is_empty() ? swarms_.erase(entry) : std::next(entry);
  }
}

void Swarms::expire(Instant now) {
  for (auto entry = swarms_.begin(); entry != swarms_.end();) {
    for (const auto& peer : entry->second.expire(now)) forget_record(peer);
    entry = entry->second.is_empty() ? swarms_.erase(entry) : std::next(entry);
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
  Peer& known = *peers_.find(peer);
  if (known.is_alias != 0) --alias_records_;
  if (--known.records > 0) return;
  if (known.is_alias != 0) --listed_aliases_;
  peers_.erase(peer);
}

}  // namespace alluvium::gateway
