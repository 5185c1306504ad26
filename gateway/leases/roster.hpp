#pragma once

#include "gateway/block_list.hpp"
#include "gateway/leases/chunk_runs.hpp"
#include "gateway/leases/peer.hpp"
#include "gateway/leases/places.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <absl/container/inlined_vector.h>

namespace alluvium::leases {

/// As what a swarm counts a member. Value type.
struct Standing {
  Tier tier = Tier::none;
  bool is_able_v4 = false;  ///< Others may be sent to it who call over IPv4.
  bool is_able_v6 = false;  ///< And over IPv6.
  bool is_bridge = false;   ///< It calls over both.
  bool is_pending = false;  ///< It may turn out that they may.
  bool is_linked = false;   ///< It cannot be dialled, but some can ask it.
  bool is_incomplete = true;
  std::uint32_t up_bps = 0;  ///< 0 if it can serve nobody.
  [[nodiscard]] bool is_able() const { return is_able_v4 || is_able_v6; }
  bool operator==(const Standing&) const = default;
};

/// One listener in the swarm of one file.
struct Member {
  /// Most hold one run, what has been played, or a second one: what was leased. More than two need
  /// memory of their own; room for one alone would take as much.
  using Held = absl::InlinedVector<hash::ChunkRun, 2>;

  Peer* peer = nullptr;  ///< Null in a slot that nobody has.
  std::uint32_t generation = 0;
  std::uint32_t list_place = 0;  ///< In the list of complete or of partial holders.
  Held held;
  Places places;
  std::uint16_t leases = 0;  ///< Its entries in the table of leases, finished ones as well.
  bool is_complete = false;
  std::optional<Standing> standing;  ///< Nothing: it is not counted.
};

/// The members of one swarm, by id in constant time, with lists of those that hold all and of those
/// that hold some. Members stay where they are. Owned by SwarmLeases.
class Roster {
 public:
  [[nodiscard]] MemberId join(Peer& peer);
  void leave(MemberId id);
  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

  /// Null if it has left.
  [[nodiscard]] Member* find(MemberId id);
  [[nodiscard]] const Member* find(MemberId id) const;

  /// What the member holds from now on.
  void set_held(MemberId id, const ChunkRuns& held, bool is_complete);
  [[nodiscard]] const std::vector<MemberId>& complete() const { return complete_; }
  [[nodiscard]] const std::vector<MemberId>& partial() const { return partial_; }

 private:
  /// The list in which a member is; null if it holds nothing.
  [[nodiscard]] std::vector<MemberId>* list_of(const Member& member);
  void enlist(MemberId id);
  void strike(MemberId id);

  gateway::BlockList<Member> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<MemberId> complete_;
  std::vector<MemberId> partial_;
};

}  // namespace alluvium::leases
