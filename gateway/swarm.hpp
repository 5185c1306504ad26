#pragma once

#include "core/base/random.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/packed_availability.hpp"
#include "gateway/record_table.hpp"
#include "gateway/told_list.hpp"

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alluvium::gateway {

/// A listener as others are told of it.
struct ListedPeer {
  net::Endpoint endpoint;
  PackedAvailability available;
};

/// The listeners that have, or want, one file. Each member is told of at most `told_peers` others:
/// at first as many as there are, then what changed about them and who takes the place of those
/// that left. A peer that left is told of once more, with nothing available. Only listed members
/// are told to others. What an answer costs does not grow with the swarm, only with how many left
/// lately. A member with an address of each family has an entry for its second one beside its own,
/// so that both families find it; who calls over both is told of one of them. Owned by Swarms.
/// Pure.
class Swarm {
 public:
  static constexpr std::size_t told_peers = 20;
  /// A member is told everything again this often, in case it missed an answer.
  static constexpr Duration told_again_after = std::chrono::seconds(30);

  explicit Swarm(EndpointHash hash) : members_(hash) {}

  /// Adds a member or replaces what is known of it.
  void hold(const net::Endpoint& peer, const Availability& available, Instant expires,
            bool is_listed);
  /// Has a member found at `alias` as well, for as long as it is one. Invariant: who has an alias
  /// is no alias.
  void set_alias(const net::Endpoint& peer, const net::Endpoint& alias, bool is_listed);
  /// Nothing if it is no member.
  void set_listed(const net::Endpoint& peer, bool is_listed);
  void leave(const net::Endpoint& peer);
  /// The entries whose time is over, which are no more. To be called every few seconds.
  [[nodiscard]] std::vector<net::Endpoint> expire(Instant now);

  [[nodiscard]] bool has(const net::Endpoint& peer) const { return members_.contains(peer); }
  /// Listeners: an alias is none.
  [[nodiscard]] std::size_t size() const { return members_.size() - twins_.size() / 2; }
  [[nodiscard]] bool is_empty() const { return members_.size() == 0; }
  [[nodiscard]] std::size_t complete_members() const;

  /// What `member` has not been told yet. It is then told.
  [[nodiscard]] std::vector<ListedPeer> news_for(const net::Endpoint& member, Instant now,
                                                 Random& random);

  /// Whether `member` knows of others and need not be told everything again yet.
  [[nodiscard]] bool was_told(const net::Endpoint& member, Instant now) const;

  /// Up to `count` listed peers of the asker's address family, or of both if it has both, spread
  /// over networks and shuffled.
  struct Wanted {
    net::Endpoint asker;
    std::size_t count = told_peers;
    bool complete_only = false;
  };
  [[nodiscard]] std::vector<ListedPeer> pick(const Wanted& wanted, Instant now,
                                             Random& random) const;

 private:
  using WholeSeconds = std::chrono::duration<std::uint32_t>;
  struct Member {
    [[nodiscard]] bool is_over(Instant now) const { return now >= Instant(expires); }

    net::Endpoint peer;
    bool is_listed = false;
    bool is_alias = false;        ///< Of another member.
    std::uint32_t listed_at = 0;  ///< Where in its list, if it is listed.
    std::uint32_t change = 0;     ///< Another with each change, over the whole swarm.
    WholeSeconds expires{};       ///< Since the clock's beginning.
    PackedAvailability available{};
    ToldList told{};
  };
  using Members = RecordTable<Member, &Member::peer>;
  using Place = Members::Place;
  static_assert(Members::most_records <= ToldList::most_places);
  /// Who is told to others no more. Somebody else may stand in its place by now.
  struct Departed {
    Place place = 0;
    std::uint32_t change = 0;
    net::Endpoint peer;
  };
  /// Of more of them not all are told who left.
  static constexpr std::size_t most_departed = 4'096;
  /// Whoever was told of one that left has asked again by then, or its own time is over.
  static constexpr Duration departed_counts = std::chrono::seconds(60);

  [[nodiscard]] const Member* find(const net::Endpoint& peer, Instant now) const;
  void remove(const net::Endpoint& peer);
  /// Where `member` stands if it is listed. The order means nothing.
  [[nodiscard]] std::vector<Place>& list_of(const Member& member);
  void enlist(Place place);
  void strike(Place place);
  void set_listed_at(Place place, bool is_listed);
  void on_departed(Place place);
  /// Whether one who asks, from that place if it is a member, is to be told of the other: it can
  /// call it, and not by another address that it is told of as well.
  [[nodiscard]] bool suits(const net::Endpoint& asker, std::optional<Place> own, Place other) const;
  [[nodiscard]] std::optional<Place> twin_of(std::optional<Place> place) const;
  [[nodiscard]] std::vector<Place> pick_except(const Wanted& wanted,
                                               const std::vector<Place>& known, Instant now,
                                               Random& random) const;

  Members members_;
  /// The places of those with an alias, and of their aliases, each to the other.
  std::unordered_map<Place, Place> twins_;
  /// The listed ones: of IPv4 and of IPv6, and of each those that have a part and those with all.
  std::array<std::array<std::vector<Place>, 2>, 2> listed_;
  std::uint32_t last_change_ = 0;
  std::deque<Departed> departed_;    ///< In the order of their changes.
  std::size_t departed_before_ = 0;  ///< So many of them had left at `departed_counted_`.
  Instant departed_counted_{};
};

}  // namespace alluvium::gateway
