#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/record_table.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::gateway {

/// What is known of who can be connected to: each result counts for `lifetime`, except that a first
/// failure is looked at again soon, since a program that is only starting may have been slow. One
/// check at a time for each endpoint. Pure; bounded. Owned by ConnectBack.
class Reachability {
 public:
  static constexpr Duration lifetime = std::chrono::minutes(10);
  static constexpr Duration second_look_after = std::chrono::seconds(15);
  static constexpr std::size_t max_endpoints = 100'000;

  explicit Reachability(std::uint64_t seed) : entries_(EndpointHash(seed)) {}

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
  enum class Phase : std::uint8_t { first_check, reachable, failed_once, failed };
  struct Entry {
    net::Endpoint peer;
    Phase phase = Phase::first_check;
    bool being_checked = true;
    std::chrono::duration<std::uint32_t> checked{};  ///< When the last check ended, of the clock.

    [[nodiscard]] bool is_due(Instant now) const;
    [[nodiscard]] Duration age(Instant now) const { return now.time_since_epoch() - checked; }
  };

  [[nodiscard]] bool make_room(Instant now);

  RecordTable<Entry, &Entry::peer> entries_;
};

}  // namespace alluvium::gateway
