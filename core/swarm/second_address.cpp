#include "core/swarm/second_address.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using std::chrono::seconds;

namespace {

constexpr std::size_t max_answer_bytes = 16 * 1024;

}  // namespace

SecondAddress::SecondAddress(Services& services, GatewayAccess gateway, PeerPorts ports)
    : services_(services),
      gateway_(std::move(gateway)),
      ports_(ports),
      timer_(services.timers.make_timer([this] { announce(); })) {
  const auto url = http::Url::parse(gateway_.base);
  is_gateway_a_literal_ = !url || url->literal_address().has_value();
}

bool SecondAddress::may_be_tried() const {
  return !is_gateway_a_literal_ && ports_.v4 != 0 && ports_.v6 != 0;
}

void SecondAddress::set_ports(PeerPorts ports) {
  if (std::exchange(ports_, ports) == ports) return;
  reachable_.reset();
  doubts_ = 0;
  failures_ = 0;
  // What is on its way would say the opposite.
  fetch_.reset();
  next_ = services_.clock.now();
  if (may_be_tried() && proof_) {
    arm(Duration::zero());
  } else {
    timer_->disarm();
  }
}

void SecondAddress::reset() {
  timer_->disarm();
  fetch_.reset();
  proof_.reset();
  reachable_.reset();
  doubts_ = 0;
}

bool SecondAddress::wants_proof() const {
  if (!may_be_tried()) return false;
  const Instant now = services_.clock.now();
  const bool is_renewed = !proof_ || now - proven_at_ >= proof_renewed_after;
  // The announcement after the next may be as far away.
  return is_renewed && next_ <= now + proof_renewed_after;
}

void SecondAddress::on_announced(net::Family first, const std::optional<AddressProof>& proof) {
  if (std::exchange(first_, first) != first) {
    reset();
    failures_ = 0;
    next_ = services_.clock.now();
  }
  if (!proof) return;
  proof_ = proof;
  proven_at_ = services_.clock.now();
  if (may_be_tried() && !fetch_) arm(next_ - proven_at_);
}

void SecondAddress::arm(Duration delay) {
  timer_->arm(std::max(delay, Duration::zero()));
}

void SecondAddress::announce() {
  const Instant now = services_.clock.now();
  // Else it goes on with the next proof.
  if (!may_be_tried() || !first_ || !proof_ || now - proven_at_ > proof_used_for) return;
  auto url = http::Url::parse(gateway_.base + "/gateway/announce");
  if (!url) return;
  const net::Family family = net::other(*first_);
  http::ClientRequest post;
  post.method = "POST";
  post.url = std::move(*url);
  post.rules = gateway_.rules;
  post.family = family;
  post.headers.add("Content-Type", "application/json");
  post.body = second_announcement(ports_.over(family), *proof_);
  post.max_body_bytes = max_answer_bytes;
  // It is the only call of its family, and the next one is far away.
  post.keeps_connection = false;
  post.connect_timeout = seconds(3);
  post.stall_timeout = seconds(5);
  post.total_timeout = seconds(10);
  fetch_ = std::make_unique<http::Fetch>(
      services_.client, std::move(post),
      [this](http::Fetch::Result result) { on_response(std::move(result)); });
}

void SecondAddress::on_response(http::Fetch::Result result) {
  const auto ended = std::move(fetch_);
  const auto* response = std::get_if<http::WholeResponse>(&result);
  if (response == nullptr) return fail();
  services_.statistics.gateway_bytes += response->body.size();
  const auto answer = parse_announce_answer(response->body);
  if (response->head.status != 200 || !answer) {
    // Another gateway may have taken the place of the one that gave it.
    proof_.reset();
    return fail();
  }
  failures_ = 0;
  reachable_ = answer->reachable;
  const bool asks_soon = !reachable_ && doubts_ < most_doubts;
  doubts_ = asks_soon ? doubts_ + 1 : 0;
  const Duration pause = asks_soon ? doubt_interval : answer->expires / 2;
  next_ = services_.clock.now() + pause;
  arm(pause);
}

bool SecondAddress::is_in_doubt() const {
  return !reachable_ && failures_ == 0 && (fetch_ != nullptr || doubts_ > 0);
}

void SecondAddress::fail() {
  if (failures_ >= failures_to_forget) reachable_.reset();
  doubts_ = 0;
  const Duration pause =
      std::min<Duration>(first_pause * (1 << std::min(failures_, 10U)), longest_pause);
  ++failures_;
  next_ = services_.clock.now() + pause;
  arm(pause);
}

}  // namespace alluvium::swarm
