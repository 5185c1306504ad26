#include "gateway/swarm.hpp"

#include "gateway/network_spread.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// So many candidates are looked at for each place in a list, to have a choice of networks.
constexpr std::size_t candidates_per_place = 3;

}  // namespace

void Swarm::hold(const net::Endpoint& peer, Availability available, Instant expires) {
  const auto [place, is_new] = places_.try_emplace(peer, members_.size());
  if (is_new) members_.push_back({peer, {}, expires, ++last_change_, {}, {}});
  Member& member = members_[place->second];
  member.expires = expires;
  // Who has less than before was started anew, and remembers nothing of what it was told.
  if (!available.covers(member.available)) member.told.clear();
  if (available != member.available) {
    member.available = std::move(available);
    member.change = ++last_change_;
  }
}

void Swarm::leave(const net::Endpoint& peer) {
  if (const auto place = places_.find(peer); place != places_.end()) remove_at(place->second);
}

std::vector<net::Endpoint> Swarm::expire(Instant now) {
  std::vector<net::Endpoint> gone;
  for (std::size_t i = 0; i < members_.size();) {
    if (now < members_[i].expires) {
      ++i;
      continue;
    }
    gone.push_back(members_[i].peer);
    remove_at(i);
  }
  return gone;
}

std::size_t Swarm::complete_members() const {
  return static_cast<std::size_t>(
      std::count_if(members_.begin(), members_.end(),
                    [](const Member& member) { return member.available.complete; }));
}

std::vector<ListedPeer> Swarm::news_for(const net::Endpoint& asker, Instant now, Random& random,
                                        const IsListed& is_listed) {
  const auto place = places_.find(asker);
  if (place == places_.end()) return {};
  std::vector<Told> told = std::move(members_[place->second].told);
  const bool in_full =
      told.empty() || now - members_[place->second].told_in_full >= told_again_after;

  std::vector<ListedPeer> news;
  std::erase_if(told, [&](Told& known) {
    const Member* member = find(known.peer, now);
    if (member == nullptr || !is_listed(known.peer)) {
      news.push_back({known.peer, {}});
      return true;
    }
    if (in_full || member->change != known.change) {
      news.push_back({known.peer, member->available});
      known.change = member->change;
    }
    return false;
  });
  const Wanted wanted{asker, told_peers - told.size(), false};
  for (auto& peer : pick_except(wanted, told, now, random, is_listed)) {
    told.push_back({peer.endpoint, find(peer.endpoint, now)->change});
    news.push_back(std::move(peer));
  }
  // Picking may have moved the member.
  Member& member = members_[places_.at(asker)];
  member.told = std::move(told);
  if (in_full) member.told_in_full = now;
  return news;
}

bool Swarm::was_told(const net::Endpoint& member, Instant now) const {
  const Member* known = find(member, now);
  return known != nullptr && !known->told.empty() && now - known->told_in_full < told_again_after;
}

std::vector<ListedPeer> Swarm::pick(const Wanted& wanted, Instant now, Random& random,
                                    const IsListed& is_listed) {
  return pick_except(wanted, {}, now, random, is_listed);
}

std::vector<ListedPeer> Swarm::pick_except(const Wanted& wanted, const std::vector<Told>& known,
                                           Instant now, Random& random, const IsListed& is_listed) {
  if (wanted.count == 0) return {};
  std::vector<net::Endpoint> candidates;
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (candidates.size() >= wanted.count * candidates_per_place) break;
    swap_places(i, i + static_cast<std::size_t>(random.below(members_.size() - i)));
    const Member& member = members_[i];
    const bool suits = member.peer != wanted.asker && now < member.expires &&
                       member.peer.address.is_v4() == wanted.asker.address.is_v4() &&
                       (!wanted.complete_only || member.available.complete) &&
                       std::none_of(known.begin(), known.end(),
                                    [&](const Told& told) { return told.peer == member.peer; });
    if (suits && is_listed(member.peer)) candidates.push_back(member.peer);
  }
  std::vector<ListedPeer> picked;
  for (const auto& endpoint : spread_over_networks(candidates, wanted.count)) {
    picked.push_back({endpoint, members_[places_.at(endpoint)].available});
  }
  return picked;
}

const Swarm::Member* Swarm::find(const net::Endpoint& peer, Instant now) const {
  const auto place = places_.find(peer);
  if (place == places_.end() || now >= members_[place->second].expires) return nullptr;
  return &members_[place->second];
}

void Swarm::remove_at(std::size_t place) {
  swap_places(place, members_.size() - 1);
  places_.erase(members_.back().peer);
  members_.pop_back();
}

void Swarm::swap_places(std::size_t a, std::size_t b) {
  if (a == b) return;
  std::swap(members_[a], members_[b]);
  places_[members_[a].peer] = a;
  places_[members_[b].peer] = b;
}

}  // namespace alluvium::gateway
