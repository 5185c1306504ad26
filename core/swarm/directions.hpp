#pragma once

#include "core/hash/chunks.hpp"
#include "core/swarm/direction.hpp"

#include <map>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// What the gateway has said, chunk by chunk, about where to get one file, for as long as that is
/// worth anything; and our tickets, which outlive it. Bounded by what we ask for. Value type, owned
/// by a Download.
class Directions {
 public:
  void take(hash::ChunkRun run, const Direction& source, Instant now);
  /// Null if nothing is known, or not any more. Valid until something changes.
  [[nodiscard]] const Direction* at(hash::ChunkIndex index, Instant now) const;
  /// The first chunk from `index` on of which anything was said, worth something still or not.
  [[nodiscard]] std::optional<hash::ChunkIndex> next_spoken_of(hash::ChunkIndex index) const;
  /// The last one given to us for this chunk.
  [[nodiscard]] std::optional<Ticket> ticket(hash::ChunkIndex index) const;
  /// That peer is of no use for these chunks.
  void forget(hash::ChunkRun run);
  void forget_peer(const net::Endpoint& peer);
  /// Held by now: nothing about it is needed any more.
  void on_held(hash::ChunkIndex index);
  /// Chunks that are to be had somewhere, by what was said last.
  [[nodiscard]] std::size_t open(Instant now) const;

 private:
  /// A source, and until when it is believed to be one.
  struct Entry {
    hash::ChunkIndex index;
    Direction from;
    Instant until{};
  };
  using Entries = std::vector<Entry>;

  /// Where the first entry from that chunk on is.
  [[nodiscard]] Entries::iterator from(hash::ChunkIndex index);
  [[nodiscard]] Entries::const_iterator from(hash::ChunkIndex index) const;

  /// Ascending; side by side, as they are looked through for every chunk that comes.
  Entries entries_;
  std::map<hash::ChunkIndex, Ticket> tickets_;
};

}  // namespace alluvium::swarm
