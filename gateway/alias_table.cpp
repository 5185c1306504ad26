#include "gateway/alias_table.hpp"

#include "core/net/client_of.hpp"

#include <algorithm>

namespace alluvium::gateway {

bool AliasTable::set(const net::Endpoint& peer, const net::Endpoint& alias, Instant now) {
  const auto known = aliases_.find(peer);
  if (known != aliases_.end() && known->second.endpoint == alias) {
    known->second.expires = now + lifetime;
    return true;
  }
  // Somebody else's no more, nor has it one.
  if (const auto owner = owner_of(alias)) remove(*owner);
  remove(alias);
  remove(peer);
  if (const auto owner = owner_of(peer)) remove(*owner);
  const net::IpAddress client = net::client_of(alias.address);
  if (aliases_.size() >= most || per_client_.of(client) >= most_per_client) return false;
  aliases_[peer] = {alias, now + lifetime};
  first_[alias] = peer;
  per_client_.add(client);
  return true;
}

std::optional<net::Endpoint> AliasTable::alias_of(const net::Endpoint& peer) const {
  const auto known = aliases_.find(peer);
  if (known == aliases_.end()) return std::nullopt;
  return known->second.endpoint;
}

std::optional<net::Endpoint> AliasTable::owner_of(const net::Endpoint& alias) const {
  const auto known = first_.find(alias);
  if (known == first_.end()) return std::nullopt;
  return known->second;
}

void AliasTable::remove(const net::Endpoint& peer) {
  const auto known = aliases_.find(peer);
  if (known == aliases_.end()) return;
  per_client_.remove(net::client_of(known->second.endpoint.address));
  first_.erase(known->second.endpoint);
  aliases_.erase(known);
}

std::vector<net::Endpoint> AliasTable::expire(Instant now) {
  std::vector<net::Endpoint> over;
  for (const auto& [peer, alias] : aliases_) {
    if (now >= alias.expires) over.push_back(peer);
  }
  // A table has no order, but what is done has one.
  std::sort(over.begin(), over.end());
  for (const auto& peer : over) remove(peer);
  return over;
}

}  // namespace alluvium::gateway
