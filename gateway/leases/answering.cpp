#include "core/net/client_of.hpp"
#include "gateway/leases/swarm_leases.hpp"

#include <algorithm>
#include <numeric>

namespace alluvium::leases {

namespace {

constexpr Duration shortest_retry = milliseconds(50);
constexpr Duration busy_retry = milliseconds(100);
constexpr Duration longest_retry = milliseconds(250);
constexpr Duration longest_bulk_retry = seconds(1);

std::size_t index(Tier tier) {
  return static_cast<std::size_t>(tier);
}

template <typename Counts>
std::uint32_t better_than(Tier tier, const Counts& counts) {
  return std::accumulate(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(index(tier)),
                         std::uint32_t{0});
}

}  // namespace

void SwarmLeases::on_want(MemberId id, const Want& want, const Relations& relations, Instant now,
                          Quota& quota, AnswerSheet& sheet) {
  Member& member = *roster_.find(id);
  member.places.drop_stale(now);
  const Asker asker{id, member, relations, now, want.by};
  for (hash::ChunkRun rest : want.runs) {
    rest.end = std::min(rest.end, facts_.layout.all().end);
    while (!rest.empty() && quota.chunks > 0) {
      const std::uint32_t answered = answer_from(asker, rest, quota, sheet);
      rest.begin = rest.begin.plus(answered);
      quota.chunks -= answered;
    }
  }
}

std::uint32_t SwarmLeases::answer_from(const Asker& asker, hash::ChunkRun rest, Quota& quota,
                                       AnswerSheet& sheet) {
  const hash::ChunkIndex chunk = rest.begin;
  if (has_chunk(asker.member.held, chunk)) return 1;
  Asked* entry = asked(chunk, asker.now);
  if (entry == nullptr) {
    tell_to_wait(asker, chunk, sheet);
    return 1;
  }
  if (asker.is_urgent()) hurry(chunk);

  if (is_stuck(asker, chunk)) end_lease(chunk, Ending::settled, asker.now);

  Place* place = asker.member.places.find(chunk);
  MemberId before;
  if (place != nullptr) {
    place->asked = asker.now;
    before = place->source;
    if (!is_too_slow(asker, chunk, place->due) && repeat(asker, *place, sheet)) {
      consider_escape(asker, place, place->due, quota, sheet);
      return 1;
    }
  }
  const Ticket ticket = place != nullptr ? place->ticket : ticket_of_asks(quota);
  // What nobody could give to one, neighbours may give to another.
  const bool is_searched = asker.now < entry->nobody_until && asker.relations.neighbours.empty();
  if (!asker.is_urgent() && is_searched && before == MemberId{}) {
    static_cast<void>(asker.member.places.take(chunk, ticket, asker.now));
    tell_to_wait(asker, chunk, sheet);
    return 1;
  }
  auto choice = best_source(asker, rest, ticket, before, *entry);
  // Rather the one that is late than nobody.
  if (!choice && before != MemberId{}) choice = best_source(asker, rest, ticket, {}, *entry);
  if (choice && is_too_slow(asker, chunk, choice->finish) && lease_room(asker, quota) > 0 &&
      asker.member.places.take(chunk, ticket, asker.now) != nullptr) {
    if (leases_.find(chunk) != nullptr) end_lease(chunk, Ending::settled, asker.now);
    return grant(asker, {chunk, chunk.plus(1)}, quota, sheet);
  }
  if (choice && is_line_too_long(asker, chunk, *choice)) {
    place = asker.member.places.take(chunk, ticket, asker.now);
    if (place != nullptr) place->source = {};
    tell_to_wait(asker, chunk, sheet);
    consider_escape(asker, place, choice->finish, quota, sheet);
    return 1;
  }
  if (choice) {
    const std::uint32_t assigned = assign(asker, rest, *choice, quota, sheet);
    consider_escape(asker, asker.member.places.find(chunk), choice->finish, quota, sheet);
    if (assigned > 0) return assigned;
  }
  if (!choice && is_forlorn(asker, chunk)) {
    ++common_.counters.alone;
    sheet.add(root_, chunk, FromOrigin{lease_term(true), std::nullopt});
    return 1;
  }
  const bool is_with_strangers = !choice && is_only_with_strangers(asker, chunk);
  place = asker.member.places.take(chunk, ticket, asker.now);
  if (place != nullptr) place->source = {};
  if (is_with_strangers) rest.end = chunk.plus(1);
  if (is_with_strangers || is_for_the_origin(asker, chunk)) {
    if (is_alone(asker)) {
      if (!may_fetch_alone(asker, place)) {
        tell_to_wait(asker, chunk, sheet);
        return 1;
      }
      ++common_.counters.alone;
      sheet.add(root_, chunk, FromOrigin{lease_term(asker.is_urgent()), std::nullopt});
      return 1;
    }
    if (place != nullptr && may_lease(asker, chunk, *entry) && lease_room(asker, quota) > 0) {
      return grant(asker, rest, quota, sheet);
    }
  }
  if (!entry->unmet_since) entry->unmet_since = asker.now;
  if (leases_.find(chunk) != nullptr || is_supplied(asker, chunk)) {
    entry->nobody_until = asker.now + search_pause;
  }
  tell_to_wait(asker, chunk, sheet);
  consider_escape(asker, place, std::nullopt, quota, sheet);
  return 1;
}

bool SwarmLeases::repeat(const Asker& asker, const Place& place, AnswerSheet& sheet) {
  if (place.is_leased) {
    const Lease* lease = leases_.find(place.chunk);
    if (lease == nullptr || lease->holder != asker.id) return false;
    sheet.add(root_, place.chunk, FromOrigin{lease->expires - asker.now, place.ticket});
    return true;
  }
  const Member* source = roster_.find(place.source);
  if (source == nullptr || !may_ask(asker, place.source, *source)) return false;
  if (asker.now > place.due + grace) return false;
  if (!coming_at(*source, place.chunk, place.ticket, asker.now)) return false;
  const bool is_held = has_chunk(source->held, place.chunk);
  // A line whose end was let go leads nowhere.
  if (!is_held && !is_brought(asker, place.chunk)) return false;
  const Duration wait = std::max(place.due - asker.now, Duration::zero()) + grace;
  sheet.add(root_, place.chunk,
            FromPeer{where(asker, *source), place.ticket, is_held ? Duration::zero() : wait});
  return true;
}

std::uint32_t SwarmLeases::assign(const Asker& asker, hash::ChunkRun rest, const Choice& first,
                                  Quota& quota, AnswerSheet& sheet) {
  const Member& source = *roster_.find(first.source);
  const std::uint32_t most =
      std::min({asker.is_urgent() ? urgent_run : bulk_run, rest.size(), quota.chunks});
  Choice choice = first;
  for (std::uint32_t n = 0; n < most; ++n) {
    const hash::ChunkIndex chunk = rest.begin.plus(n);
    Place* place = asker.member.places.find(chunk);
    if (n > 0) {
      // As long as the same source suits, so that one request serves.
      if (has_chunk(asker.member.held, chunk)) return n;
      if (place != nullptr && (place->is_leased || place->source != MemberId{})) return n;
      const Ticket ticket = place != nullptr ? place->ticket : ticket_of_asks(quota);
      const auto next = offer(asker, chunk, ticket, first.source);
      if (!next || (!next->is_held && !is_brought(asker, chunk))) return n;
      choice = *next;
    }
    Asked* entry = asked(chunk, asker.now);
    if (place == nullptr) place = asker.member.places.take(chunk, ticket_of_asks(quota), asker.now);
    if (place == nullptr || entry == nullptr) return n;
    if (place->source == MemberId{} && asker.member.peer->shares()) {
      entry->sources.add(asker.id, common_.random);
    }
    entry->unmet_since.reset();
    place->source = first.source;
    place->was_held = choice.is_held;
    place->due = choice.finish;
    source.peer->uplink.occupy(asker.now, choice.finish, facts_.layout.bytes_of(chunk).size(),
                               asker.is_urgent());
    const Duration wait = choice.is_held ? Duration::zero() : choice.finish - asker.now + grace;
    sheet.add(root_, chunk, FromPeer{where(asker, source), place->ticket, wait});
    ++common_.counters.assigned;
  }
  return most;
}

bool SwarmLeases::is_for_the_origin(const Asker& asker, hash::ChunkIndex chunk) const {
  if (leases_.find(chunk) != nullptr) return false;
  if (!is_supplied(asker, chunk)) {
    return !is_coming_by_links(asker, chunk) && !is_coming_by_bridge(asker, chunk);
  }
  // The few that hold it never have time for what is not urgent.
  return !asker.is_urgent() && holders_for(asker, chunk) < settled_holders &&
         has_waited_long(asker, chunk);
}

bool SwarmLeases::is_too_slow(const Asker& asker, hash::ChunkIndex chunk, Instant finish) const {
  if (!asker.is_urgent() || asker.member.standing->tier != Tier::good) return false;
  if (finish <= asker.now + asker.by) return false;
  const Lease* const lease = leases_.find(chunk);
  return (lease == nullptr || lease->is_done) && supply(well_placed, chunk) == 0 &&
         supply(pending, chunk) == 0 && holders_for(asker, chunk) < settled_holders;
}

bool SwarmLeases::is_line_too_long(const Asker& asker, hash::ChunkIndex chunk,
                                   const Choice& choice) const {
  const std::uint64_t bytes = facts_.layout.bytes_of(chunk).size();
  const Duration own = roster_.find(choice.source)->peer->uplink.time_for(bytes);
  return asker.is_urgent() && choice.finish - own > asker.now + longest_line;
}

bool SwarmLeases::is_stuck(const Asker& asker, hash::ChunkIndex chunk) const {
  const Lease* const lease = leases_.find(chunk);
  if (lease == nullptr || !lease->is_done || !asker.is_urgent()) return false;
  if (asker.member.standing->tier != Tier::good || supply(well_placed, chunk) > 0) return false;
  const Member* const holder = roster_.find(lease->holder);
  return holder != nullptr && holder->standing->is_pending &&
         asker.now >= lease->expires - being_found_out + usually_found_out;
}

bool SwarmLeases::has_waited_long(const Asker& asker, hash::ChunkIndex chunk) const {
  const Place* const place = asker.member.places.find(chunk);
  return asker.by <= bulk_hurry && place != nullptr &&
         asker.now - place->first_asked >= bulk_patience;
}

bool SwarmLeases::may_lease(const Asker& asker, hash::ChunkIndex chunk, const Asked& asked) const {
  const Tier tier = asker.member.standing->tier;
  if (tier == Tier::none) return false;
  const Duration wait = asker.is_urgent() ? patience : bulk_lease_patience;
  const bool has_waited = asked.unmet_since && asker.now - *asked.unmet_since >= wait;
  if (has_waited) return true;
  // Whether others can reach it will be known soon, or it will find neighbours.
  if (tier >= Tier::unknown && !asker.member.standing->is_linked && !asker.is_urgent())
    return false;
  return better_than(tier, incomplete_by_tier_) == 0 && supply(pending, chunk) == 0;
}

std::uint32_t SwarmLeases::grant(const Asker& asker, hash::ChunkRun rest, Quota& quota,
                                 AnswerSheet& sheet) {
  const std::uint32_t most = std::min({lease_room(asker, quota), rest.size(), quota.chunks});
  if (!quota.lease_ticket) quota.lease_ticket = common_.tickets.next_lease();
  const Ticket ticket = *quota.lease_ticket;
  const Duration term = lease_term(asker.is_urgent());
  std::uint32_t granted = 0;
  for (; granted < most; ++granted) {
    const hash::ChunkIndex chunk = rest.begin.plus(granted);
    Asked* entry = asked(chunk, asker.now);
    if (granted > 0) {
      const bool is_wanted_here =
          !has_chunk(asker.member.held, chunk) && is_for_the_origin(asker, chunk);
      if (!is_wanted_here || entry == nullptr || !may_lease(asker, chunk, *entry)) break;
    }
    Place* place = asker.member.places.take(chunk, ticket, asker.now);
    if (place == nullptr || entry == nullptr) break;
    entry->unmet_since.reset();
    Lease lease;
    lease.holder = asker.id;
    lease.ticket = ticket;
    lease.since = asker.now;
    lease.expected = asker.now + per_chunk_ * (granted + 1);
    lease.term = term;
    give_lease(chunk, lease, asker.now + term, *place, *entry);
    sheet.add(root_, chunk, FromOrigin{term, ticket});
  }
  common_.counters.granted += granted;
  if (asker.is_urgent()) {
    quota.urgent += granted;
  } else {
    quota.bulk -= granted;
  }
  return granted;
}

void SwarmLeases::tell_to_wait(const Asker& asker, hash::ChunkIndex chunk, AnswerSheet& sheet) {
  const Duration longest = asker.is_urgent() ? longest_retry : longest_bulk_retry;
  Duration retry = asker.is_urgent() ? busy_retry : longest_bulk_retry;
  if (const Lease* lease = leases_.find(chunk)) {
    const Member* holder = roster_.find(lease->holder);
    // The connect-back that it takes is a matter of one round trip.
    const bool is_pending = holder != nullptr && holder->standing->is_pending;
    retry = is_pending ? shortest_retry
                       : std::clamp<Duration>(lease->expires - asker.now, shortest_retry, longest);
  }
  ++common_.counters.waits;
  sheet.add(root_, chunk, FromNobody{retry});
}

void SwarmLeases::consider_escape(const Asker& asker, const Place* place,
                                  std::optional<Instant> finish, Quota& quota, AnswerSheet& sheet) {
  if (quota.escapes == 0 || asker.by > escape_due) return;
  if (finish && *finish <= asker.now + asker.by) return;
  if (place != nullptr && place->is_leased) return;
  const bool has_waited = place != nullptr && asker.now - place->first_asked >= escape_after;
  if (!has_waited && asker.member.peer->shares()) return;
  const std::uint64_t members =
      std::accumulate(incomplete_by_tier_.begin(), incomplete_by_tier_.end(), std::uint64_t{0});
  const std::uint64_t demand_bps = members * bits_per_second_;
  const std::uint64_t lacking_bps = demand_bps - std::min(demand_bps, uplinks_bps_);
  const std::uint64_t drawn = ration_.draw(asker.now, hash::chunk_bytes,
                                           (bits_per_second_ / escape_part + lacking_bps) / 8);
  if (drawn == 0) return;
  --quota.escapes;
  common_.counters.escapes += drawn;
  sheet.add_escape(drawn);
}

bool SwarmLeases::is_alone(const Asker& asker) const {
  const Standing& standing = *asker.member.standing;
  return standing.tier >= Tier::unreachable && !standing.is_linked &&
         asker.relations.neighbours.empty() &&
         better_than(Tier::unreachable, members_by_tier_) == 0;
}

bool SwarmLeases::is_forlorn(const Asker& asker, hash::ChunkIndex chunk) const {
  const Place* const place = asker.member.places.find(chunk);
  return asker.is_urgent() && place != nullptr && !place->is_leased &&
         asker.now - place->first_asked >= forlorn_after &&
         better_than(Tier::unknown, members_by_tier_) == 0 && !is_coming_by_links(asker, chunk);
}

bool SwarmLeases::may_fetch_alone(const Asker& asker, const Place* place) {
  return asker.is_urgent() || !asker.member.peer->shares() || place == nullptr ||
         asker.now - place->first_asked >= alone_patience;
}

std::uint32_t SwarmLeases::lease_room(const Asker& asker, const Quota& quota) const {
  if (asker.now < common_.leases_from) return 0;
  const Peer& peer = *asker.member.peer;
  const std::uint32_t ahead = playing_chunks(leased_ahead);
  const auto client = common_.leases_by_client.find(net::client_of(peer.endpoint().address));
  const std::uint32_t of_client = client == common_.leases_by_client.end() ? 0 : client->second;
  const std::uint32_t peer_limit = std::max(leases_per_peer, ahead);
  const std::uint32_t client_limit = std::max(leases_per_client, 2 * ahead);
  const bool has_company = better_than(Tier::unreachable, incomplete_by_tier_) > 1;
  const std::uint32_t urgent_limit =
      std::max(has_company ? urgent_run : urgent_run_alone, playing_chunks(leased_ahead / 8));
  const auto left = [](std::uint32_t limit, std::uint32_t used) {
    return limit - std::min(limit, used);
  };
  return std::min({left(peer_limit, peer.leases), left(client_limit, of_client),
                   asker.is_urgent() ? left(urgent_limit, quota.urgent) : quota.bulk});
}

std::uint32_t SwarmLeases::playing_chunks(Duration time) const {
  const auto bytes = bits_per_second_ / 8 * static_cast<std::uint64_t>(time.count()) / 1'000'000;
  const auto chunks = bytes / hash::chunk_bytes;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(chunks, most_chunks_asked));
}

void SwarmLeases::hurry(hash::ChunkIndex chunk) {
  const Lease* lease = leases_.find(chunk);
  if (lease == nullptr || lease->is_done) return;
  const Instant latest = lease->expected + lease_term(true);
  if (latest < lease->expires) leases_.set_expiry(chunk, latest);
}

Ticket SwarmLeases::ticket_of_asks(Quota& quota) {
  if (!quota.ticket) quota.ticket = common_.tickets.next_ask();
  return *quota.ticket;
}

SwarmLeases::Asked* SwarmLeases::asked(hash::ChunkIndex chunk, Instant now) {
  auto known = asked_.find(chunk);
  if (known == asked_.end()) {
    if (asked_.size() >= most_chunks_asked) return nullptr;
    known = asked_.try_emplace(chunk).first;
  }
  known->second.last = now;
  return &known->second;
}

}  // namespace alluvium::leases
