#include "gateway/leases/places.hpp"

#include "gateway/leases/limits.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::leases {

std::size_t Places::Lines::position(hash::ChunkIndex chunk) const {
  return static_cast<std::size_t>(std::lower_bound(chunks.begin(), chunks.end(), chunk) -
                                  chunks.begin());
}

Place* Places::find(hash::ChunkIndex chunk) {
  return const_cast<Place*>(std::as_const(*this).find(chunk));
}

const Place* Places::find(hash::ChunkIndex chunk) const {
  if (!lines_) return nullptr;
  const std::size_t at = lines_->position(chunk);
  return lines_->has(at, chunk) ? &lines_->places[at] : nullptr;
}

Place* Places::take(hash::ChunkIndex chunk, Ticket ticket, Instant now) {
  if (!lines_) lines_ = std::make_unique<Lines>();
  auto& [chunks, places] = *lines_;
  const std::size_t at = lines_->position(chunk);
  if (lines_->has(at, chunk)) return &places[at];
  if (places.size() >= most_places) return nullptr;
  const auto offset = static_cast<std::ptrdiff_t>(at);
  chunks.insert(chunks.begin() + offset, chunk);
  return &*places.insert(places.begin() + offset, {chunk, ticket, false, {}, false, {}, now, now});
}

std::span<const Place> Places::all() const {
  return lines_ ? std::span<const Place>(lines_->places) : std::span<const Place>();
}

template <typename Unwanted>
void Places::remove_if(Unwanted is_unwanted) {
  if (!lines_ || std::erase_if(lines_->places, is_unwanted) == 0) return;
  if (lines_->places.empty()) return lines_.reset();
  lines_->chunks.clear();
  for (const auto& place : lines_->places) lines_->chunks.push_back(place.chunk);
}

void Places::drop(std::span<const hash::ChunkRun> held) {
  remove_if([&](const Place& place) { return has_chunk(held, place.chunk); });
}

void Places::drop_stale(Instant now) {
  remove_if(
      [&](const Place& place) { return !place.is_leased && now - place.asked >= place_lifetime; });
}

}  // namespace alluvium::leases
