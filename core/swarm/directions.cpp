#include "core/swarm/directions.hpp"

#include <algorithm>

namespace alluvium::swarm {

namespace {

/// A peer that is not asked by then may have lost what it had, or its place.
constexpr Duration worth_of_a_peer = std::chrono::seconds(5);

Instant end_of(const Direction& from, Instant now) {
  if (const auto* origin = std::get_if<FromOrigin>(&from)) return now + origin->lease;
  if (const auto* nobody = std::get_if<FromNobody>(&from)) return now + nobody->retry;
  return now + worth_of_a_peer;
}

std::optional<Ticket> ticket_of(const Direction& from) {
  if (const auto* origin = std::get_if<FromOrigin>(&from)) return origin->ticket;
  if (const auto* peer = std::get_if<FromPeer>(&from)) return peer->ticket;
  return std::nullopt;
}

}  // namespace

void Directions::take(hash::ChunkRun run, const Direction& from, Instant now) {
  const Instant until = end_of(from, now);
  for (hash::ChunkIndex i = run.begin; i < run.end; ++i) {
    entries_.insert_or_assign(i, Entry{from, until});
    if (const auto ticket = ticket_of(from)) tickets_[i] = *ticket;
  }
}

const Direction* Directions::at(hash::ChunkIndex index, Instant now) const {
  const auto entry = entries_.find(index);
  return entry == entries_.end() || now >= entry->second.until ? nullptr : &entry->second.from;
}

std::optional<hash::ChunkIndex> Directions::next_spoken_of(hash::ChunkIndex index) const {
  const auto entry = entries_.lower_bound(index);
  return entry == entries_.end() ? std::nullopt : std::optional(entry->first);
}

std::optional<Ticket> Directions::ticket(hash::ChunkIndex index) const {
  const auto ticket = tickets_.find(index);
  return ticket == tickets_.end() ? std::nullopt : std::optional(ticket->second);
}

void Directions::forget(hash::ChunkRun run) {
  entries_.erase(entries_.lower_bound(run.begin), entries_.lower_bound(run.end));
}

void Directions::forget_peer(const net::Endpoint& peer) {
  std::erase_if(entries_, [&](const auto& entry) {
    const auto* from = std::get_if<FromPeer>(&entry.second.from);
    return from != nullptr && from->peer == peer;
  });
}

void Directions::on_held(hash::ChunkIndex index) {
  entries_.erase(index);
  tickets_.erase(index);
}

std::size_t Directions::open(Instant now) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
        return now < entry.second.until && !std::holds_alternative<FromNobody>(entry.second.from);
      }));
}

}  // namespace alluvium::swarm
