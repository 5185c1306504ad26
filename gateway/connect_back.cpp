#include "gateway/connect_back.hpp"

#include "core/http/range.hpp"
#include "gateway/locations.hpp"

#include <utility>

namespace alluvium::gateway {

namespace {

constexpr std::uint16_t lowest_port = 1024;

/// 200: complete. 503: well, but without that chunk at the moment.
bool is_a_peers_answer(const http::Fetch::Result& result, ByteRange asked) {
  const auto* response = std::get_if<http::WholeResponse>(&result);
  if (response == nullptr) return false;
  if (response->head.status == 200 || response->head.status == 503) return true;
  if (response->head.status != 206) return false;
  const auto value = response->head.headers.find("Content-Range");
  const auto given = value ? http::parse_content_range(*value) : std::nullopt;
  return given && given->range.begin == asked.begin && !given->range.empty();
}

}  // namespace

ConnectBack::ConnectBack(http::Client& client, const Clock& clock, net::AddressRules rules,
                         Counters& counters, Observer& observer, OnResult on_result)
    : client_(client),
      clock_(clock),
      rules_(std::move(rules)),
      counters_(counters),
      observer_(observer),
      on_result_(std::move(on_result)) {}

bool ConnectBack::permits(const net::Endpoint& peer) const {
  return peer.port >= lowest_port && rules_.permits(peer.address);
}

std::optional<bool> ConnectBack::result(const net::Endpoint& peer) const {
  return reachability_.result(peer, clock_.now());
}

void ConnectBack::check(const net::Endpoint& peer, const hash::TreeRoot& root, ByteRange range) {
  if (!permits(peer) || queue_.size() >= longest_queue) return;
  if (!reachability_.begin_check(peer, clock_.now())) return;
  queue_.push_back({peer, root, range});
  start_next();
}

void ConnectBack::start_next() {
  while (running_.size() < concurrent_checks && !queue_.empty()) {
    const Check check = queue_.front();
    queue_.pop_front();
    auto url = http::Url::parse(peer_url(check.peer, check.root));
    if (!url) continue;
    http::ClientRequest request;
    request.method = "HEAD";
    request.url = std::move(*url);
    request.headers.add("Range", http::format_range(check.range));
    request.rules = rules_;
    request.connect_timeout = patience;
    request.total_timeout = patience;
    running_[check.peer] = std::make_unique<http::Fetch>(
        client_, std::move(request),
        [this, check](const http::Fetch::Result& result) { on_answer(check, result); });
  }
}

void ConnectBack::on_answer(const Check& check, const http::Fetch::Result& result) {
  const net::Endpoint peer = check.peer;
  const bool reachable = is_a_peers_answer(result, check.range);
  running_.erase(peer);
  reachability_.record(peer, reachable, clock_.now());
  ++(reachable ? counters_.peers_reachable : counters_.peers_unreachable);
  observer_.on_peer_checked(peer, reachable);
  start_next();
  on_result_(peer, reachable);
}

}  // namespace alluvium::gateway
