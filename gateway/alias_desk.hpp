#pragma once

#include "core/time/clock.hpp"
#include "gateway/alias_table.hpp"
#include "gateway/announcement.hpp"
#include "gateway/connect_back.hpp"
#include "gateway/lease_desk.hpp"
#include "gateway/swarms.hpp"

#include <functional>
#include <optional>
#include <string>

namespace alluvium::gateway {

/// Listeners that have an address of each family: one announces itself over one of them and is
/// known by it; from the other it says, with a proof, that it is the same. That one is its alias:
/// checked like any address, it is told to those who can call nobody else, while all that the
/// listener holds, is leased and uploads counts once. Owned by Gateway.
class AliasDesk {
 public:
  /// The same for all gateways of one name.
  using Secret = std::function<std::string()>;

  /// All outlive the desk.
  AliasDesk(const Clock& clock, Swarms& swarms, ConnectBack& connect_back, LeaseDesk& leases,
            Secret secret, std::uint64_t seed)
      : clock_(clock),
        swarms_(swarms),
        connect_back_(connect_back),
        leases_(leases),
        secret_(std::move(secret)),
        table_(seed) {}

  /// What `peer`, which shares, is to show from its other address.
  [[nodiscard]] AnnounceAnswer::Proof proof_for(const net::Endpoint& peer) const;
  /// Who came from `from` says that it is known by another address. Nothing if that is not proven,
  /// is of the same family, or nobody may be sent here; then nothing has changed.
  [[nodiscard]] std::optional<AnnounceAnswer> on_alias(const Announcement& announcement,
                                                       const net::IpAddress& from);
  /// `peer` announces itself: what was known of it as somebody's alias counts no more.
  void on_peer(const net::Endpoint& peer);
  /// Has the alias of `peer` checked, if it has one and that is due.
  void look(const net::Endpoint& peer);
  /// Whether somebody can be reached has been found out.
  void on_checked(const net::Endpoint& endpoint);
  void on_leave(const net::Endpoint& endpoint);
  /// To be called every few seconds.
  void on_tick();

  /// The alias of `peer`, and whether it can be reached there.
  [[nodiscard]] std::optional<leases::Alias> alias_of(const net::Endpoint& peer) const;
  /// By which address who is found there is known.
  [[nodiscard]] net::Endpoint known_as(const net::Endpoint& endpoint) const {
    return table_.owner_of(endpoint).value_or(endpoint);
  }
  /// Another gateway has known that.
  void restore(const net::Endpoint& peer, const leases::Alias& alias);

 private:
  bool set(const net::Endpoint& peer, const net::Endpoint& alias);
  void drop(const net::Endpoint& peer);

  const Clock& clock_;
  Swarms& swarms_;
  ConnectBack& connect_back_;
  LeaseDesk& leases_;
  Secret secret_;
  AliasTable table_;
};

}  // namespace alluvium::gateway
