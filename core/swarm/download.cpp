#include "core/swarm/download.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A peer that needs longer for one chunk is no help, whatever it trickles.
constexpr Duration peer_chunk_time = seconds(4);
/// Two rounds of announcements.
constexpr Duration settling = milliseconds(600);
constexpr http::Urgency bulk_urgency = 5;
/// How far ahead an origin without ranges is trusted to come: beyond, peers are asked meanwhile.
constexpr std::uint32_t sequential_reach = 32;

}  // namespace

Download::Download(Services& services, DownloadPlan plan, SourceObserver& observer)
    : services_(services),
      plan_(std::move(plan)),
      observer_(observer),
      swarm_(services_.peers, plan_.row->root()),
      greetings_(services_, plan_.row->root(), plan_.row->layout(),
                 [this](const net::Endpoint& peer, const http::ClientResponse& head) {
                   on_greeted(peer, head);
                 }),
      origin_(plan_.origins),
      guidance_(plan_.row->root(), plan_.row->layout()) {
  services_.store.add(plan_.row);
  services_.store.pin(root());
  from_disk_ = map();
  window_ = {{{0}, {1}}, {{0}, {1}}, {}, {}};
  services_.incoming.add(root(), *this);
}

Download::~Download() {
  services_.incoming.remove(*this);
  drop_flights([](const RunFetch&) { return true; });
  for (const http::Url& url : origin_.all()) {
    for (const auto* kind : {"origin:", "other:", "ranges:"}) {
      services_.problems.clear(kind + url.text());
    }
  }
  services_.store.unpin(root());
}

std::optional<Slice> Download::read(ChunkIndex index) {
  if (!map().has(index)) return std::nullopt;
  auto chunk = services_.store.in_memory(root(), index);
  if (chunk) {
    if (from_disk_.has(index)) {
      services_.statistics.cache_bytes += chunk->size();
      from_disk_.clear(index);
    }
    return chunk;
  }
  if (!loading_.contains(index)) {
    loading_[index] =
        services_.store.load(root(), index, [this, index](const std::optional<Slice>& loaded) {
          // What the disk has lost will cost somebody something.
          if (!loaded) from_disk_.clear(index);
          loading_.erase(index);
          observer_.on_data();
        });
  }
  return std::nullopt;
}

void Download::open_fully(const Membership& membership) {
  membership_ = membership;
  if (!open_since_) open_since_ = services_.clock.now();
}

void Download::update() {
  if (is_doubtful_ || map().complete()) {
    drop_flights([](const RunFetch&) { return true; });
    return;
  }
  drop_useless_flights();
  notice_lost_flights();
  report_late_flights();
  const Instant now = services_.clock.now();
  const std::vector<Coverage> covered = coverage();
  guidance_.look(is_next_under_way(covered), now);
  const Guide guide = guidance_.guide(now);
  if (guide == Guide::awaited) return;
  keep_company(guide, now);
  PickState state = pick_state(covered);
  if (guide == Guide::nobody) state.directions = nullptr;
  for (const Ask& ask : picker_.pick(state, now)) start(ask);
}

bool Download::is_urgent(ChunkIndex index) const {
  return window_.urgent.contains(index) || window_.after_those.contains(index);
}

http::Urgency Download::urgency_of(ChunkIndex index) const {
  if (window_.critical.contains(index)) return 0;
  if (window_.urgent.contains(index)) return 1;
  if (window_.after_those.contains(index)) return 2;
  return bulk_urgency;
}

std::vector<Coverage> Download::coverage() const {
  std::vector<Coverage> covered(map().size(), Coverage::none);
  for (const Flight& flight : flights_) {
    ChunkRun rest = flight.fetch->rest();
    if (flight.fetch->is_sequential())
      rest.end = std::min(rest.end, rest.begin.plus(sequential_reach));
    for (ChunkIndex i = rest.begin; i < rest.end && i.value < covered.size(); ++i) {
      // What is not waited for is not asked for again.
      if (flight.is_lost() && is_urgent(i)) continue;
      Coverage& c = covered[i.value];
      // However many are late, one more is to be asked.
      const bool has_none_in_time = c == Coverage::none || c == Coverage::late;
      if (has_none_in_time && is_late(*flight.fetch, i)) {
        c = Coverage::late;
      } else {
        c = c == Coverage::none ? Coverage::asked : Coverage::twice;
      }
    }
  }
  return covered;
}

