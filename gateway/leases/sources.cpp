#include "core/net/client_of.hpp"
#include "gateway/leases/swarm_leases.hpp"

#include <algorithm>

namespace alluvium::leases {

namespace {

/// Calls with so many of a list, drawn at random, or with each if there are no more.
template <typename Use>
void draw(const std::vector<MemberId>& list, std::size_t count, Random& random, Use use) {
  if (list.size() <= count) {
    for (const MemberId id : list) use(id);
    return;
  }
  for (std::size_t i = 0; i < count; ++i) {
    use(list[static_cast<std::size_t>(random.below(list.size()))]);
  }
}

}  // namespace

std::optional<SwarmLeases::Choice> SwarmLeases::best_source(const Asker& asker, hash::ChunkRun rest,
                                                            Ticket ticket, MemberId except,
                                                            Asked& asked) {
  const hash::ChunkIndex chunk = rest.begin;
  const Lease* lease = leases_.find(chunk);
  const bool is_held = is_supplied(asker, chunk);
  // Lines that lead to nobody are not joined.
  if (!is_held && !is_brought(asker, chunk)) return std::nullopt;

  offers_.clear();
  const auto compare = [&](MemberId id) {
    if (id == except) return false;
    const auto choice = offer(asker, chunk, ticket, id);
    if (choice) offers_.push_back(*choice);
    return choice.has_value();
  };
  if (lease != nullptr) compare(lease->holder);
  for (const MemberId id : asker.relations.neighbours) compare(id);

  KnownSources& known = asked.sources;
  const bool are_few = known.all().size() <= known_draws;
  for (std::size_t i = 0; i < known_draws && i < known.all().size(); ++i) {
    if (!are_few) {
      known.swap(i, i + static_cast<std::size_t>(common_.random.below(known.all().size() - i)));
    }
    if (compare(known.all()[i])) continue;
    const Member* member = roster_.find(known.all()[i]);
    const bool is_stale = member == nullptr || (member->places.find(chunk) == nullptr &&
                                                !has_chunk(member->held, chunk));
    if (is_stale) known.remove_at(i--);
  }
  draw(roster_.complete(), complete_draws, common_.random, compare);
  if (offers_.size() < enough_offers) {
    draw(roster_.partial(), partial_draws, common_.random, compare);
  }
  if (offers_.empty() && is_held && holders_for(asker, chunk) <= rare_holders) {
    // One of the few is not remembered.
    const auto& partial = roster_.partial();
    for (std::size_t i = 0; i < std::min(partial.size(), longest_search); ++i) {
      const auto place = static_cast<std::size_t>(common_.random.below(partial.size()));
      compare(partial[place]);
      if (offers_.empty()) continue;
      known.add(partial[place], common_.random);
      break;
    }
  }
  prefer_housemates(asker);
  return best_offer(asker, rest, ticket);
}

void SwarmLeases::prefer_housemates(const Asker& asker) {
  if (asker.relations.neighbours.empty() || offers_.empty()) return;
  const auto house = net::client_of(asker.member.peer->endpoint().address);
  const auto is_mate = [&](const Choice& choice) {
    const Member& source = *roster_.find(choice.source);
    const auto& neighbours = asker.relations.neighbours;
    return net::client_of(source.peer->endpoint().address) == house &&
           std::find(neighbours.begin(), neighbours.end(), choice.source) != neighbours.end();
  };
  Instant soonest = Instant::max();
  for (const Choice& choice : offers_) soonest = std::min(soonest, choice.finish);
  const Instant latest = asker.is_urgent() ? soonest + detour : Instant::max();
  const bool has_mate = std::any_of(offers_.begin(), offers_.end(), [&](const Choice& choice) {
    return choice.finish <= latest && is_mate(choice);
  });
  if (has_mate) std::erase_if(offers_, [&](const Choice& choice) { return !is_mate(choice); });
}

std::optional<SwarmLeases::Choice> SwarmLeases::best_offer(const Asker& asker, hash::ChunkRun rest,
                                                           Ticket ticket) {
  if (offers_.empty()) return std::nullopt;
  const auto sooner = [](const Choice& a, const Choice& b) { return a.finish < b.finish; };
  if (asker.is_urgent()) return best_urgent_offer(asker, rest.begin);
  // Of what is not urgent, among those that would be first, the one that is best for the whole run.
  const auto first = offers_.begin();
  const auto end = first + static_cast<std::ptrdiff_t>(std::min(offers_.size(), runs_compared));
  std::partial_sort(first, end, offers_.end(), sooner);
  std::optional<Choice> best;
  Duration least{};
  for (auto choice = first; choice != end; ++choice) {
    const Duration cost = cost_of(asker, rest, ticket, *choice);
    if (best && cost >= least) continue;
    best = *choice;
    least = cost;
  }
  return best;
}

std::optional<SwarmLeases::Choice> SwarmLeases::best_urgent_offer(const Asker& asker,
                                                                  hash::ChunkIndex chunk) const {
  const Choice* soonest = nullptr;
  const Choice* soonest_proven = nullptr;
  for (const Choice& choice : offers_) {
    if (soonest == nullptr || choice.finish < soonest->finish) soonest = &choice;
    if (!is_proven(choice.source, chunk)) continue;
    if (soonest_proven == nullptr || choice.finish < soonest_proven->finish) {
      soonest_proven = &choice;
    }
  }
  // A stranger may say what it likes: whom one has let down is not sent to the next.
  const bool is_in_time =
      soonest_proven != nullptr && soonest_proven->finish <= soonest->finish + detour;
  if (is_in_time) return *soonest_proven;
  if (!asker.is_let_down()) return *soonest;
  if (soonest_proven != nullptr) return *soonest_proven;
  // Unless enough have fetched it already: then rather a stranger than nobody.
  return is_only_with_strangers(asker, chunk) ? std::nullopt : std::optional(*soonest);
}

bool SwarmLeases::is_only_with_strangers(const Asker& asker, hash::ChunkIndex chunk) const {
  if (!asker.is_urgent() || !asker.is_let_down() || leases_.find(chunk) != nullptr) return false;
  const auto entry = asked_.find(chunk);
  return !offers_.empty() && entry != asked_.end() &&
         entry->second.fetchers.size() < settled_holders;
}

bool SwarmLeases::is_proven(MemberId source, hash::ChunkIndex chunk) const {
  const Lease* const lease = leases_.find(chunk);
  if (lease != nullptr && lease->holder == source) return true;
  const auto entry = asked_.find(chunk);
  if (entry != asked_.end()) {
    const auto& fetchers = entry->second.fetchers;
    if (std::find(fetchers.begin(), fetchers.end(), source) != fetchers.end()) return true;
  }
  const Member* const member = roster_.find(source);
  return member != nullptr && member->peer->has_served();
}

std::optional<SwarmLeases::Choice> SwarmLeases::offer(const Asker& asker, hash::ChunkIndex chunk,
                                                      Ticket ticket, MemberId source) const {
  const Member* member = roster_.find(source);
  if (member == nullptr || !may_ask(asker, source, *member)) return std::nullopt;
  const Instant latest = asker.now + (asker.is_urgent() ? longest_wait : longest_bulk_wait);
  if (!member->peer->uplink.is_free_before(latest, asker.is_urgent())) return std::nullopt;
  const auto available = coming_at(*member, chunk, ticket, asker.now);
  if (!available) return std::nullopt;
  const std::uint64_t bytes = facts_.layout.bytes_of(chunk).size();
  const Instant finish =
      member->peer->uplink.finish(asker.now, *available, bytes, asker.is_urgent());
  // Of what is not urgent a slow uplink that has time may take the time it takes.
  const Duration own = asker.is_urgent() ? Duration::zero() : member->peer->uplink.time_for(bytes);
  if (finish - own > latest) return std::nullopt;
  return Choice{source, finish, has_chunk(member->held, chunk)};
}

Duration SwarmLeases::cost_of(const Asker& asker, hash::ChunkRun rest, Ticket ticket,
                              const Choice& first) const {
  const Member& source = *roster_.find(first.source);
  const Duration each = source.peer->uplink.time_for(hash::chunk_bytes);
  Instant finish = first.finish;
  std::uint32_t chunks = 1;
  for (; chunks < std::min(bulk_run, rest.size()); ++chunks) {
    const hash::ChunkIndex chunk = rest.begin.plus(chunks);
    const auto available = coming_at(source, chunk, ticket, asker.now);
    if (!available) break;
    finish = std::max(finish, *available) + each;
  }
  return (finish - asker.now + request_cost) / chunks;
}

std::optional<Instant> SwarmLeases::coming_at(const Member& source, hash::ChunkIndex chunk,
                                              Ticket below, Instant now) const {
  if (has_chunk(source.held, chunk)) return now;
  const Place* place = source.places.find(chunk);
  if (place == nullptr || place->ticket >= below) return std::nullopt;
  if (place->is_leased) {
    const Lease* lease = leases_.find(chunk);
    return lease == nullptr ? now : std::max(now, lease->expected);
  }
  if (now > place->due + grace) return std::nullopt;
  // What it stands at must itself be getting on.
  const Member* next = roster_.find(place->source);
  if (next == nullptr || next->standing->tier == Tier::none) return std::nullopt;
  if (!has_chunk(next->held, chunk) && next->places.find(chunk) == nullptr) return std::nullopt;
  return std::max(now, place->due + hop);
}

bool SwarmLeases::is_dialled(const Asker& asker, const Member& source) {
  return source.standing->is_able() && source.peer->found_by(*asker.member.peer).has_value();
}

net::Endpoint SwarmLeases::where(const Asker& asker, const Member& source) {
  // A neighbour is known by the address that the gateway knows it by.
  return source.peer->found_by(*asker.member.peer).value_or(source.peer->endpoint());
}

bool SwarmLeases::is_neighbour(const Asker& asker, MemberId id, const Member& source) {
  const auto& neighbours = asker.relations.neighbours;
  return source.standing->tier != Tier::none && !is_dialled(asker, source) &&
         std::find(neighbours.begin(), neighbours.end(), id) != neighbours.end();
}

bool SwarmLeases::may_ask(const Asker& asker, MemberId id, const Member& source) const {
  const auto& avoided = asker.relations.avoided;
  return (is_dialled(asker, source) || is_neighbour(asker, id, source)) && id != asker.id &&
         std::find(avoided.begin(), avoided.end(), id) == avoided.end();
}

bool SwarmLeases::is_coming_by_links(const Asker& asker, hash::ChunkIndex chunk) const {
  if (supply(linked, chunk) == 0 || !asker.member.peer->shares()) return false;
  const bool has_neighbours = !asker.relations.neighbours.empty();
  if (!has_neighbours && asker.is_urgent()) return false;
  const Place* const place = asker.member.places.find(chunk);
  const Duration longest = asker.is_urgent() ? link_patience
                           : has_neighbours  ? bulk_patience
                                             : alone_patience;
  return place == nullptr || asker.now - place->first_asked < longest;
}

bool SwarmLeases::is_coming_by_bridge(const Asker& asker, hash::ChunkIndex chunk) const {
  const Peer& peer = *asker.member.peer;
  const bool is_v4 = peer.family() == net::Family::v4;
  // Who calls over both families needs nobody in between.
  if (peer.alias() != nullptr || (is_v4 ? bridges_to_v4_ : bridges_to_v6_) == 0) return false;
  if (supply(is_v4 ? by_v6 : by_v4, chunk) == 0) return false;
  const Place* const place = asker.member.places.find(chunk);
  const Duration longest = asker.is_urgent() ? link_patience : bulk_patience;
  return place == nullptr || asker.now - place->first_asked < longest;
}

bool SwarmLeases::is_brought(const Asker& asker, hash::ChunkIndex chunk) const {
  return leases_.find(chunk) != nullptr || supply(linked, chunk) > 0 || is_supplied(asker, chunk);
}

bool SwarmLeases::is_supplied(const Asker& asker, hash::ChunkIndex chunk) const {
  const auto& avoided = asker.relations.avoided;
  for (const MemberId id : asker.relations.neighbours) {
    const Member* const member = roster_.find(id);
    if (member == nullptr || !has_chunk(member->held, chunk)) continue;
    if (may_ask(asker, id, *member)) return true;
  }
  std::uint32_t holders = holders_for(asker, chunk);
  if (holders == 0 || holders > avoided.size()) return holders > 0;
  // What is not urgent can wait a while until others have it, or have said the same of the source.
  if (!asker.is_urgent() && !has_waited_long(asker, chunk)) return true;
  for (const MemberId id : avoided) {
    const Member* member = roster_.find(id);
    const bool is_counted =
        member != nullptr && is_dialled(asker, *member) && has_chunk(member->held, chunk);
    if (is_counted) --holders;
  }
  return holders > 0;
}

std::uint32_t SwarmLeases::holders_for(const Asker& asker, hash::ChunkIndex chunk) const {
  const Peer& peer = *asker.member.peer;
  if (peer.alias() == nullptr) {
    return supply(peer.family() == net::Family::v4 ? by_v4 : by_v6, chunk);
  }
  return supply(by_v4, chunk) + supply(by_v6, chunk) - supply(by_both, chunk);
}

std::uint32_t SwarmLeases::supply(std::size_t kind, hash::ChunkIndex chunk) const {
  return chunk.value < supply_[kind].size() ? supply_[kind][chunk.value] : 0;
}

}  // namespace alluvium::leases
