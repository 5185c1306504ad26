#pragma once

#include "core/hash/chunks.hpp"
#include "core/net/ip_address.hpp"
#include "core/store/chunk_map.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/directions.hpp"
#include "core/time/clock.hpp"

#include <climits>
#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// How far a chunk has got that is not held yet.
enum class Coverage : std::uint8_t {
  none,   ///< Nobody has been asked.
  asked,  ///< One source has been asked and may still be in time.
  late,   ///< One source has been asked and will not be in time: ask another one as well.
  twice,  ///< Two have been asked; more would only waste.
};

/// A peer as the picker sees it.
struct PeerChoice {
  net::Endpoint endpoint;
  const store::ChunkMap* available = nullptr;
  unsigned requests = 0;  ///< Under way to it.
  bool is_usable =
      true;  ///< False while it is left alone; it still counts as a member of the swarm.
  /// Left alone because it did not answer: what it has counts for nothing. One that has no time now
  /// is waited for, or else its chunks would leave the origin again.
  bool is_failing = false;
  /// Has sent something true before. A stranger is asked for one chunk, so that a liar spoils no
  /// more.
  bool is_trusted = true;
  /// Has not said yet whether it takes part: it is asked for what is its own turn to fetch.
  bool is_supposed = false;
  /// May have more by now than it said.
  bool is_doubted = false;
  /// There is one connection to it, and what is asked stands in line there.
  bool is_neighbour = false;
};

/// Everything the picker decides upon; it has no other knowledge.
struct PickState {
  const store::ChunkMap* held = nullptr;
  const std::vector<Coverage>* coverage = nullptr;
  /// Due within the urgent window, in the order in which they will be played.
  hash::ChunkRun urgent;
  /// What another reader needs soon: urgent as well once all of `urgent` is held.
  hash::ChunkRun after_urgent;
  /// Nothing but the first urgent chunk: what the gateway will say is not known yet.
  bool only_next = false;
  /// How many more requests may be made for what is not urgent: 0 when the store has no room for
  /// it.
  unsigned bulk_requests = UINT_MAX;
  std::vector<PeerChoice> peers;  ///< Ascending by endpoint.
  /// Our own place in the swarm: none while nobody can be served by us.
  std::optional<net::Endpoint> self;
  /// Which source each chunk's present request went to is not asked twice.
  std::vector<std::pair<hash::ChunkIndex, std::optional<net::Endpoint>>> asked_from;
  bool origin_usable = true;
  bool origin_bulk_usable = true;  ///< For what is not urgent.
  /// The members are about to hear of each other: nothing that is not urgent leaves the origin, but
  /// whoever waits for its turn waits from now on.
  bool is_meeting = false;
  unsigned origin_urgent_requests = 0;
  unsigned origin_bulk_requests = 0;
  /// What the gateway says of where to get what; null while nobody says so.
  const Directions* directions = nullptr;
  /// With directions: what may be asked from the origin without being told to, if so much of it is
  /// left.
  hash::ChunkRun critical;
  std::optional<Pace> pace;
  std::uint32_t escape_chunks = 0;
};

/// Our place in the line of a peer that does not hold a chunk yet.
struct Standing {
  std::optional<Ticket> ticket;  ///< Without a gateway there are none.
  Duration wait{};               ///< For how long it is to hold the request; whole seconds.
  Duration line{};               ///< In which it should have begun to come.
  bool is_held = false;  ///< It is said to hold what it is asked for, so that there is no line.
  auto operator<=>(const Standing&) const = default;
};

/// A request to make: `peer` empty means the origin.
struct Ask {
  std::optional<net::Endpoint> peer;
  hash::ChunkRun run;
  bool is_urgent = false;
  std::optional<Standing> standing;
  bool operator==(const Ask&) const = default;
};

struct PickLimits {
  std::uint32_t urgent_run = 4;
  std::uint32_t bulk_run = 16;
  unsigned requests_per_peer = 2;
  /// One place is kept free, so that what is due need not stand behind what is not.
  unsigned urgent_requests_per_peer = 3;
  unsigned origin_urgent_requests = 2;
  unsigned origin_bulk_requests = 2;
  Duration turn =
      std::chrono::seconds(3);  ///< How long each next listener waits for the one before.
  /// Of so many chunks that nobody is known to have is it worked out at once whose turn they are:
  /// that costs time with each member of the swarm.
  std::uint32_t turns_considered = 256;
  /// How long somebody who may be fetching it just now is to hold a request.
  Duration unsure_wait = std::chrono::seconds(1);
};

/// Decides which chunk is asked from whom. Pure but for one memory: since when each chunk beyond
/// the urgent window has been wanted while nobody was known to have it. Its length is the file's.
///
/// Urgent chunks, in order: from a peer known to hold them, else from the origin. Beyond the
/// windows a chunk that peers hold comes from a peer; one that nobody holds is asked from the
/// origin by one listener: each member of the swarm has a place in that chunk's order (by a hash of
/// its address and the chunk), the first asks at once, each later one a `turn` after the one
/// before, so that a dead or slow first costs a second and not a copy a head. Who is no member
/// (cannot serve) comes last.
///
/// Where a gateway gives directions those decide instead (see pick_directed).
class Picker {
 public:
  explicit Picker(PickLimits limits = {}) : limits_(limits) {}

  [[nodiscard]] std::vector<Ask> pick(const PickState& state, Instant now);

 private:
  PickLimits limits_;
  std::vector<std::optional<Instant>> wanted_since_;
};

/// What of turn_order depends on the member alone: worked out once for all chunks. Value type.
class MemberKey {
 public:
  MemberKey() = default;
  explicit MemberKey(const net::Endpoint& member);
  [[nodiscard]] std::uint64_t order(hash::ChunkIndex chunk) const;

 private:
  std::uint64_t value_ = 0;
};

/// The value by which the members of a swarm are put in order for one chunk; the same for
/// everybody.
[[nodiscard]] std::uint64_t turn_order(const net::Endpoint& member, hash::ChunkIndex chunk);

}  // namespace alluvium::swarm
