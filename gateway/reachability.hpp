#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/endpoint_hash.hpp"

#include <optional>
#include <unordered_map>

namespace alluvium::gateway {

/// What is known of who can be connected to: each result counts for `lifetime`, except that a first
/// failure is looked at again soon, since a program that is only starting may have been slow. One
/// check at a time for each endpoint. Pure; bounded. Owned by ConnectBack.
class Reachability {
 public:
  static constexpr Duration lifetime = std::chrono::minutes(10);
  static constexpr Duration second_look_after = std::chrono::seconds(15);
  static constexpr std::size_t max_endpoints = 100'000;

  explicit Reachability(std::uint64_t seed) : entries_(0, EndpointHash(seed)) {}

  /// Nothing until the first check of `peer` has ended.
  [[nodiscard]] std::optional<bool> result(const net::Endpoint& peer, Instant now) const;
  /// Whether `begin_check` would say so, if there is room.
  [[nodiscard]] bool is_due(const net::Endpoint& peer, Instant now) const;
  /// True if `peer` is to be checked now; it is then being checked until `record`.
  [[nodiscard]] bool begin_check(const net::Endpoint& peer, Instant now);
  void record(const net::Endpoint& peer, bool reachable, Instant now);
  /// A result that was not found out here, if nothing is known here.
  void recall(const net::Endpoint& peer, bool reachable, Instant now);

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  enum class Phase { first_check, reachable, failed_once, failed };
  struct Entry {
    Phase phase = Phase::first_check;
    bool being_checked = true;
    Instant check_again;
    Instant forget;  ///< The result is too old to be told after this.
  };

  [[nodiscard]] bool make_room(Instant now);

  std::unordered_map<net::Endpoint, Entry, EndpointHash> entries_;
};

}  // namespace alluvium::gateway