PickState Download::pick_state(const std::vector<Coverage>& covered) {
  const Instant now = services_.clock.now();
  PickState state;
  state.held = &map();
  state.coverage = &covered;
  state.urgent = window_.urgent;
  state.after_urgent = window_.after_those;
  state.only_next = !open_since_;
  const bool has_room = services_.store.has_room();
  state.bulk_requests = has_room ? most_bulk_ - std::min(most_bulk_, requests()) : 0;
  state.self = membership_.self;
  state.directions = &guidance_.directions();
  state.critical = window_.critical;
  state.pace = window_.pace;
  state.escape_chunks = static_cast<std::uint32_t>(services_.escape_bytes / hash::chunk_bytes);
  state.peers.reserve(swarm_.members().size());
  for (const SwarmView::Member& member : swarm_.members()) {
    const Peer& peer = *member.peer;
    const bool is_usable = now >= peer.not_before;
    const bool is_failing = !is_usable && peer.failures > 0;
    state.peers.push_back({member.endpoint, member.available, peer.requests, is_usable, is_failing,
                           peer.has_served, peer.supposed.contains(root()),
                           peer.doubted.contains(root()), peer.is_neighbour});
  }
  bool sequential_under_way = false;
  for (const Flight& flight : flights_) {
    if (flight.is_lost() && flight.is_urgent) continue;
    const ChunkRun rest = flight.fetch->rest();
    for (const ChunkRun& urgent : {window_.urgent, window_.after_those}) {
      for (ChunkIndex i = std::max(rest.begin, urgent.begin); i < std::min(rest.end, urgent.end);
           ++i) {
        if (!flight.is_lost()) state.asked_from.emplace_back(i, flight.fetch->peer());
      }
    }
    if (flight.fetch->peer()) continue;
    ++(flight.is_urgent ? state.origin_urgent_requests : state.origin_bulk_requests);
    sequential_under_way = sequential_under_way || origin_ignores_ranges_;
  }
  // Who joined in the same moment is not known of yet: all would fetch the same from the origin.
  const bool is_settling = membership_.has_gateway && open_since_ && now - *open_since_ < settling;
  state.origin_bulk_usable = !is_settling && origin_.can_be_asked_in_bulk(now);
  state.is_meeting = is_meeting_others(now);
  state.origin_usable = origin_.can_be_asked(now) && !sequential_under_way;
  return state;
}

void Download::start(const Ask& ask) {
  RunRequest request;
  request.run = ask.run;
  request.length = plan_.row->layout().length();
  request.row = plan_.row;
  request.rules = services_.rules;
  request.verified = services_.verified;
  if (ask.peer) {
    auto url = http::Url::parse(peer_url(*ask.peer, root()));
    if (!url) return;
    request.url = std::move(*url);
    request.peer = ask.peer;
    request.standing = ask.standing;
    request.urgency = urgency_of(ask.run.begin);
    request.stall_timeout = seconds(3);
    if (ask.standing) request.stall_timeout += ask.standing->wait;
    if (alone_since_) request.own_port = membership_.port;
    services_.peers.on_request(*ask.peer);
  } else {
    request.url = origin_.present();
    const Direction* const from = guidance_.directions().at(ask.run.begin, services_.clock.now());
    const bool is_leased = from != nullptr && std::holds_alternative<FromOrigin>(*from);
    if (!is_leased)
      services_.escape_bytes -=
          std::min(services_.escape_bytes, ask.run.size() * hash::chunk_bytes);
  }
  RunObserver& observer = *this;
  flights_.push_back(
      {std::make_unique<RunFetch>(services_.client, services_.clock, std::move(request), observer),
       ask.is_urgent,
       {}});
}

void Download::drop_flights(const std::function<bool(const RunFetch&)>& is_unwanted) {
  std::erase_if(flights_, [&](const Flight& flight) {
    if (!is_unwanted(*flight.fetch)) return false;
    if (const auto& peer = flight.fetch->peer()) services_.peers.on_request_ended(*peer);
    return true;
  });
}

void Download::drop_useless_flights() {
  const Instant now = services_.clock.now();
  drop_flights([&](const RunFetch& fetch) {
    const bool is_hopeless =
        fetch.peer() && now - fetch.last_chunk_at() >= peer_chunk_time + fetch.wait();
    if (is_hopeless) services_.peers.on_failure(*fetch.peer(), now);
    // What is nearly done is left to finish: cancelling costs the connection.
    const ChunkRun rest = fetch.rest();
    return is_hopeless || (rest.size() > 1 && map().run_from(rest.begin) >= rest.size());
  });
  keep_one_sequential_flight();
}

void Download::notice_lost_flights() {
  const Instant now = services_.clock.now();
  for (Flight& flight : flights_) {
    // One that brings a whole file would begin it again.
    const bool can_be_repeated = !flight.fetch->peer() && !flight.fetch->is_sequential();
    if (can_be_repeated && origin_.is_silent_since(flight.fetch->asked_at(), now)) {
      flight.lost_at = now;
    }
  }
}

