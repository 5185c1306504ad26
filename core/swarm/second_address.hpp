#pragma once

#include "core/http/client.hpp"
#include "core/swarm/announce_message.hpp"
#include "core/swarm/file_lookup.hpp"
#include "core/swarm/peer_ports.hpp"
#include "core/swarm/services.hpp"

#include <memory>
#include <optional>

namespace alluvium::swarm {

/// Tells the gateway of our address of the other family than the one over which the Announcer calls
/// it, so that those who have nothing but that find us as well, and learns whether they do. It says
/// no more than that: what we hold counts for both, and we remain one listener. The gateway must
/// have an address of that family, and gives a proof with each announcement that asks for one, to
/// be shown from there. Where that cannot be done it is tried again with growing pauses, and is no
/// problem. It ends with the Announcer's leave. Owned by the Engine.
class SecondAddress {
 public:
  /// A proof is good for two minutes; one that is older than this is renewed.
  static constexpr Duration proof_renewed_after = std::chrono::seconds(30);
  static constexpr Duration proof_used_for = std::chrono::seconds(90);
  static constexpr Duration first_pause = std::chrono::seconds(5);
  static constexpr Duration longest_pause = std::chrono::minutes(10);
  /// While it is not known whether others come through there, which the gateway soon does.
  static constexpr Duration doubt_interval = std::chrono::seconds(1);
  static constexpr unsigned most_doubts = 5;
  /// What was found out counts no more after so many failures in a row.
  static constexpr unsigned failures_to_forget = 2;

  SecondAddress(Services& services, GatewayAccess gateway, PeerPorts ports);

  void set_ports(PeerPorts ports);
  /// Whether the next announcement is to ask for a proof.
  [[nodiscard]] bool wants_proof() const;
  /// The gateway has answered an announcement, which was made over `first`.
  void on_announced(net::Family first, const std::optional<AddressProof>& proof);
  /// What was announced is withdrawn, or nobody answers: it begins anew with the next answer.
  void reset();
  /// Whether others can reach us there, as far as the gateway knows.
  [[nodiscard]] std::optional<bool> reachable() const { return reachable_; }
  /// Whether that is being found out for the first time, a few seconds at most.
  [[nodiscard]] bool is_in_doubt() const;

 private:
  void announce();
  void on_response(http::Fetch::Result result);
  void fail();
  void arm(Duration delay);
  [[nodiscard]] bool may_be_tried() const;

  Services& services_;
  GatewayAccess gateway_;
  PeerPorts ports_;
  bool is_gateway_a_literal_ = false;  ///< It has one address, of one family.
  std::unique_ptr<Timer> timer_;
  std::unique_ptr<http::Fetch> fetch_;
  std::optional<net::Family> first_;
  std::optional<AddressProof> proof_;
  Instant proven_at_{};
  Instant next_{};  ///< Not before.
  std::optional<bool> reachable_;
  unsigned doubts_ = 0;
  unsigned failures_ = 0;
};

}  // namespace alluvium::swarm
