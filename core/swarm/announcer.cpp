#include "core/swarm/announcer.hpp"

#include "core/http/range.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Who does not answer for so long is not waited for by what has to be fetched.
constexpr Duration guide_patience = seconds(2);
/// While it is not known whether we can be reached, which the gateway soon does.
constexpr Duration doubt_interval = seconds(1);
constexpr Duration longest_doubt = seconds(5);
/// Between two announcements, however pressing they are.
constexpr Duration shortest_pause = milliseconds(100);
/// For so long the gateway is to hold an announcement that wants nothing, so that all is still told
/// again before it expires.
constexpr seconds held_for{20};
/// After its answer, before the next.
constexpr Duration held_pause = seconds(1);
/// A gateway that does not hold announcements is asked to again.
constexpr Duration not_held_for = std::chrono::minutes(10);
constexpr std::size_t max_answer_bytes = 256 * 1024;
/// One announcement's worth; a large cache is told of over several.
constexpr std::size_t max_holdings = 64;

std::string availability(const store::ChunkMap& map, const hash::ChunkLayout& layout) {
  if (map.complete()) return "all";
  return http::format_available_ranges(map.ranges(layout));
}

/// Where others find us, if that is over one family only.
std::optional<net::Family> only_family(const PeerPorts& ports) {
  if ((ports.v4 == 0) == (ports.v6 == 0)) return std::nullopt;
  return ports.v4 != 0 ? net::Family::v4 : net::Family::v6;
}

bool is_literal(const std::string& base) {
  const auto url = http::Url::parse(base);
  return url && url->literal_address();
}

}  // namespace

Announcer::Announcer(Services& services, GatewayAccess gateway, PeerPorts ports,
                     std::function<void()> on_answer, const Partners& partners)
    : services_(services),
      gateway_(std::move(gateway)),
      ports_(ports),
      on_answer_(std::move(on_answer)),
      questioner_(partners.questioner),
      reversals_(partners.reversals),
      second_(partners.second),
      is_gateway_a_literal_(is_literal(gateway_.base)),
      family_(only_family(ports)),
      timer_(services.timers.make_timer([this] { announce(); })) {}

std::optional<net::Family> Announcer::bound_family() const {
  return is_gateway_a_literal_ || failures_ > 0 ? std::nullopt : family_;
}

void Announcer::set_current(std::vector<hash::TreeRoot> roots, bool is_complete) {
  const bool is_news = current_ != roots || current_is_complete_ != is_complete;
  current_ = std::move(roots);
  current_is_complete_ = is_complete;
  if (is_news) announce_now();
}

void Announcer::announce_now() {
  has_news_ = true;
  give_up_held();
  // A gateway that fails is not hurried.
  if (!fetch_ && failures_ == 0) timer_->arm(Duration::zero());
}

void Announcer::give_up_held() {
  if (is_held_) fetch_.reset();
  is_held_ = false;
}

bool Announcer::waits_to_be_called() const {
  const bool is_idle = !has_more_ && (current_.empty() || current_is_complete_);
  return is_idle && reversals_ != nullptr && port() != 0 && reachable_ == false &&
         services_.clock.now() >= holds_from_;
}

void Announcer::announce_soon() {
  give_up_held();
  if (fetch_ || failures_ > 0) return;
  const Instant earliest = asked_at_ + shortest_pause;
  timer_->arm(std::max(earliest - services_.clock.now(), Duration::zero()));
}

bool Announcer::has_answered_for(const hash::TreeRoot& root) const {
  return answered_.contains(root);
}

bool Announcer::is_guide() const {
  const bool is_silent = fetch_ && !is_held_ && services_.clock.now() - asked_at_ >= guide_patience;
  return is_guide_ && failures_ == 0 && !is_silent;
}

std::optional<net::Endpoint> Announcer::self() const {
  const auto& own_address = services_.peers.own_address();
  if (port() == 0 || !own_address) return std::nullopt;
  return net::Endpoint{*own_address, port()};
}

