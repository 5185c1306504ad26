// What a download asks the gateway and makes of its answers.
#include "core/swarm/availability.hpp"
#include "core/swarm/download.hpp"

#include <algorithm>

namespace alluvium::swarm {

using hash::ChunkIndex;
using hash::ChunkRun;

namespace {

/// A gateway that is away does not tell what peers have got since.
constexpr Duration news_lifetime = std::chrono::seconds(2);
/// A gateway names four with a file.
constexpr std::size_t most_introduced = 16;
/// In which the members of a swarm have mostly heard of each other, once no gateway tells them.
constexpr Duration longest_meeting = std::chrono::milliseconds(1'200);
/// They have, if nothing new was heard for so long.
constexpr Duration meeting_quiet = std::chrono::milliseconds(400);

}  // namespace

bool Download::is_next_under_way(const std::vector<Coverage>& covered) const {
  for (ChunkIndex i = window_.critical.begin; i < window_.critical.end; ++i) {
    if (i.value < covered.size() && !map().has(i)) return covered[i.value] != Coverage::none;
  }
  return true;
}

void Download::report_late_flights() {
  for (Flight& flight : flights_) {
    const ChunkRun rest = flight.fetch->rest();
    if (flight.is_reported || rest.empty() || !is_late(*flight.fetch, rest.begin)) continue;
    flight.is_reported = true;
    tell_of_failure(rest, flight.fetch->peer(), Failing::late);
  }
}

void Download::tell_of_failure(ChunkRun run, const std::optional<net::Endpoint>& peer,
                               Failing why) {
  guidance_.on_failure(run, peer, why);
  if (!run.empty() && is_urgent(run.begin)) has_pressing_failure_ = true;
}

std::vector<FailedSource> Download::take_failures() {
  has_pressing_failure_ = false;
  return guidance_.take_failures();
}

bool Download::has_pressing_question() const {
  const Instant now = services_.clock.now();
  if (is_doubtful_ || map().complete() || guidance_.guide(now) != Guide::gateway) return false;
  if (has_pressing_failure_) return true;
  const std::vector<Coverage> covered = coverage();
  if (is_next_under_way(covered)) return false;
  for (ChunkIndex i = window_.critical.begin; i < window_.critical.end; ++i) {
    if (!map().has(i)) return guidance_.directions().at(i, now) == nullptr;
  }
  return false;
}

void Download::keep_company(Guide guide, Instant now) {
  if (guide == Guide::gateway) {
    doubt_at_ = now;
    alone_since_.reset();
    return;
  }
  if (!alone_since_) alone_since_ = now;
  greetings_.greet(membership_.port);
  if (doubt_at_ && now < *doubt_at_) return;
  services_.peers.suppose(root(), plan_.row->layout());
  // What is known at the start is news.
  if (doubt_at_) services_.peers.doubt(root());
  doubt_at_ = now + news_lifetime;
}

bool Download::is_meeting_others(Instant now) {
  const bool can_meet = membership_.has_gateway || !swarm_.members().empty();
  return can_meet && alone_since_ && now - *alone_since_ < longest_meeting &&
         !greetings_.is_quiet_for(meeting_quiet);
}

void Download::on_greeted(const net::Endpoint& peer, const http::ClientResponse& head) {
  auto said = availability_of(head, plan_.row->layout());
  if (said.is_malformed) return services_.peers.on_failure(peer, services_.clock.now());
  if (said.map) (void)services_.peers.learn(peer, root(), std::move(*said.map));
  services_.peers.on_greeted(peer);
  take_hints(peer, head.headers);
  observer_.on_data();
}

void Download::take_hints(const net::Endpoint& informant, const http::Headers& headers) {
  // The gateway knows better who has what.
  if (guidance_.guide(services_.clock.now()) == Guide::gateway) return;
  if (!services_.peers.own_address()) {
    const auto said = headers.find("Remote-IP");
    const auto own = said ? net::IpAddress::parse(*said) : std::nullopt;
    if (own) services_.peers.set_own_address(*own);
  }
  for (const auto value : headers.find_all("X-URI-RES")) {
    const auto stranger = stranger_in(value);
    if (!stranger || !hints_.admits(informant, services_.clock.now())) continue;
    // Nothing is known of what it has; its first answer will say.
    services_.peers.meet(*stranger, root(), plan_.row->layout());
  }
}

void Download::introduce(const std::vector<std::string>& hints) {
  for (std::size_t i = 0; i < std::min(hints.size(), most_introduced); ++i) {
    if (const auto stranger = stranger_in(hints[i])) {
      services_.peers.meet(*stranger, root(), plan_.row->layout());
    }
  }
}

std::optional<net::Endpoint> Download::stranger_in(std::string_view hint) const {
  auto peer = parse_peer_hint(hint);
  const bool may_be_asked = peer && peer->port >= 1024 && peer != membership_.self &&
                            services_.rules.permits(peer->address) &&
                            services_.peers.find(*peer) == nullptr;
  if (!may_be_asked) peer.reset();
  return peer;
}

std::vector<Wanted> Download::wants() {
  if (is_doubtful_ || map().complete()) return {};
  const std::vector<Coverage> covered = coverage();
  return guidance_.wants(pick_state(covered), services_.clock.now());
}

std::optional<Failing> Download::reason_against(const net::Endpoint& peer) const {
  const Peer* const known = services_.peers.find(peer);
  if (known == nullptr) return std::nullopt;
  if (known->banned) return Failing::untrue;
  const bool is_left_alone = known->failures > 0 && services_.clock.now() < known->not_before;
  return is_left_alone ? std::optional(Failing::late) : std::nullopt;
}

void Download::take(const ToldSource& told) {
  if (const auto* from = std::get_if<FromPeer>(&told.from)) {
    const net::Endpoint& peer = from->peer;
    const bool may_be_asked =
        peer.port >= 1024 && peer != membership_.self && services_.rules.permits(peer.address);
    if (!may_be_asked) return;
    if (const auto why = reason_against(peer)) return guidance_.decline(told, *why);
    if (!services_.peers.learn(peer, root(), plan_.row->layout())) return;
  }
  const auto runs = guidance_.take(told, services_.clock.now());
  if (!std::holds_alternative<FromOrigin>(told.from)) return;
  // Others are sent to us for it: we may not wait for it in anybody's line.
  drop_flights([&](const RunFetch& fetch) {
    return fetch.is_standing() && std::any_of(runs.begin(), runs.end(), [&](const ChunkRun& run) {
             return fetch.rest().begin < run.end && run.begin < fetch.rest().end;
           });
  });
}

std::optional<OnItsWay> Download::coming(ChunkIndex index) const {
  const auto ticket = guidance_.directions().ticket(index);
  for (const Flight& flight : flights_) {
    if (flight.fetch->rest().contains(index) && !flight.fetch->is_sequential()) {
      return OnItsWay{!flight.fetch->peer(), ticket};
    }
  }
  const Direction* const from = guidance_.directions().at(index, services_.clock.now());
  if (from == nullptr || std::holds_alternative<FromNobody>(*from)) return std::nullopt;
  return OnItsWay{std::holds_alternative<FromOrigin>(*from), ticket};
}

void Download::report(const RunFetch& ended, RunEnd end) {
  // Who closed early may go on with what it has.
  if (end == RunEnd::short_body && ended.peer()) return guidance_.ask_again(ended.rest());
  const bool is_refusal = end == RunEnd::not_held || end == RunEnd::gone;
  tell_of_failure(ended.rest(), ended.peer(),
                  end == RunEnd::false_chunk ? Failing::untrue
                  : is_refusal               ? Failing::unwilling
                                             : Failing::late);
  if (ended.peer()) guidance_.leave(*ended.peer());
}

}  // namespace alluvium::swarm
