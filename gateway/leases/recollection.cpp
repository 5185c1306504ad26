// What one book tells another, so that the other can go on where the one ended.

#include "core/net/client_of.hpp"
#include "gateway/leases/lease_book.hpp"

#include <algorithm>

namespace alluvium::leases {

std::vector<net::Endpoint> LeaseBook::peers() const {
  std::vector<net::Endpoint> endpoints;
  endpoints.reserve(listeners_.size());
  listeners_.for_each([&](const Listener& listener) { endpoints.push_back(listener.endpoint()); });
  std::sort(endpoints.begin(), endpoints.end());
  return endpoints;
}

std::optional<Recollection> LeaseBook::recollect(const net::Endpoint& peer, Instant now) const {
  const Listener* const known = listeners_.find(peer);
  if (known == nullptr) return std::nullopt;
  Recollection recollection{known->peer.facts(), {}};
  for (const auto& file : known->files) {
    recollection.files.push_back(file.swarm->recollect(file.id, now));
  }
  return recollection;
}

void LeaseBook::restore(const Recollection& known, Instant now) {
  on_peer(known.facts, now);
  Listener* const listener = listeners_.find(known.facts.endpoint);
  if (listener == nullptr) return;
  for (const auto& file : known.files) {
    const auto swarm = files_.find(file.root);
    if (swarm == files_.end()) continue;
    const MemberId id = join(*listener, swarm->second, now);
    swarm->second.on_have(id, file.held, now);
    for (const auto& lease : file.leases) swarm->second.restore(id, lease, now);
  }
}

Recollection::File SwarmLeases::recollect(MemberId id, Instant now) const {
  const Member& member = *roster_.find(id);
  Recollection::File file{root_, {member.is_complete, {}}, {}};
  if (!member.is_complete) file.held.runs.assign(member.held.begin(), member.held.end());
  if (member.leases == 0) return file;
  for (const auto chunk : leases_.of(id)) {
    const Lease& lease = *leases_.find(chunk);
    if (lease.is_done || lease.expires <= now) continue;
    const bool continues = !file.leases.empty() && file.leases.back().run.end == chunk &&
                           file.leases.back().ticket == lease.ticket;
    if (continues) {
      ++file.leases.back().run.end;
    } else {
      file.leases.push_back({{chunk, chunk.plus(1)}, lease.ticket, lease.expires - now});
    }
  }
  return file;
}

void SwarmLeases::restore(MemberId id, const LiveLease& known, Instant now) {
  Member& member = *roster_.find(id);
  const Duration longest = lease_term(false);
  Lease lease;
  lease.holder = id;
  lease.ticket = known.ticket;
  lease.term = known.remains > lease_term(true) ? longest : lease_term(true);
  lease.since = now;
  lease.expected = now;
  const Instant expires = now + std::clamp<Duration>(known.remains, shortest_urgent_lease, longest);
  for (const auto& run : in_order({known.run}, facts_.layout.count(), 1)) {
    for (auto chunk = run.begin; chunk < run.end; ++chunk) {
      if (leases_.find(chunk) != nullptr || has_chunk(member.held, chunk)) continue;
      Asked* entry = asked(chunk, now);
      Place* place = member.places.take(chunk, known.ticket, now);
      if (entry == nullptr || place == nullptr) return;
      lease.expected += per_chunk_;
      give_lease(chunk, lease, expires, *place, *entry);
    }
  }
}

void SwarmLeases::give_lease(hash::ChunkIndex chunk, const Lease& lease, Instant expires,
                             Place& place, Asked& entry) {
  // Who receives a lease leaves every line for that chunk.
  place.source = {};
  place.ticket = lease.ticket;
  place.is_leased = true;
  place.asked = lease.since;
  entry.sources.add(lease.holder, common_.random);
  leases_.grant(chunk, lease, expires);
  Member& holder = *roster_.find(lease.holder);
  ++holder.leases;
  ++holder.peer->leases;
  ++common_.leases_by_client[net::client_of(holder.peer->endpoint().address)];
  ++common_.counters.live;
}

}  // namespace alluvium::leases
