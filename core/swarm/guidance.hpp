#pragma once

#include "core/store/chunk_map.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/directions.hpp"
#include "core/swarm/wants.hpp"

#include <optional>
#include <vector>

namespace alluvium::swarm {

/// Who decides where we fetch what.
enum class Guide {
  nobody,   ///< We do.
  awaited,  ///< The gateway, as soon as it has answered.
  gateway,
};

/// The talk with the gateway about one file: what it said of where to get chunks, what came of it,
/// and whether to go on listening. A gateway whose guidance leads nowhere is not listened to for a
/// while: it may make us late, never silent. Owned by a Download; pure.
class Guidance {
 public:
  Guidance(const hash::TreeRoot& root, const hash::ChunkLayout& layout)
      : root_(root), layout_(layout) {}

  void set_guide(Guide guide) { guide_ = guide; }
  [[nodiscard]] Guide guide(Instant now) const;
  [[nodiscard]] const Directions& directions() const { return directions_; }
  /// Of what the download still lacks; none while nobody is to be asked.
  [[nodiscard]] std::vector<Wanted> wants(const PickState& state, Instant now) const;
  /// The chunks that the gateway spoke of.
  std::vector<hash::ChunkRun> take(const ToldSource& told, Instant now);
  /// We would not go there: the gateway hears why, and says something else.
  void decline(const ToldSource& told, Failing why);

  /// Looks whether what is due at once is on its way; `is_under_way`: its first missing chunk is,
  /// or nothing is missing.
  void look(bool is_under_way, Instant now);
  void on_held(hash::ChunkIndex index) { directions_.on_held(index); }
  /// Nothing came of that source for these chunks: the gateway hears it, and another is asked for.
  void on_failure(hash::ChunkRun run, const std::optional<net::Endpoint>& peer, Failing why);
  /// What was said of these chunks is used up.
  void ask_again(hash::ChunkRun run) { directions_.forget(run); }
  /// That peer cannot be asked for a while.
  void leave(const net::Endpoint& peer) { directions_.forget_peer(peer); }
  /// To be told to the gateway, once.
  [[nodiscard]] std::vector<FailedSource> take_failures();

 private:
  hash::TreeRoot root_;
  hash::ChunkLayout layout_;
  Guide guide_ = Guide::nobody;
  Directions directions_;
  std::vector<FailedSource> failures_;
  std::optional<Instant> lost_since_;
  Instant alone_until_{};
};

}  // namespace alluvium::swarm
