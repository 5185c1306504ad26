#pragma once

#include "gateway/leases/chunk_runs.hpp"
#include "gateway/leases/peer.hpp"
#include "gateway/leases/places.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::leases {

/// As what a swarm counts a member. Value type.
struct Standing {
  Tier tier = Tier::none;
  bool is_able = false;     ///< Others may be sent to it.
  bool is_pending = false;  ///< It may turn out that they may.
  bool is_incomplete = true;
  std::uint64_t up_bps = 0;  ///< 0 if it can serve nobody.
  bool operator==(const Standing&) const = default;
};

/// One listener in the swarm of one file.
struct Member {
  Peer* peer = nullptr;  ///< Null in a slot that nobody has.
  std::uint32_t generation = 0;
  ChunkRuns held;
  bool is_complete = false;
  Places places;
  std::uint32_t leases = 0;          ///< Its entries in the table of leases, finished ones as well.
  std::optional<Standing> standing;  ///< Nothing: it is not counted.
  std::size_t list_place = 0;        ///< In the list of complete or of partial holders.
};

/// The members of one swarm, by id in constant time, with lists of those that hold all and of those
/// that hold some. Members move when one joins. Owned by SwarmLeases.
class Roster {
 public:
  [[nodiscard]] MemberId join(Peer& peer);
  void leave(MemberId id);
  [[nodiscard]] std::size_t size() const { return slots_.size() - free_.size(); }

  /// Null if it has left.
  [[nodiscard]] Member* find(MemberId id);
  [[nodiscard]] const Member* find(MemberId id) const;

  /// What the member holds from now on.
  void set_held(MemberId id, ChunkRuns held, bool is_complete);
  [[nodiscard]] const std::vector<MemberId>& complete() const { return complete_; }
  [[nodiscard]] const std::vector<MemberId>& partial() const { return partial_; }

 private:
  /// The list in which a member is; null if it holds nothing.
  [[nodiscard]] std::vector<MemberId>* list_of(const Member& member);
  void enlist(MemberId id);
  void strike(MemberId id);

  std::vector<Member> slots_;
  std::vector<std::uint32_t> free_;
  std::vector<MemberId> complete_;
  std::vector<MemberId> partial_;
};

}  // namespace alluvium::leases