void Announcer::announce() {
  const Instant now = services_.clock.now();
  asked_at_ = now;
  has_news_ = false;
  asked_about_ = current_;
  if (now - told_all_at_ >= lifetime_ / 2) {
    told_.clear();
    told_all_at_ = now;
  }
  AnnounceRequest request;
  request.port = told_port_ = port();
  request.wants_proof = second_ != nullptr && second_->wants_proof();
  request.up_bps = up_bps_;
  request.from_peers_bytes = services_.statistics.peer_bytes;
  request.from_origin_bytes = services_.statistics.origin_bytes;
  has_more_ = false;
  const auto is_current = [this](const hash::TreeRoot& root) {
    return std::find(current_.begin(), current_.end(), root) != current_.end();
  };
  const auto add = [&](const hash::TreeRoot& root) {
    const auto row = services_.store.row(root);
    if (!row) return;
    std::string available = availability(services_.store.held(root), row->layout());
    const auto told = told_.find(root);
    if (told != told_.end() && told->second == available && !is_current(root)) return;
    has_more_ = request.holdings.size() >= max_holdings;
    if (has_more_) return;
    told_[root] = available;
    request.holdings.push_back({root, std::move(available)});
  };
  for (const auto& root : current_) add(root);
  // What has been lost since it was told of must be told of as well.
  std::set<hash::TreeRoot> others;
  for (const auto& [root, available] : told_) others.insert(root);
  for (const auto& root : services_.store.files()) others.insert(root);
  for (const auto& root : others) {
    if (!is_current(root) && !has_more_) add(root);
  }
  if (questioner_ != nullptr) {
    Questions questions = questioner_->questions();
    request.wants = std::move(questions.wants);
    request.failures = std::move(questions.failures);
  }
  has_asked_ = !request.wants.empty();
  if (reversals_ != nullptr && told_port_ != 0) {
    if (!in_doubt_since_ || reachable_.has_value() != was_reach_known_) in_doubt_since_ = now;
    was_reach_known_ = reachable_.has_value();
    request.reverse = reversals_->report(reachable_, now - *in_doubt_since_);
  }

  http::ClientRequest post;
  auto url = http::Url::parse(gateway_.base + "/gateway/announce");
  if (!url) return;
  post.method = "POST";
  post.url = std::move(*url);
  post.rules = gateway_.rules;
  post.family = bound_family();
  post.headers.add("Content-Type", "application/json");
  post.body = to_json(request);
  post.max_body_bytes = max_answer_bytes;
  post.connect_timeout = seconds(3);
  // What is on for the first time is to be answered at once.
  const bool is_answered =
      std::all_of(current_.begin(), current_.end(),
                  [this](const hash::TreeRoot& root) { return answered_.contains(root); });
  is_held_ = waits_to_be_called() && !has_asked_ && is_answered;
  const Duration held = is_held_ ? held_for : seconds(0);
  if (is_held_) post.headers.add("Prefer", "wait=" + std::to_string(held_for.count()));
  post.stall_timeout = held + seconds(5);
  post.total_timeout = held + seconds(10);
  fetch_ = std::make_unique<http::Fetch>(
      services_.client, std::move(post),
      [this](http::Fetch::Result result) { on_response(std::move(result)); });
}

void Announcer::on_response(http::Fetch::Result result) {
  const auto ended = std::move(fetch_);
  const bool was_held = std::exchange(is_held_, false);
  answered_.insert(asked_about_.begin(), asked_about_.end());
  if (const auto* error = std::get_if<http::TransferError>(&result)) {
    fail(error->message);
  } else {
    const auto& response = std::get<http::WholeResponse>(result);
    services_.statistics.gateway_bytes += response.body.size();
    const auto answer = parse_announce_answer(response.body);
    const bool was_ignored = was_held && !response.head.headers.has("Preference-Applied");
    if (response.head.status != 200) {
      fail("answers " + std::to_string(response.head.status));
    } else if (!answer) {
      fail("gives an answer that makes no sense");
    } else {
      if (was_ignored && answer->reverse.is_nothing() && !answer->proof) {
        holds_from_ = services_.clock.now() + not_held_for;
      }
      family_ = net::family_of(response.head.remote.address);
      take(*answer);
    }
  }
  on_answer_();
}

