#include "gateway/swarm.hpp"

#include "gateway/network_spread.hpp"
#include "gateway/shuffled_numbers.hpp"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

namespace alluvium::gateway {

namespace {

/// So many are looked at in vain at most, for those that are known already or whose time is over.
constexpr std::size_t longest_search = 512;
constexpr std::size_t looked_up_at_once = 8;

}  // namespace

void Swarm::hold(const net::Endpoint& peer, const Availability& available, Instant expires,
                 bool is_listed) {
  const auto [place, is_new] = members_.take(peer);
  Member& member = members_.at(place);
  if (is_new) member.change = ++last_change_;
  // It may count a part of a second longer.
  member.expires = std::chrono::ceil<WholeSeconds>(expires.time_since_epoch());
  PackedAvailability packed(available);
  if (packed != member.available) {
    // Who has less than before was started anew, and remembers nothing of what it was told.
    if (!available.covers(member.available.unpacked())) member.told = {};
    const bool stays = packed.complete() == member.available.complete();
    if (!stays) strike(place);
    member.available = std::move(packed);
    member.change = ++last_change_;
    if (!stays) enlist(place);
  }
  set_listed_at(place, is_listed);
}

void Swarm::set_alias(const net::Endpoint& peer, const net::Endpoint& alias, bool is_listed) {
  const auto own = members_.place_of(peer);
  if (!own) return;
  const auto [place, is_new] = members_.take(alias);
  Member& member = members_.at(place);
  if (is_new) {
    member.is_alias = true;
    twins_[*own] = place;
    twins_[place] = *own;
  }
  const Member& known = members_.at(*own);
  member.expires = known.expires;
  if (is_new || known.available != member.available) {
    strike(place);
    member.available = known.available;
    member.change = ++last_change_;
    enlist(place);
  }
  set_listed_at(place, is_listed);
}

void Swarm::set_listed(const net::Endpoint& peer, bool is_listed) {
  if (const auto place = members_.place_of(peer)) set_listed_at(*place, is_listed);
}

void Swarm::set_listed_at(Place place, bool is_listed) {
  Member& member = members_.at(place);
  if (member.is_listed == is_listed) return;
  if (!is_listed) on_departed(place);
  if (is_listed) member.change = ++last_change_;
  strike(place);
  member.is_listed = is_listed;
  enlist(place);
}

void Swarm::on_departed(Place place) {
  if (departed_.size() >= most_departed) {
    departed_.pop_front();
    if (departed_before_ > 0) --departed_before_;
  }
  departed_.push_back({place, ++last_change_, members_.at(place).peer});
}

void Swarm::leave(const net::Endpoint& peer) {
  if (has(peer)) remove(peer);
}

std::vector<net::Endpoint> Swarm::expire(Instant now) {
  std::vector<net::Endpoint> gone;
  members_.for_each([&](const Member& member) {
    if (member.is_over(now)) gone.push_back(member.peer);
  });
  for (const auto& peer : gone) remove(peer);
  if (now - departed_counted_ >= departed_counts) {
    departed_.erase(departed_.begin(),
                    departed_.begin() + static_cast<std::ptrdiff_t>(departed_before_));
    departed_before_ = departed_.size();
    departed_counted_ = now;
  }
  return gone;
}

std::size_t Swarm::complete_members() const {
  std::size_t count = 0;
  members_.for_each([&](const Member& member) {
    count += member.available.complete() && !member.is_alias ? 1 : 0;
  });
  return count;
}

std::vector<ListedPeer> Swarm::news_for(const net::Endpoint& asker, Instant now, Random& random) {
  Member* const member = members_.find(asker);
  if (member == nullptr) return {};
  const ToldList before = std::move(member->told);
  const bool in_full = before.empty() || now - before.in_full() >= told_again_after;

  const auto own = members_.place_of(asker);
  std::vector<ListedPeer> news;
  std::vector<Place> told = before.places();
  for (auto left = departed_.rbegin();
       !before.empty() && left != departed_.rend() && before.is_before(left->change); ++left) {
    const bool is_known = std::find(told.begin(), told.end(), left->place) != told.end();
    if (is_known) news.push_back({left->peer, {}});
  }
  std::erase_if(told, [&](Place known) {
    // Where one left there may be somebody else, or nobody.
    const Member& other = members_.at(known);
    if (!other.is_listed || !suits(asker, own, known)) return true;
    const bool is_over = other.is_over(now);
    if (is_over) news.push_back({other.peer, {}});
    if (!is_over && (in_full || before.is_before(other.change))) {
      news.push_back({other.peer, other.available});
    }
    return is_over;
  });
  const Wanted wanted{asker, told_peers - told.size(), false};
  for (const Place picked : pick_except(wanted, told, now, random)) {
    const Member& other = members_.at(picked);
    told.push_back(picked);
    news.push_back({other.peer, other.available});
  }
  member->told = ToldList(told, last_change_, in_full ? now : before.in_full());
  return news;
}

bool Swarm::was_told(const net::Endpoint& member, Instant now) const {
  const Member* known = find(member, now);
  return known != nullptr && !known->told.empty() && now - known->told.in_full() < told_again_after;
}

std::vector<ListedPeer> Swarm::pick(const Wanted& wanted, Instant now, Random& random) const {
  std::vector<ListedPeer> picked;
  picked.reserve(wanted.count);
  for (const Place place : pick_except(wanted, {}, now, random)) {
    picked.push_back({members_.at(place).peer, members_.at(place).available});
  }
  return picked;
}

std::vector<Swarm::Place> Swarm::pick_except(const Wanted& wanted, const std::vector<Place>& known,
                                             Instant now, Random& random) const {
  const auto own = members_.place_of(wanted.asker);
  const std::size_t family = wanted.asker.address.is_v4() ? 0 : 1;
  const std::size_t families = twin_of(own) ? 2 : 1;
  // How many there are in each list, those of the other family behind.
  std::array<std::size_t, 4> sizes{};
  for (std::size_t i = 0; i < 2 * families; ++i) {
    const bool is_drawn_from = i % 2 == 1 || !wanted.complete_only;
    sizes[i] = is_drawn_from ? listed_[(family + i / 2) % 2][i % 2].size() : 0;
  }
  const auto place_at = [&](std::size_t number) {
    std::size_t i = 0;
    for (; number >= sizes[i]; ++i) number -= sizes[i];
    return listed_[(family + i / 2) % 2][i % 2][number];
  };
  ShuffledNumbers order(std::accumulate(sizes.begin(), sizes.end(), std::size_t{0}));
  NetworkSpread spread(wanted.count);
  std::size_t in_vain = 0;
  std::array<Place, looked_up_at_once> drawn;
  while (!spread.is_enough() && in_vain < longest_search && order.has_more()) {
    std::size_t count = 0;
    for (; count < drawn.size() && order.has_more(); ++count) {
      drawn[count] = place_at(order.next(random));
      // Members lie far apart in a large swarm: their memory is waited for once.
      __builtin_prefetch(&members_.at(drawn[count]));
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Member& member = members_.at(drawn[i]);
      const bool is_wanted = drawn[i] != own && !member.is_over(now) &&
                             suits(wanted.asker, own, drawn[i]) &&
                             std::find(known.begin(), known.end(), drawn[i]) == known.end();
      if (is_wanted) {
        spread.add(member.peer.address, drawn[i]);
      } else {
        ++in_vain;
      }
    }
  }
  return spread.take();
}

const Swarm::Member* Swarm::find(const net::Endpoint& peer, Instant now) const {
  const Member* member = members_.find(peer);
  return member == nullptr || member->is_over(now) ? nullptr : member;
}

void Swarm::remove(const net::Endpoint& peer) {
  const Place place = *members_.place_of(peer);
  if (const auto twin = twin_of(place)) {
    twins_.erase(place);
    twins_.erase(*twin);
    members_.at(*twin).is_alias = false;
  }
  if (members_.at(place).is_listed) on_departed(place);
  strike(place);
  members_.erase(peer);
}

std::optional<Swarm::Place> Swarm::twin_of(std::optional<Place> place) const {
  if (!place || twins_.empty()) return std::nullopt;
  const auto twin = twins_.find(*place);
  return twin == twins_.end() ? std::nullopt : std::optional(twin->second);
}

bool Swarm::suits(const net::Endpoint& asker, std::optional<Place> own, Place other) const {
  const Member& member = members_.at(other);
  const auto twin = twin_of(own);
  if (!twin) return member.peer.address.is_v4() == asker.address.is_v4();
  if (other == *twin) return false;
  const auto first = member.is_alias ? twin_of(other) : std::nullopt;
  return !first || !members_.at(*first).is_listed;
}

std::vector<Swarm::Place>& Swarm::list_of(const Member& member) {
  return listed_[member.peer.address.is_v4() ? 0 : 1][member.available.complete() ? 1 : 0];
}

void Swarm::enlist(Place place) {
  Member& member = members_.at(place);
  if (!member.is_listed) return;
  auto& list = list_of(member);
  member.listed_at = static_cast<Place>(list.size());
  list.push_back(place);
}

void Swarm::strike(Place place) {
  const Member& member = members_.at(place);
  if (!member.is_listed) return;
  auto& list = list_of(member);
  list[member.listed_at] = list.back();
  members_.at(list.back()).listed_at = member.listed_at;
  list.pop_back();
}

}  // namespace alluvium::gateway
