#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/client_counts.hpp"
#include "gateway/endpoint_hash.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alluvium::gateway {

/// Which listeners have a second address, of the other family, and which. Invariants: a listener
/// has one alias at most, and an alias belongs to one listener; an alias has none itself. Counts
/// for `lifetime` after it was last said. Bounded, for each client as well. Apart from what is
/// known of every listener, as few have one. Pure: time is passed in. Owned by AliasDesk.
class AliasTable {
 public:
  static constexpr Duration lifetime = std::chrono::seconds(60);
  static constexpr std::size_t most = 100'000;
  static constexpr std::size_t most_per_client = 1'024;

  explicit AliasTable(std::uint64_t seed)
      : aliases_(0, EndpointHash(seed)),
        first_(0, EndpointHash(seed)),
        per_client_(EndpointHash(seed)) {}

  /// `peer` is found at `alias` as well, instead of where else it was. False if there is no room.
  bool set(const net::Endpoint& peer, const net::Endpoint& alias, Instant now);
  /// The second address of `peer`.
  [[nodiscard]] std::optional<net::Endpoint> alias_of(const net::Endpoint& peer) const;
  /// Whose second address that is; nothing if it is nobody's.
  [[nodiscard]] std::optional<net::Endpoint> owner_of(const net::Endpoint& alias) const;
  /// Of that listener.
  void remove(const net::Endpoint& peer);
  /// Those listeners whose alias counts no more, which is forgotten, in order.
  [[nodiscard]] std::vector<net::Endpoint> expire(Instant now);
  [[nodiscard]] std::size_t size() const { return aliases_.size(); }

 private:
  struct Alias {
    net::Endpoint endpoint;
    Instant expires;
  };
  std::unordered_map<net::Endpoint, Alias, EndpointHash> aliases_;        ///< By listener.
  std::unordered_map<net::Endpoint, net::Endpoint, EndpointHash> first_;  ///< By alias.
  ClientCounts per_client_;                                               ///< Of the aliases.
};

}  // namespace alluvium::gateway