void Download::keep_one_sequential_flight() {
  const auto first = std::find_if(flights_.begin(), flights_.end(), [](const Flight& flight) {
    return flight.fetch->is_sequential();
  });
  if (first == flights_.end()) return;
  const RunFetch* const kept = first->fetch.get();
  const std::string url = kept->url().text();
  origin_ignores_ranges_ = true;
  services_.problems.report("ranges:" + url, "the origin cannot send parts of " +
                                                 printable(url, 500) +
                                                 ", so it is taken from its beginning");
  // The others would bring the same bytes again, from the beginning.
  drop_flights([kept](const RunFetch& fetch) { return !fetch.peer() && &fetch != kept; });
}

void Download::on_run_head(RunFetch& fetch) {
  if (!fetch.peer()) origin_.on_heard(services_.clock.now());
  if (!fetch.peer() || !fetch.availability()) return;
  (void)services_.peers.learn(*fetch.peer(), root(), *fetch.availability());
  take_hints(*fetch.peer(), fetch.head().headers);
}

void Download::on_run_chunk(RunFetch& fetch, ChunkIndex index, Slice chunk) {
  plan_.is_row_proven = true;
  Statistics& statistics = services_.statistics;
  ++statistics.verified_chunks;
  if (fetch.peer()) {
    statistics.peer_bytes += chunk.size();
    services_.peers.on_chunk(*fetch.peer(), chunk.size());
  } else {
    statistics.origin_bytes += chunk.size();
    origin_.on_heard(services_.clock.now());
    origin_.on_chunk();
    services_.problems.clear("origin:" + fetch.url().text());
  }
  if (map().has(index)) return;
  services_.store.put(root(), index, std::move(chunk));
  guidance_.on_held(index);
  services_.incoming.on_chunk(root(), index);
  observer_.on_data();
}

void Download::on_run_ended(RunFetch& fetch, RunEnd end, const std::string& why) {
  const auto flight = std::find_if(flights_.begin(), flights_.end(),
                                   [&](const Flight& f) { return f.fetch.get() == &fetch; });
  // Kept until the end of this call: what it says is still needed.
  const std::unique_ptr<RunFetch> ended = std::move(flight->fetch);
  flights_.erase(flight);
  if (end == RunEnd::false_chunk) ++services_.statistics.rejected_chunks;
  if (end != RunEnd::complete) report(*ended, end);
  if (const auto peer = ended->peer()) {
    services_.peers.on_request_ended(*peer);
    on_peer_ended(*peer, *ended, end, why);
  } else {
    on_origin_ended(ended->url(), end, why);
  }
  update();
  observer_.on_data();
}

void Download::on_peer_ended(const net::Endpoint& peer, RunFetch& fetch, RunEnd end,
                             const std::string& why) {
  const Instant now = services_.clock.now();
  switch (end) {
    case RunEnd::complete:
    case RunEnd::short_body:
      return;
    case RunEnd::not_held: {
      // It said what it has; if that is what was asked for, it has no time now.
      const bool has_it = fetch.availability() && fetch.availability()->has(fetch.rest().begin);
      if (has_it) {
        services_.peers.on_busy(
            peer, now + milliseconds(500) + milliseconds(services_.random.below(1000)));
      } else if (!fetch.availability()) {
        services_.peers.on_failure(peer, now);
      }
      return;
    }
    case RunEnd::gone:
      (void)services_.peers.learn(peer, root(), store::ChunkMap(map().size()));
      services_.peers.on_failure(peer, now);
      return;
    case RunEnd::false_chunk:
      if (plan_.is_row_proven) {
        services_.peers.ban(peer);
        drop_flights([&](const RunFetch& other) { return other.peer() == peer; });
        services_.problems.report("false:" + peer.text(),
                                  peer.text() + " " + why + "; it is asked no more");
      } else {
        services_.peers.on_failure(peer, now);
        is_doubtful_ = true;
        observer_.on_tree_contradicted(true);
      }
      return;
    default:
      services_.peers.on_failure(peer, now);
  }
}

void Download::on_origin_ended(const http::Url& url, RunEnd end, const std::string& why) {
  const std::string name = printable(url.text(), 500);
  switch (end) {
    case RunEnd::complete:
      return;
    case RunEnd::short_body:
      leave_origin(url, milliseconds(200));
      return;
    case RunEnd::false_chunk:
    case RunEnd::other_file:
      services_.problems.report("other:" + url.text(), "the file at the origin is not the one " +
                                                           plan_.named_by + " names: " + name +
                                                           " " + why +
                                                           "; peers that hold it are used");
      leave_origin(url, seconds(30));
      is_doubtful_ = !plan_.is_row_proven;
      observer_.on_tree_contradicted(is_doubtful_);
      return;
    default:
      services_.problems.report("origin:" + url.text(),
                                "the origin does not give " + name + ": it " + why +
                                    "; peers are used, and it is tried again");
      leave_origin(url, seconds(1), end == RunEnd::unreachable);
  }
}

void Download::leave_origin(const http::Url& url, Duration at_least, bool is_unreachable) {
  origin_.on_failure(url, at_least, is_unreachable, services_.clock.now(), services_.random);
}

}  // namespace alluvium::swarm
