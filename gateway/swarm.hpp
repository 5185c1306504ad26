#pragma once

#include "core/base/random.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/availability.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <vector>

namespace alluvium::gateway {

/// A listener as others are told of it.
struct ListedPeer {
  net::Endpoint endpoint;
  Availability available;
};

/// The listeners that have, or want, one file. Each member is told of at most `told_peers` others:
/// at first as many as there are, then what changed about them and who takes the place of those
/// that left. A peer that left is told of once more, with nothing available. Owned by Swarms. Pure.
class Swarm {
 public:
  static constexpr std::size_t told_peers = 20;
  /// A member is told everything again this often, in case it missed an answer.
  static constexpr Duration told_again_after = std::chrono::seconds(30);

  /// Whether an endpoint may be shown to others.
  using IsListed = std::function<bool(const net::Endpoint&)>;

  /// Adds a member or replaces what is known of it.
  void hold(const net::Endpoint& peer, Availability available, Instant expires);
  void leave(const net::Endpoint& peer);
  /// The members whose time is over, which are members no more.
  [[nodiscard]] std::vector<net::Endpoint> expire(Instant now);

  [[nodiscard]] bool has(const net::Endpoint& peer) const { return places_.count(peer) > 0; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] std::size_t complete_members() const;

  /// What `member` has not been told yet. It is then told.
  [[nodiscard]] std::vector<ListedPeer> news_for(const net::Endpoint& member, Instant now,
                                                 Random& random, const IsListed& is_listed);

  /// Whether `member` knows of others and need not be told everything again yet.
  [[nodiscard]] bool was_told(const net::Endpoint& member, Instant now) const;

  /// Up to `count` listed peers of the asker's address family, spread over networks and shuffled.
  struct Wanted {
    net::Endpoint asker;
    std::size_t count = told_peers;
    bool complete_only = false;
  };
  [[nodiscard]] std::vector<ListedPeer> pick(const Wanted& wanted, Instant now, Random& random,
                                             const IsListed& is_listed);

 private:
  /// What a member knows of another.
  struct Told {
    net::Endpoint peer;
    std::uint64_t change = 0;
  };
  struct Member {
    net::Endpoint peer;
    Availability available;
    Instant expires;
    std::uint64_t change = 0;  ///< Grows with each change of `available`, over the whole swarm.
    std::vector<Told> told;
    Instant told_in_full;
  };

  [[nodiscard]] const Member* find(const net::Endpoint& peer, Instant now) const;
  void remove_at(std::size_t place);
  void swap_places(std::size_t a, std::size_t b);
  [[nodiscard]] std::vector<ListedPeer> pick_except(const Wanted& wanted,
                                                    const std::vector<Told>& known, Instant now,
                                                    Random& random, const IsListed& is_listed);

  std::vector<Member> members_;  ///< Their order means nothing, so that picking may shuffle it.
  std::map<net::Endpoint, std::size_t> places_;  ///< Index into members_.
  std::uint64_t last_change_ = 0;
};

}  // namespace alluvium::gateway
