#include "gateway/swarm.hpp"

#include "gateway/network_spread.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

namespace {

/// So many are looked at in vain at most, for those that are known already or whose time is over.
constexpr std::size_t longest_search = 512;

}  // namespace

void Swarm::hold(const net::Endpoint& peer, Availability available, Instant expires,
                 bool is_listed) {
  const auto [known, is_new] = places_.try_emplace(peer, static_cast<Place>(members_.size()));
  const Place place = known->second;
  if (is_new) {
    members_.push_back({});
    members_.back().peer = peer;
    members_.back().change = ++last_change_;
  }
  Member& member = members_[place];
  member.expires = expires;
  // Who has less than before was started anew, and remembers nothing of what it was told.
  if (!available.covers(member.available)) member.told = {};
  if (available != member.available) {
    const bool stays = available.complete == member.available.complete;
    if (!stays) strike(place);
    member.available = std::move(available);
    member.change = ++last_change_;
    if (!stays && member.is_listed) enlist(place);
  }
  if (member.is_listed == is_listed) return;
  strike(place);
  member.is_listed = is_listed;
  enlist(place);
}

void Swarm::set_listed(const net::Endpoint& peer, bool is_listed) {
  const auto known = places_.find(peer);
  if (known == places_.end()) return;
  strike(known->second);
  members_[known->second].is_listed = is_listed;
  enlist(known->second);
}

void Swarm::leave(const net::Endpoint& peer) {
  if (const auto place = places_.find(peer); place != places_.end()) remove_at(place->second);
}

std::vector<net::Endpoint> Swarm::expire(Instant now) {
  std::vector<net::Endpoint> gone;
  for (Place i = 0; i < members_.size();) {
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

std::vector<ListedPeer> Swarm::news_for(const net::Endpoint& asker, Instant now, Random& random) {
  const auto place = places_.find(asker);
  if (place == places_.end()) return {};
  Member& member = members_[place->second];
  std::vector<Told> told = member.told.all();
  const bool in_full = told.empty() || now - member.told_in_full >= told_again_after;

  std::vector<ListedPeer> news;
  std::erase_if(told, [&](Told& known) {
    const Member* other = find(known.peer, now);
    if (other == nullptr || !other->is_listed) {
      news.push_back({known.peer, {}});
      return true;
    }
    if (in_full || other->change != known.change) {
      news.push_back({known.peer, other->available});
      known.change = other->change;
    }
    return false;
  });
  const Wanted wanted{asker, told_peers - told.size(), false};
  for (const Place picked : pick_except(wanted, told, now, random)) {
    const Member& other = members_[picked];
    told.push_back({other.peer, other.change});
    news.push_back({other.peer, other.available});
  }
  member.told = ToldList(told);
  if (in_full) member.told_in_full = now;
  return news;
}

bool Swarm::was_told(const net::Endpoint& member, Instant now) const {
  const Member* known = find(member, now);
  return known != nullptr && !known->told.empty() && now - known->told_in_full < told_again_after;
}

std::vector<ListedPeer> Swarm::pick(const Wanted& wanted, Instant now, Random& random) {
  std::vector<ListedPeer> picked;
  picked.reserve(wanted.count);
  for (const Place place : pick_except(wanted, {}, now, random)) {
    picked.push_back({members_[place].peer, members_[place].available});
  }
  return picked;
}

std::vector<Swarm::Place> Swarm::pick_except(const Wanted& wanted, const std::vector<Told>& known,
                                             Instant now, Random& random) {
  auto& lists = listed_[wanted.asker.address.is_v4() ? 0 : 1];
  auto& partial = lists[0];
  auto& complete = lists[1];
  std::size_t drawn_partial = wanted.complete_only ? partial.size() : 0;
  std::size_t drawn_complete = 0;
  /// One that was not drawn yet, of both lists together; each is shuffled as far as it is drawn.
  const auto draw = [&] {
    const std::size_t left_partial = partial.size() - drawn_partial;
    const std::size_t left = left_partial + complete.size() - drawn_complete;
    auto index = static_cast<std::size_t>(random.below(left));
    const bool from_partial = index < left_partial;
    auto& list = from_partial ? partial : complete;
    std::size_t& drawn = from_partial ? drawn_partial : drawn_complete;
    if (!from_partial) index -= left_partial;
    swap_listed(list, drawn, drawn + index);
    return list[drawn++];
  };
  const auto asker = places_.find(wanted.asker);
  const Place own = asker == places_.end() ? static_cast<Place>(members_.size()) : asker->second;
  NetworkSpread spread(wanted.count);
  std::size_t in_vain = 0;
  while (!spread.is_enough() && in_vain < longest_search &&
         drawn_partial + drawn_complete < partial.size() + complete.size()) {
    const Place place = draw();
    const Member& member = members_[place];
    const bool suits = place != own && now < member.expires &&
                       std::none_of(known.begin(), known.end(),
                                    [&](const Told& told) { return told.peer == member.peer; });
    if (suits) {
      spread.add(member.peer.address, place);
    } else {
      ++in_vain;
    }
  }
  return spread.take();
}

const Swarm::Member* Swarm::find(const net::Endpoint& peer, Instant now) const {
  const auto place = places_.find(peer);
  if (place == places_.end() || now >= members_[place->second].expires) return nullptr;
  return &members_[place->second];
}

void Swarm::remove_at(Place place) {
  strike(place);
  places_.erase(members_[place].peer);
  const auto last = static_cast<Place>(members_.size() - 1);
  if (place != last) {
    Member& moved = members_[place] = std::move(members_[last]);
    places_.find(moved.peer)->second = place;
    if (moved.is_listed) list_of(moved)[moved.listed_at] = place;
  }
  members_.pop_back();
}

std::vector<Swarm::Place>& Swarm::list_of(const Member& member) {
  return listed_[member.peer.address.is_v4() ? 0 : 1][member.available.complete ? 1 : 0];
}

void Swarm::enlist(Place place) {
  Member& member = members_[place];
  if (!member.is_listed) return;
  auto& list = list_of(member);
  member.listed_at = static_cast<Place>(list.size());
  list.push_back(place);
}

void Swarm::strike(Place place) {
  const Member& member = members_[place];
  if (!member.is_listed) return;
  auto& list = list_of(member);
  swap_listed(list, member.listed_at, list.size() - 1);
  list.pop_back();
}

void Swarm::swap_listed(std::vector<Place>& list, std::size_t a, std::size_t b) {
  std::swap(list[a], list[b]);
  members_[list[a]].listed_at = static_cast<Place>(a);
  members_[list[b]].listed_at = static_cast<Place>(b);
}

}  // namespace alluvium::gateway
