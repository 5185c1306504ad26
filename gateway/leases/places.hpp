#pragma once

#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/chunk_runs.hpp"
#include "gateway/leases/values.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace alluvium::leases {

/// Names one member of a swarm; never the same for two, so that what is kept of one that left
/// finds nobody. The default names nobody.
struct MemberId {
  std::uint32_t slot = 0;
  std::uint32_t generation = 0;
  bool operator==(const MemberId&) const = default;
};

/// Where a member stands for one chunk that it wants.
struct Place {
  hash::ChunkIndex chunk;
  Ticket ticket = 0;
  bool is_leased = false;  ///< It was given the lease; then it stands in no line.
  MemberId source;         ///< At whom it stands, if at anybody.
  bool was_held = false;   ///< The source had it when it was chosen.
  Instant due{};           ///< When the source should have sent it.
  Instant first_asked{};
  Instant asked{};
};

/// A member's places in one file: at most `most_places`, one a chunk. A ticket stays as long as
/// its place, and only ever falls.
class Places {
 public:
  [[nodiscard]] Place* find(hash::ChunkIndex chunk);
  [[nodiscard]] const Place* find(hash::ChunkIndex chunk) const;
  /// The place for a chunk, made with that ticket if there was none; null if there is no room.
  Place* take(hash::ChunkIndex chunk, Ticket ticket, Instant now);
  /// Nothing of these is wanted any more.
  void drop(const ChunkRuns& held);
  [[nodiscard]] const std::vector<Place>& all() const { return places_; }
  /// Gives up what was not asked for lately, but for leases.
  void drop_stale(Instant now);
  [[nodiscard]] std::size_t size() const { return places_.size(); }

 private:
  /// Where the place for a chunk is, or would be.
  [[nodiscard]] std::size_t position(hash::ChunkIndex chunk) const;
  template <typename Unwanted>
  void remove_if(Unwanted is_unwanted);

  std::vector<hash::ChunkIndex> chunks_;  ///< Ascending; apart, as most searches end here.
  std::vector<Place> places_;             ///< Each of the chunk at the same position.
};

}  // namespace alluvium::leases
