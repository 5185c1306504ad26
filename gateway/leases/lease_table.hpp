#pragma once

#include "core/hash/chunks.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/chunk_runs.hpp"
#include "gateway/leases/places.hpp"
#include "gateway/leases/values.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace alluvium::leases {

/// Who may fetch one chunk from the origin.
struct Lease {
  MemberId holder;
  Ticket ticket = 0;
  Duration term{};            ///< It ends so long after the last progress.
  Instant since{};            ///< When it was given, or when the one before it in its run came.
  Instant expected{};         ///< When its holder should have the chunk.
  bool is_done = false;       ///< The holder has it; it is settled once others have it as well.
  std::uint32_t holders = 0;  ///< How many have announced it since.
  Instant expires{};          ///< Set by LeaseTable.
};

/// The live leases of one file: never two for a chunk. Owned by SwarmLeases.
class LeaseTable {
 public:
  [[nodiscard]] const Lease* find(hash::ChunkIndex chunk) const;
  [[nodiscard]] Lease* find(hash::ChunkIndex chunk);
  /// There must be none for that chunk.
  void grant(hash::ChunkIndex chunk, const Lease& lease, Instant expires);
  void set_expiry(hash::ChunkIndex chunk, Instant expires);
  void end(hash::ChunkIndex chunk);

  /// One whose time is over.
  [[nodiscard]] std::optional<hash::ChunkIndex> expired(Instant now) const;
  /// Those of chunks in these runs, ascending.
  [[nodiscard]] std::vector<hash::ChunkIndex> in(const ChunkRuns& runs) const;
  /// Those that one member holds, ascending.
  [[nodiscard]] std::vector<hash::ChunkIndex> of(MemberId holder) const;
  [[nodiscard]] std::size_t size() const { return leases_.size(); }

 private:
  std::map<hash::ChunkIndex, Lease> leases_;
  std::set<std::pair<Instant, hash::ChunkIndex>> by_expiry_;
};

}  // namespace alluvium::leases
