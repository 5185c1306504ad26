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

Directions::Entries::iterator Directions::from(hash::ChunkIndex index) {
  return std::ranges::lower_bound(entries_, index, {}, &Entry::index);
}

Directions::Entries::const_iterator Directions::from(hash::ChunkIndex index) const {
  return std::ranges::lower_bound(entries_, index, {}, &Entry::index);
}

void Directions::take(hash::ChunkRun run, const Direction& source, Instant now) {
  if (run.empty()) return;
  // In one go, however many there are.
  std::vector<Entry> said;
  said.reserve(run.size());
  const Instant until = end_of(source, now);
  const auto ticket = ticket_of(source);
  for (hash::ChunkIndex i = run.begin; i < run.end; ++i) {
    said.push_back({i, source, until});
    if (ticket) tickets_[i] = *ticket;
  }
  const auto place = entries_.erase(from(run.begin), from(run.end));
  entries_.insert(place, said.begin(), said.end());
}

const Direction* Directions::at(hash::ChunkIndex index, Instant now) const {
  const auto entry = from(index);
  const bool is_known = entry != entries_.end() && entry->index == index && now < entry->until;
  return is_known ? &entry->from : nullptr;
}

std::optional<hash::ChunkIndex> Directions::next_spoken_of(hash::ChunkIndex index) const {
  const auto entry = from(index);
  return entry == entries_.end() ? std::nullopt : std::optional(entry->index);
}

std::optional<Ticket> Directions::ticket(hash::ChunkIndex index) const {
  const auto ticket = tickets_.find(index);
  return ticket == tickets_.end() ? std::nullopt : std::optional(ticket->second);
}

void Directions::forget(hash::ChunkRun run) {
  if (!run.empty()) entries_.erase(from(run.begin), from(run.end));
}

void Directions::forget_peer(const net::Endpoint& peer) {
  std::erase_if(entries_, [&](const Entry& entry) {
    const auto* source = std::get_if<FromPeer>(&entry.from);
    return source != nullptr && source->peer == peer;
  });
}

void Directions::on_held(hash::ChunkIndex index) {
  const auto entry = from(index);
  if (entry != entries_.end() && entry->index == index) entries_.erase(entry);
  tickets_.erase(index);
}

std::size_t Directions::open(Instant now) const {
  return static_cast<std::size_t>(
      std::count_if(entries_.begin(), entries_.end(), [&](const Entry& entry) {
        return now < entry.until && !std::holds_alternative<FromNobody>(entry.from);
      }));
}

}  // namespace alluvium::swarm
