#include "gateway/introductions.hpp"

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
  if (news.key || !news.to.empty() || !news.expect.empty()) answer.reverse = std::move(news);
}

void Introductions::invite(const Announcement& announcement, const net::Endpoint& peer,
                           AnnounceAnswer::ReverseNews& news) {
  const auto& open = *announcement.reverse->to;
  for (const auto& holding : announcement.holdings) {
    if (open.size() + news.to.size() >= most_offers) return;
    for (const auto& other : swarms_.pick(holding.root, {peer, candidates, false}, clock_.now())) {
      if (open.size() + news.to.size() >= most_offers) return;
      const bool is_known = contains(open, other.endpoint) || is_invited_to(news, other.endpoint);
      if (is_known || count_(other.endpoint) >= enough_neighbours) continue;
      news.to.push_back(invitation(peer, other.endpoint));
    }
  }
}

void Introductions::arrange_meetings(const Announcement& announcement, const net::Endpoint& peer,
                                     AnnounceAnswer::ReverseNews& news) {
  const Instant now = clock_.now();
  for (const auto& meeting : meetings_.take(peer, now)) {
    news.expect.push_back({meeting.with, from_now(meeting.at, now)});
  }
  const auto& reverse = *announcement.reverse;
  const auto burden = [&](const net::Endpoint& other) -> std::optional<std::size_t> {
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
      news.to.push_back(invitation(peer, meeting->with));
      news.to.back().meet_in = from_now(meeting->at, now);
    }
  }
}

AnnounceAnswer::Invitation Introductions::invitation(const net::Endpoint& bearer,
                                                     const net::Endpoint& to) {
  const auto expires =
      std::chrono::floor<std::chrono::seconds>(clock_.wall_now()) + reverse::token_lifetime;
  const auto key = reverse::key_for(secret_(), to);
  return {to, reverse::make_token(key, bearer, expires, random_.next()), {}};
}

}  // namespace alluvium::gateway
