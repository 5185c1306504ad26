#include "core/swarm/greetings.hpp"

#include "core/http/range.hpp"
#include "core/swarm/peer_hint.hpp"

#include <utility>

namespace alluvium::swarm {

namespace {

// As with chunks.
constexpr Duration connect_timeout = std::chrono::seconds(2);
constexpr Duration patience = std::chrono::seconds(3);

}  // namespace

void Greetings::greet(std::optional<std::uint16_t> port) {
  const std::uint64_t membership = services_.peers.membership();
  if (as_of_ == membership && !has_more_) return;
  as_of_ = membership;
  has_more_ = false;
  for (const auto& [endpoint, peer] : services_.peers.in_swarm(root_)) {
    // Whoever answers makes room, and the rest is looked at again.
    if (under_way_ >= at_once || greeted_.size() >= most) break;
    if (!greeted_.contains(endpoint)) ask(endpoint, port);
  }
}

void Greetings::ask(const net::Endpoint& peer, std::optional<std::uint16_t> port) {
  auto url = http::Url::parse(peer_url(peer, root_));
  if (!url) return;
  http::ClientRequest request;
  request.method = "HEAD";
  request.url = std::move(*url);
  request.rules = services_.rules;
  request.headers.add("Range", http::format_range(layout_.bytes_of({{0}, {1}})));
  if (port) request.headers.add("X-URI-RES", format_own_hint(*port, root_));
  request.connect_timeout = connect_timeout;
  request.stall_timeout = patience;
  request.total_timeout = connect_timeout + patience;
  ++under_way_;
  news_at_ = services_.clock.now();
  greeted_[peer] = std::make_unique<http::Fetch>(
      services_.client, std::move(request),
      [this, peer](const http::Fetch::Result& result) { on_result(peer, result); });
}

void Greetings::on_result(const net::Endpoint& peer, const http::Fetch::Result& result) {
  --under_way_;
  has_more_ = true;
  news_at_ = services_.clock.now();
  const auto* const answer = std::get_if<http::WholeResponse>(&result);
  const bool takes_part =
      answer != nullptr && (answer->head.status == 206 || answer->head.status == 503);
  if (takes_part) {
    on_answer_(peer, answer->head);
  } else {
    services_.peers.on_failure(peer, services_.clock.now());
  }
  // Last: what it was called from ends with it.
  const std::unique_ptr<http::Fetch> ended = std::move(greeted_[peer]);
}

}  // namespace alluvium::swarm
