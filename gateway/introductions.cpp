#include "gateway/introductions.hpp"

#include "core/reverse/token.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// So many are looked at for one that has room.
constexpr std::size_t candidates = 12;

}  // namespace

void Introductions::answer(const Announcement& announcement, const net::Endpoint& peer,
                           AnnounceAnswer& answer) {
  if (!announcement.reverse || !answer.reachable) return;
  AnnounceAnswer::ReverseNews news;
  if (*answer.reachable && announcement.reverse->needs_key) {
    news.key = reverse::key_for(secret_(), peer);
    news.now = std::chrono::floor<std::chrono::seconds>(clock_.wall_now());
  }
  if (!*answer.reachable && announcement.reverse->to) invite(announcement, peer, news);
  if (news.key || !news.to.empty()) answer.reverse = std::move(news);
}

void Introductions::invite(const Announcement& announcement, const net::Endpoint& peer,
                           AnnounceAnswer::ReverseNews& news) {
  const auto& open = *announcement.reverse->to;
  const auto expires =
      std::chrono::ceil<std::chrono::seconds>(clock_.wall_now()) + reverse::token_lifetime;
  for (const auto& holding : announcement.holdings) {
    if (open.size() + news.to.size() >= most_offers) return;
    for (const auto& other : swarms_.pick(holding.root, {peer, candidates, false}, clock_.now())) {
      if (open.size() + news.to.size() >= most_offers) return;
      const bool is_known = std::find(open.begin(), open.end(), other.endpoint) != open.end() ||
                            std::any_of(news.to.begin(), news.to.end(), [&](const auto& one) {
                              return one.endpoint == other.endpoint;
                            });
      if (is_known || count_(other.endpoint) >= enough_neighbours) continue;
      const auto key = reverse::key_for(secret_(), other.endpoint);
      news.to.push_back({other.endpoint, reverse::make_token(key, peer, expires, random_.next())});
    }
  }
}

}  // namespace alluvium::gateway
