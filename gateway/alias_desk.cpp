#include "gateway/alias_desk.hpp"

#include "gateway/alias_proof.hpp"

namespace alluvium::gateway {

namespace {

/// Nothing is wanted by it, it only stays known.
constexpr std::chrono::milliseconds usual_interval{30'000};

reverse::GatewayTime seconds_now(const Clock& clock) {
  return std::chrono::floor<std::chrono::seconds>(clock.wall_now());
}

}  // namespace

AnnounceAnswer::Proof AliasDesk::proof_for(const net::Endpoint& peer) const {
  return {peer, make_proof(secret_(), peer, seconds_now(clock_))};
}

std::optional<AnnounceAnswer> AliasDesk::on_alias(const Announcement& announcement,
                                                  const net::IpAddress& from) {
  const net::Endpoint alias{from, announcement.port};
  const net::Endpoint& peer = announcement.also->address;
  const bool is_other = peer.address.is_v4() != from.is_v4();
  if (!is_other || !connect_back_.permits(alias) || !connect_back_.permits(peer)) {
    return std::nullopt;
  }
  if (!is_proof(secret_(), peer, announcement.also->token, seconds_now(clock_))) {
    return std::nullopt;
  }
  if (!set(peer, alias)) return std::nullopt;
  look(peer);
  AnnounceAnswer answer;
  answer.expires = std::chrono::duration_cast<std::chrono::seconds>(AliasTable::lifetime);
  answer.interval = usual_interval;
  answer.you = from;
  answer.reachable = connect_back_.result(alias);
  return answer;
}

bool AliasDesk::set(const net::Endpoint& peer, const net::Endpoint& alias) {
  const bool is_news = table_.alias_of(peer) != alias;
  if (is_news) {
    drop(peer);
    // It may have been known by what is its alias now, or that may have been another one's.
    on_leave(alias);
    swarms_.leave(alias);
    leases_.on_leave(alias);
  }
  if (!table_.set(peer, alias, clock_.now())) return false;
  if (!is_news) return true;
  swarms_.set_alias(peer, alias);
  swarms_.set_listed(alias, connect_back_.result(alias).value_or(false));
  leases_.on_alias(peer, alias_of(peer));
  return true;
}

void AliasDesk::drop(const net::Endpoint& peer) {
  if (!table_.alias_of(peer)) return;
  table_.remove(peer);
  swarms_.drop_alias(peer);
  leases_.on_alias(peer, std::nullopt);
}

void AliasDesk::on_peer(const net::Endpoint& peer) {
  if (const auto owner = table_.owner_of(peer)) drop(*owner);
}

void AliasDesk::look(const net::Endpoint& peer) {
  const auto alias = table_.alias_of(peer);
  if (!alias) return;
  if (const auto root = swarms_.file_of(peer)) connect_back_.check(*alias, *root, {0, 1});
  // Its records may be newer than what was found out.
  swarms_.set_listed(*alias, connect_back_.result(*alias).value_or(false));
}

void AliasDesk::on_checked(const net::Endpoint& endpoint) {
  if (const auto owner = table_.owner_of(endpoint)) leases_.on_alias(*owner, alias_of(*owner));
}

void AliasDesk::on_leave(const net::Endpoint& endpoint) {
  if (const auto owner = table_.owner_of(endpoint)) drop(*owner);
  drop(endpoint);
}

void AliasDesk::on_tick() {
  for (const auto& peer : table_.expire(clock_.now())) {
    swarms_.drop_alias(peer);
    leases_.on_alias(peer, std::nullopt);
  }
}

std::optional<leases::Alias> AliasDesk::alias_of(const net::Endpoint& peer) const {
  const auto alias = table_.alias_of(peer);
  if (!alias) return std::nullopt;
  return leases::Alias{*alias, connect_back_.result(*alias)};
}

void AliasDesk::restore(const net::Endpoint& peer, const leases::Alias& alias) {
  const bool is_other = peer.address.is_v4() != alias.endpoint.address.is_v4();
  if (!is_other || !connect_back_.permits(alias.endpoint)) return;
  if (alias.reachable) connect_back_.recall(alias.endpoint, *alias.reachable);
  static_cast<void>(set(peer, alias.endpoint));
}

}  // namespace alluvium::gateway
