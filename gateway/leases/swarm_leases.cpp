#include "gateway/leases/swarm_leases.hpp"

#include "core/net/client_of.hpp"

#include <algorithm>
#include <limits>
#include <tuple>
#include <utility>

namespace alluvium::leases {

namespace {

std::size_t index(Tier tier) {
  return static_cast<std::size_t>(tier);
}

std::uint64_t bit_rate(const FileFacts& facts) {
  const auto playing = std::max<Duration>(facts.duration.value_or(assumed_playing), seconds(1));
  return facts.layout.length() * 8 * 1'000'000 / static_cast<std::uint64_t>(playing.count());
}

}  // namespace

SwarmLeases::SwarmLeases(const hash::TreeRoot& root, const FileFacts& facts, Common& common)
    : root_(root), facts_(facts), bits_per_second_(bit_rate(facts)), common_(common) {}

MemberId SwarmLeases::join(Peer& peer) {
  const MemberId id = roster_.join(peer);
  Member& member = *roster_.find(id);
  restand(member, standing_of(member));
  return id;
}

void SwarmLeases::leave(MemberId id, Instant now) {
  fail_leases_of(id, now);
  restand(*roster_.find(id), std::nullopt);
  roster_.leave(id);
}

void SwarmLeases::on_peer_changed(MemberId id, Instant now) {
  Member& member = *roster_.find(id);
  const Standing before = *member.standing;
  restand(member, standing_of(member));
  const Standing& after = *member.standing;
  if (after.is_able() && !before.is_able()) remember_rare(id, member.held, now);
  // Nobody can be sent to it any more. (Whoever was leased something as unreachable keeps it.)
  if (after.tier != before.tier && after.tier >= Tier::unreachable) fail_leases_of(id, now);
}

void SwarmLeases::on_have(MemberId id, const Held& held, Instant now) {
  Member& member = *roster_.find(id);
  const ChunkRuns all{facts_.layout.all()};
  ChunkRuns runs = held.complete ? all : in_order(held.runs, facts_.layout.count(), most_runs_held);
  if (std::equal(runs.begin(), runs.end(), member.held.begin(), member.held.end())) return;
  const ChunkRuns news = difference(runs, member.held);
  add_supply(member, news, 1);
  add_supply(member, difference(member.held, runs), ~std::uint32_t{0});
  const bool is_complete = runs == all;
  roster_.set_held(id, runs, is_complete);
  restand(member, standing_of(member));
  note_sources(member, news);
  member.places.drop(member.held);
  if (member.standing->is_able()) remember_rare(id, news, now);
  on_progress(id, member, news, now);
}

void SwarmLeases::on_origin_failed(MemberId id, const ChunkRuns& runs, Instant now) {
  for (const auto chunk : leases_.in(runs)) {
    const Lease& lease = *leases_.find(chunk);
    if (lease.holder == id && !lease.is_done) end_lease(chunk, Ending::failed, now);
  }
}

bool SwarmLeases::on_source_failed(MemberId id, const ChunkRuns& runs, MemberId source, Failing why,
                                   Instant now) {
  bool is_its_fault = false;
  Member& member = *roster_.find(id);
  std::uint32_t looked_at = 0;
  for (const auto& run : runs) {
    for (auto chunk = run.begin; chunk < run.end && looked_at < chunks_answered; ++chunk) {
      ++looked_at;
      Place* place = member.places.find(chunk);
      if (place == nullptr || place->source != source) continue;
      place->source = {};
      // One that had to wait itself is not to blame for being late.
      const bool is_late = place->was_held && now > place->due + patience_with(source);
      is_its_fault = is_its_fault || why != Failing::late || is_late;
    }
  }
  return is_its_fault;
}

Duration SwarmLeases::patience_with(MemberId source) const {
  const Member* const member = roster_.find(source);
  return member == nullptr || member->peer->has_served() ? blamed_after : stranger_blamed_after;
}

void SwarmLeases::on_time(Instant now) {
  while (const auto chunk = leases_.expired(now)) {
    end_lease(*chunk, leases_.find(*chunk)->is_done ? Ending::settled : Ending::expired, now);
  }
}

void SwarmLeases::tidy(Instant now) {
  std::erase_if(asked_, [&](const auto& entry) {
    return now - entry.second.last >= place_lifetime && leases_.find(entry.first) == nullptr;
  });
}

Standing SwarmLeases::standing_of(const Member& member) const {
  const Peer& peer = *member.peer;
  Standing standing;
  standing.tier = peer.tier(bits_per_second_);
  standing.is_able_v4 = peer.is_able_over(net::Family::v4);
  standing.is_able_v6 = peer.is_able_over(net::Family::v6);
  standing.is_bridge = peer.alias() != nullptr;
  standing.is_pending = standing.tier == Tier::unknown;
  const bool is_dialled = standing.tier < Tier::unknown;
  standing.is_linked = !is_dialled && standing.tier != Tier::none && peer.is_linked();
  standing.is_incomplete = !member.is_complete;
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  // Of an unmeasured uplink nothing bad is thought.
  const std::uint64_t uplink = peer.uplink.is_measured()
                                   ? peer.uplink.bits_per_second()
                                   : std::max(assumed_up_bps, 2 * bits_per_second_);
  standing.up_bps =
      standing.tier <= Tier::unknown ? static_cast<std::uint32_t>(std::min(uplink, most)) : 0;
  return standing;
}

void SwarmLeases::restand(Member& member, std::optional<Standing> standing) {
  if (member.standing == standing) return;
  const auto before = std::exchange(member.standing, std::nullopt);
  if (before) {
    uplinks_bps_ -= before->up_bps;
    --members_by_tier_[index(before->tier)];
    if (before->is_incomplete) --incomplete_by_tier_[index(before->tier)];
    count_bridge(*before, ~std::uint32_t{0});
  }
  if (standing) {
    uplinks_bps_ += standing->up_bps;
    ++members_by_tier_[index(standing->tier)];
    if (standing->is_incomplete) ++incomplete_by_tier_[index(standing->tier)];
    count_bridge(*standing, 1);
  }
  const auto kind = [](const std::optional<Standing>& s) {
    return std::tuple(s && s->is_able_v4, s && s->is_able_v6, s && s->is_pending, s && s->is_linked,
                      s && s->tier == Tier::good);
  };
  if (kind(before) == kind(standing)) {
    member.standing = standing;
    return;
  }
  member.standing = before;
  add_supply(member, member.held, ~std::uint32_t{0});
  member.standing = standing;
  add_supply(member, member.held, 1);
}

void SwarmLeases::count_bridge(const Standing& standing, std::uint32_t each) {
  if (!standing.is_bridge || !standing.is_incomplete) return;
  if (standing.is_able_v4) bridges_to_v4_ += each;
  if (standing.is_able_v6) bridges_to_v6_ += each;
}

void SwarmLeases::add_supply(const Member& member, std::span<const hash::ChunkRun> runs,
                             std::uint32_t each) {
  if (!member.standing || runs.empty()) return;
  const Standing& standing = *member.standing;
  if (!standing.is_able() && !standing.is_pending && !standing.is_linked) return;
  const auto add = [&](Supply kind) {
    auto& supply = supply_[kind];
    supply.resize(facts_.layout.count());
    for (const auto& run : runs) {
      for (auto chunk = run.begin; chunk < run.end; ++chunk) supply[chunk.value] += each;
    }
  };
  if (standing.is_linked) return add(linked);
  if (!standing.is_able()) return add(pending);
  if (standing.is_able_v4) add(by_v4);
  if (standing.is_able_v6) add(by_v6);
  if (standing.is_able_v4 && standing.is_able_v6) add(by_both);
  if (standing.tier == Tier::good) add(well_placed);
}

void SwarmLeases::remember_rare(MemberId id, std::span<const hash::ChunkRun> runs, Instant now) {
  // Few partial holders are looked through anyway, and so are complete ones.
  if (roster_.partial().size() <= partial_draws || roster_.find(id)->is_complete) return;
  const Standing& standing = *roster_.find(id)->standing;
  const auto is_rare = [&](hash::ChunkIndex chunk) {
    return (standing.is_able_v4 && supply(by_v4, chunk) <= rare_holders) ||
           (standing.is_able_v6 && supply(by_v6, chunk) <= rare_holders);
  };
  for (const auto& run : runs) {
    for (auto chunk = run.begin; chunk < run.end; ++chunk) {
      if (!is_rare(chunk)) continue;
      Asked* entry = asked(chunk, now);
      if (entry == nullptr) return;
      entry->sources.add(id, common_.random);
    }
  }
}

void SwarmLeases::note_sources(const Member& member, const ChunkRuns& news) {
  for (const Place& place : member.places.all()) {
    const Member* const source = roster_.find(place.source);
    if (source != nullptr && has_chunk(news, place.chunk)) source->peer->on_served();
  }
}

void SwarmLeases::on_progress(MemberId id, const Member& member, const ChunkRuns& news,
                              Instant now) {
  std::uint32_t fetched = 0;
  Instant since{};
  for (const auto chunk : leases_.in(news)) {
    Lease& lease = *leases_.find(chunk);
    ++lease.holders;
    if (lease.holder == id && !lease.is_done) {
      lease.is_done = true;
      release(lease);
      since = lease.since;
      ++fetched;
      Asked* const entry = asked(chunk, now);
      if (entry != nullptr && entry->fetchers.size() < settled_holders) {
        entry->fetchers.push_back(id);
      }
      const bool is_pending = member.standing->is_pending;
      leases_.set_expiry(chunk, now + (is_pending ? being_found_out : lease_term(true)));
    }
    const Member* holder = roster_.find(lease.holder);
    if (holder == nullptr || is_settled(lease, *holder)) end_lease(chunk, Ending::settled, now);
  }
  if (fetched == 0) return;
  const Duration each = std::min<Duration>((now - since) / fetched, longest_per_chunk);
  per_chunk_ = (3 * per_chunk_ + each) / 4;
  // The rest of what it leased lives on.
  Instant expected = now;
  for (const auto chunk : leases_.of(id)) {
    Lease& lease = *leases_.find(chunk);
    if (lease.is_done) continue;
    lease.since = now;
    lease.expected = expected += per_chunk_;
    leases_.set_expiry(chunk, now + lease.term);
  }
}

void SwarmLeases::end_lease(hash::ChunkIndex chunk, Ending how, Instant now) {
  const Lease lease = *leases_.find(chunk);
  leases_.end(chunk);
  if (!lease.is_done) release(lease);
  if (Member* holder = roster_.find(lease.holder)) {
    --holder->leases;
    if (Place* place = holder->places.find(chunk)) {
      // Others may still stand there, so the ticket stays for a while.
      place->is_leased = false;
      place->asked = now;
    }
  }
  Counters& counters = common_.counters;
  --counters.live;
  ++(how == Ending::settled   ? counters.settled
     : how == Ending::expired ? counters.expired
                              : counters.failed);
}

void SwarmLeases::release(const Lease& lease) {
  Member* holder = roster_.find(lease.holder);
  if (holder == nullptr) return;
  --holder->peer->leases;
  const auto used = common_.leases_by_client.find(net::client_of(holder->peer->endpoint().address));
  if (--used->second == 0) common_.leases_by_client.erase(used);
}

void SwarmLeases::fail_leases_of(MemberId id, Instant now) {
  if (roster_.find(id)->leases == 0) return;
  for (const auto chunk : leases_.of(id)) end_lease(chunk, Ending::failed, now);
}

bool SwarmLeases::is_settled(const Lease& lease, const Member& holder) const {
  if (!lease.is_done) return false;
  if (holder.standing->tier >= Tier::unreachable) return true;
  return lease.holders >= std::min<std::size_t>(settled_holders, roster_.size());
}

Duration SwarmLeases::lease_term(bool is_urgent) const {
  return is_urgent ? std::max(shortest_urgent_lease, 3 * per_chunk_)
                   : std::max(shortest_bulk_lease, 6 * per_chunk_);
}

}  // namespace alluvium::leases
