#include "core/swarm/availability.hpp"

#include "core/http/range.hpp"

namespace alluvium::swarm {

SaidAvailability availability_of(const http::ClientResponse& head,
                                 const hash::ChunkLayout& layout) {
  if (const auto said = head.headers.find("X-Available-Ranges")) {
    const auto ranges = http::parse_available_ranges(*said);
    if (!ranges) return {std::nullopt, true};
    return {store::ChunkMap::from_ranges(*ranges, layout), false};
  }
  if (head.status == 206) return {store::ChunkMap::all(layout.count()), false};
  return {};
}

}  // namespace alluvium::swarm