void Announcer::take(const AnnounceAnswer& answer) {
  failures_ = 0;
  services_.problems.clear("gateway");
  lifetime_ = answer.expires;
  interval_ = answer.interval;
  if (answer.you) services_.peers.set_own_address(*answer.you);
  reachable_ = answer.reachable;
  for (const ToldSwarm& swarm : answer.swarms) {
    const auto row = services_.store.row(swarm.root);
    if (!row) continue;
    for (const ToldPeer& told : swarm.peers) {
      const bool may_be_asked = told.endpoint.port >= 1024 &&
                                services_.rules.permits(told.endpoint.address) &&
                                told.endpoint != self();
      if (!may_be_asked) continue;
      store::ChunkMap map(row->layout().count());
      if (told.available == "all") {
        map = store::ChunkMap::all(map.size());
      } else if (const auto ranges = http::parse_available_ranges(told.available)) {
        map = store::ChunkMap::from_ranges(*ranges, row->layout());
      }
      (void)services_.peers.learn(told.endpoint, swarm.root, std::move(map));
    }
  }
  if (answer.from && (!answer.from->empty() || !has_asked_)) is_guide_ = true;
  if (has_asked_ && (!answer.from || answer.from->empty())) is_guide_ = false;
  services_.escape_bytes = answer.escape_bytes;
  if (reversals_ != nullptr && port() != 0) reversals_->take(answer.reverse, self());
  if (questioner_ != nullptr && answer.from) questioner_->on_told(*answer.from);
  // It was called over another family than was thought, where others find us elsewhere.
  if (port() != told_port_) return move_from(told_port_);
  if (second_ != nullptr) second_->on_announced(*family_, answer.proof);
  const bool is_in_haste = has_more_ || (!current_.empty() && !current_is_complete_);
  arm(is_in_haste            ? interval_
      : is_in_doubt()        ? doubt_interval
      : waits_to_be_called() ? held_pause
                             : lifetime_ / 2);
}

bool Announcer::is_in_doubt() const {
  if (reversals_ == nullptr || port() == 0 || !in_doubt_since_) return false;
  const Duration in_doubt = services_.clock.now() - *in_doubt_since_;
  return in_doubt < longest_doubt &&
         (!reachable_ || reversals_->report(reachable_, in_doubt).needs_key);
}

void Announcer::fail(const std::string& why) {
  services_.problems.report("gateway", "the gateway " + gateway_.base + " " + why +
                                           "; known listeners and the origin are used without it");
  ++failures_;
  told_.clear();
  const Duration pause =
      std::min<Duration>(milliseconds(500) * (1 << std::min(failures_, 7u)), seconds(30));
  const auto jitter = static_cast<Duration::rep>(static_cast<double>(pause.count()) * 0.25 *
                                                 services_.random.unit());
  arm(pause + Duration(jitter));
}

void Announcer::arm(Duration delay) {
  timer_->arm(has_news_ && failures_ == 0 ? Duration::zero() : delay);
}

void Announcer::set_ports(PeerPorts ports) {
  const std::uint16_t before = port();
  ports_ = ports;
  if (second_ != nullptr) second_->set_ports(ports);
  if (port() != before) move_from(before);
}

void Announcer::move_from(std::uint16_t before) {
  reachable_.reset();
  in_doubt_since_.reset();
  told_.clear();
  has_news_ = true;
  // It is known by another address from now on.
  if (second_ != nullptr) second_->reset();
  // What was on its way would say the opposite.
  fetch_.reset();
  is_held_ = false;
  if (before == 0) return timer_->arm(Duration::zero());
  timer_->disarm();
  send_leave(before, [this] {
    const auto ended = std::move(fetch_);
    timer_->arm(Duration::zero());
  });
}

void Announcer::withdraw(std::function<void()> on_done) {
  timer_->disarm();
  is_held_ = false;
  if (second_ != nullptr) second_->reset();
  if (port() == 0) return on_done();
  send_leave(port(), std::move(on_done));
}

void Announcer::send_leave(std::uint16_t port, std::function<void()> on_done) {
  http::ClientRequest request;
  auto url = http::Url::parse(gateway_.base + "/gateway/announce?port=" + std::to_string(port));
  if (!url) return on_done();
  request.method = "DELETE";
  request.url = std::move(*url);
  request.rules = gateway_.rules;
  request.family = bound_family();
  request.max_body_bytes = max_answer_bytes;
  request.connect_timeout = request.stall_timeout = milliseconds(500);
  request.total_timeout = milliseconds(500);
  fetch_ = std::make_unique<http::Fetch>(
      services_.client, std::move(request),
      [on_done = std::move(on_done)](const http::Fetch::Result&) { on_done(); });
}

}  // namespace alluvium::swarm
