#include "gateway/introductions.hpp"

#include "core/net/client_of.hpp"
#include "core/reverse/token.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// So many are looked at for one that has room.
constexpr std::size_t candidates = 12;

bool contains(const std::vector<net::Endpoint>& list, const net::Endpoint& endpoint) {
  return std::find(list.begin(), list.end(), endpoint) != list.end();
}

bool is_invited_to(const AnnounceAnswer::ReverseNews& news, const net::Endpoint& endpoint) {
  return std::any_of(news.to.begin(), news.to.end(),
                     [&](const auto& one) { return one.endpoint == endpoint; });
}

std::chrono::milliseconds from_now(Instant at, Instant now) {
  return std::chrono::ceil<std::chrono::milliseconds>(at - now);
}

}  // namespace

void Introductions::answer(const Announcement& announcement, const net::Endpoint& peer,
                           AnnounceAnswer& answer) {
  if (!announcement.reverse) return;
  AnnounceAnswer::ReverseNews news;
  if (announcement.reverse->needs_key) {
    news.key = reverse::key_for(secret_(), peer);
    news.now = std::chrono::floor<std::chrono::seconds>(clock_.wall_now());
  }
  if (announcement.reverse->to && answer.reachable != true) {
    invite(announcement, peer, news);
    arrange_meetings(announcement, peer, news);
  }
  if (!announcement.reverse->local.empty()) invite_home(announcement, peer, news);
  const bool is_news = news.key || !news.to.empty() || !news.expect.empty() || !news.mates.empty();
  if (is_news) answer.reverse = std::move(news);
}

void Introductions::invite(const Announcement& announcement, const net::Endpoint& peer,
                           AnnounceAnswer::ReverseNews& news) {
  const auto& open = *announcement.reverse->to;
  for (const auto& holding : announcement.holdings) {
    if (open.size() + news.to.size() >= most_offers) return;
    for (const auto& other : swarms_.pick(holding.root, {peer, candidates, false}, clock_.now())) {
      if (open.size() + news.to.size() >= most_offers) return;
      const bool is_known = contains(open, other.endpoint) || is_invited_to(news, other.endpoint);
      if (is_known || count_(known_as_(other.endpoint)) >= enough_neighbours) continue;
      news.to.push_back(invitation(peer, other.endpoint));
    }
  }
}

void Introductions::invite_home(const Announcement& announcement, const net::Endpoint& peer,
                                AnnounceAnswer::ReverseNews& news) {
  const Instant now = clock_.now();
  const auto& reverse = *announcement.reverse;
  houses_.enter(peer, reverse.local, now);
  if (reverse.mates.size() >= most_mates) return;
  const auto shares_a_file_with = [&](const net::Endpoint& mate) {
    return std::any_of(announcement.holdings.begin(), announcement.holdings.end(),
                       [&](const Announcement::Holding& holding) {
                         const auto swarm = swarms_.all().find(holding.root);
                         return swarm != swarms_.all().end() && swarm->second.has(mate);
                       });
  };
  auto mates = houses_.others(peer, now);
  std::stable_sort(mates.begin(), mates.end(),
                   [&](const auto& a, const auto& b) { return count_(a.who) < count_(b.who); });
  for (auto& mate : mates) {
    const std::size_t offers = reverse.mates.size() + news.mates.size();
    if (offers >= (count_(mate.who) == 0 ? most_mates : usual_mates)) return;
    const bool suits = !contains(reverse.mates, mate.who) && !is_invited_to(news, mate.who) &&
                       count_(mate.who) < enough_neighbours && shares_a_file_with(mate.who);
    if (!suits) continue;
    news.mates.push_back(invitation(peer, mate.who));
    news.mates.back().places = std::move(mate.places);
  }
}

void Introductions::arrange_meetings(const Announcement& announcement, const net::Endpoint& peer,
                                     AnnounceAnswer::ReverseNews& news) {
  const Instant now = clock_.now();
  for (const auto& meeting : meetings_.take(peer, now)) {
    news.expect.push_back({meeting.with, from_now(meeting.at, now)});
  }
  const auto& reverse = *announcement.reverse;
  const net::IpAddress house = net::client_of(peer.address);
  const auto burden = [&](const net::Endpoint& other) -> std::optional<std::size_t> {
    // Who is in the same house is met there: few routers lead back in what goes out.
    if (!reverse.local.empty() && net::client_of(other.address) == house) return std::nullopt;
    // Between two ports there is one connection.
    const bool is_known =
        contains(*reverse.to, other) || contains(reverse.from, other) ||
        is_invited_to(news, other) ||
        std::any_of(news.expect.begin(), news.expect.end(),
                    [&](const auto& meeting) { return meeting.endpoint == other; });
    const std::size_t neighbours = count_(other);
    if (is_known || neighbours >= enough_neighbours) return std::nullopt;
    return neighbours;
  };
  for (const auto& holding : announcement.holdings) {
    meetings_.seek(holding.root, peer, now);
    while (reverse.to->size() + news.to.size() < most_offers) {
      const auto meeting = meetings_.agree(holding.root, peer, burden, now);
      if (!meeting) break;
      held_.call(meeting->with);
      news.to.push_back(invitation(peer, meeting->with));
      news.to.back().meet_in = from_now(meeting->at, now);
    }
  }
}

AnnounceAnswer::Invitation Introductions::invitation(const net::Endpoint& bearer,
                                                     const net::Endpoint& to) {
  const auto expires =
      std::chrono::floor<std::chrono::seconds>(clock_.wall_now()) + reverse::token_lifetime;
  // It was told its key at the address by which it is known, be this another one.
  const auto key = reverse::key_for(secret_(), known_as_(to));
  return {to, reverse::make_token(key, bearer, expires, random_.next()), {}, {}};
}

}  // namespace alluvium::gateway
