#include "gateway/leases/places.hpp"

#include "gateway/leases/limits.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::leases {

std::size_t Places::position(hash::ChunkIndex chunk) const {
  return static_cast<std::size_t>(std::lower_bound(chunks_.begin(), chunks_.end(), chunk) -
                                  chunks_.begin());
}

Place* Places::find(hash::ChunkIndex chunk) {
  return const_cast<Place*>(std::as_const(*this).find(chunk));
}

const Place* Places::find(hash::ChunkIndex chunk) const {
  const std::size_t at = position(chunk);
  return at < chunks_.size() && chunks_[at] == chunk ? &places_[at] : nullptr;
}

Place* Places::take(hash::ChunkIndex chunk, Ticket ticket, Instant now) {
  const std::size_t at = position(chunk);
  if (at < chunks_.size() && chunks_[at] == chunk) return &places_[at];
  if (places_.size() >= most_places) return nullptr;
  const auto offset = static_cast<std::ptrdiff_t>(at);
  chunks_.insert(chunks_.begin() + offset, chunk);
  return &*places_.insert(places_.begin() + offset,
                          {chunk, ticket, false, {}, false, {}, now, now});
}

template <typename Unwanted>
void Places::remove_if(Unwanted is_unwanted) {
  if (std::erase_if(places_, is_unwanted) == 0) return;
  chunks_.clear();
  for (const auto& place : places_) chunks_.push_back(place.chunk);
}

void Places::drop(const ChunkRuns& held) {
  remove_if([&](const Place& place) { return has_chunk(held, place.chunk); });
}

void Places::drop_stale(Instant now) {
  remove_if(
      [&](const Place& place) { return !place.is_leased && now - place.asked >= place_lifetime; });
}

}  // namespace alluvium::leases
