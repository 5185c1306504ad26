#pragma once

#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/chunk_runs.hpp"
#include "gateway/leases/values.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
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
/// its place, and only ever falls. Who wants nothing costs a pointer. Moves only.
class Places {
 public:
  [[nodiscard]] Place* find(hash::ChunkIndex chunk);
  [[nodiscard]] const Place* find(hash::ChunkIndex chunk) const;
  /// The place for a chunk, made with that ticket if there was none; null if there is no room.
  Place* take(hash::ChunkIndex chunk, Ticket ticket, Instant now);
  /// Nothing of these is wanted any more.
  void drop(std::span<const hash::ChunkRun> held);
  [[nodiscard]] std::span<const Place> all() const;
  /// Gives up what was not asked for lately, but for leases.
  void drop_stale(Instant now);

 private:
  struct Lines {
    std::vector<hash::ChunkIndex> chunks;  ///< Ascending; apart, as most searches end here.
    std::vector<Place> places;             ///< Each of the chunk at the same position.

    /// Where the place for a chunk is, or would be.
    [[nodiscard]] std::size_t position(hash::ChunkIndex chunk) const;
    [[nodiscard]] bool has(std::size_t at, hash::ChunkIndex chunk) const {
      return at < chunks.size() && chunks[at] == chunk;
    }
  };

  template <typename Unwanted>
  void remove_if(Unwanted is_unwanted);

  std::unique_ptr<Lines> lines_;  ///< Null: there is no place.
};

}  // namespace alluvium::leases
