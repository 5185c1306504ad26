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

/// What goes out for it, at most.
std::uint64_t sent_bytes(const http::ClientRequest& request) {
  // `HEAD`, blanks, version, User-Agent, Accept, the name of Host instead of `http://`, line ends.
  constexpr std::uint64_t always = 64;
  std::uint64_t bytes = always + request.url.target().size() + request.url.origin().size();
  for (const auto& [name, value] : request.headers.fields())
    bytes += name.size() + value.size() + 4;
  return bytes;
}

}  // namespace

ConnectBack::ConnectBack(http::Client& client, const Clock& clock, net::AddressRules rules,
                         Counters& counters, Observer& observer, std::uint64_t seed,
                         OnResult on_result)
    : client_(client),
      clock_(clock),
      rules_(std::move(rules)),
      counters_(counters),
      observer_(observer),
      on_result_(std::move(on_result)),
      reachability_(seed),
      budget_(seed) {}

bool ConnectBack::permits(const net::Endpoint& peer) const {
  return peer.port >= lowest_port && rules_.permits(peer.address);
}

std::optional<bool> ConnectBack::result(const net::Endpoint& peer) const {
  return reachability_.result(peer, clock_.now());
}

std::optional<http::ClientRequest> ConnectBack::request_to(const net::Endpoint& peer,
                                                           const hash::TreeRoot& root,
                                                           ByteRange range) const {
  auto url = http::Url::parse(peer_url(peer, root));
  if (!url) return std::nullopt;
  http::ClientRequest request;
  request.method = "HEAD";
  request.url = std::move(*url);
  request.headers.add("Range", http::format_range(range));
  request.rules = rules_;
  request.connect_timeout = patience;
  request.total_timeout = patience;
  // It is not asked again for ten minutes. Also, libcurl 7.88 never forgets the place of a
  // connection that it kept and had to close for another.
  request.keeps_connection = false;
  return request;
}

void ConnectBack::check(const net::Endpoint& peer, const hash::TreeRoot& root, ByteRange range) {
  if (!permits(peer) || queue_.size() >= longest_queue) return;
  if (!reachability_.is_due(peer, clock_.now())) return;
  auto request = request_to(peer, root, range);
  if (!request) return;
  if (!budget_.begin(peer.address, sent_bytes(*request))) {
    ++counters_.connect_backs_postponed;
    return;
  }
  if (!reachability_.begin_check(peer, clock_.now())) return budget_.end(peer.address);
  queue_.push_back({peer, range, std::move(*request)});
  start_next();
}

void ConnectBack::start_next() {
  while (running_.size() < concurrent_checks && !queue_.empty()) {
    Check check = std::move(queue_.front());
    queue_.pop_front();
    ++counters_.connect_backs;
    running_[check.peer] = std::make_unique<http::Fetch>(
        client_, std::move(check.request),
        [this, peer = check.peer, asked = check.range](const http::Fetch::Result& result) {
          on_answer(peer, asked, result);
        });
  }
}

void ConnectBack::on_answer(const net::Endpoint& peer_of_check, ByteRange asked,
                            const http::Fetch::Result& result) {
  // The reference lives in the fetch, which ends here.
  const net::Endpoint peer = peer_of_check;
  const bool reachable = is_a_peers_answer(result, asked);
  running_.erase(peer);
  budget_.end(peer.address);
  reachability_.record(peer, reachable, clock_.now());
  ++(reachable ? counters_.peers_reachable : counters_.peers_unreachable);
  observer_.on_peer_checked(peer, reachable);
  start_next();
  on_result_(peer, reachable);
}

}  // namespace alluvium::gateway
