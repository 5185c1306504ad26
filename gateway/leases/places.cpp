#include "gateway/leases/places.hpp"

#include "gateway/leases/limits.hpp"

#include <algorithm>

namespace alluvium::leases {

namespace {

template <typename List>
auto at_or_after(List& places, hash::ChunkIndex chunk) {
  return std::lower_bound(places.begin(), places.end(), chunk,
                          [](const Place& place, hash::ChunkIndex i) { return place.chunk < i; });
}

}  // namespace

Place* Places::find(hash::ChunkIndex chunk) {
  const auto place = at_or_after(places_, chunk);
  return place != places_.end() && place->chunk == chunk ? &*place : nullptr;
}

const Place* Places::find(hash::ChunkIndex chunk) const {
  const auto place = at_or_after(places_, chunk);
  return place != places_.end() && place->chunk == chunk ? &*place : nullptr;
}

Place* Places::take(hash::ChunkIndex chunk, Ticket ticket, Instant now) {
  const auto place = at_or_after(places_, chunk);
  if (place != places_.end() && place->chunk == chunk) return &*place;
  if (places_.size() >= most_places) return nullptr;
  return &*places_.insert(place, {chunk, ticket, false, {}, {}, now, now});
}

void Places::drop(const ChunkRuns& held) {
  if (places_.empty()) return;
  std::erase_if(places_, [&](const Place& place) { return has_chunk(held, place.chunk); });
}

void Places::drop_stale(Instant now) {
  std::erase_if(places_, [&](const Place& place) {
    return !place.is_leased && now - place.asked >= place_lifetime;
  });
}

}  // namespace alluvium::leases
