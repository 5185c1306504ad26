#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/uplink.hpp"
#include "gateway/leases/values.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::leases {

/// How well a listener is placed to fetch something for all, best first.
enum class Tier : std::uint8_t {
  good,
  slow,         ///< Its uplink is below twice the bit rate.
  unknown,      ///< Whether it can be reached is being found out.
  unreachable,  ///< What it fetches helps nobody else.
  none,         ///< Does not share, is silent or distrusted.
};
inline constexpr std::size_t tiers = 5;

/// A listener, over all files. Owned by LeaseBook.
class Peer {
 public:
  void set_facts(const PeerFacts& facts, Instant now);
  void set_reachable(bool reachable) { facts_.reachable = reachable; }
  [[nodiscard]] const net::Endpoint& endpoint() const { return facts_.endpoint; }
  [[nodiscard]] bool is_v4() const { return is_v4_; }
  [[nodiscard]] bool shares() const { return facts_.endpoint.port != 0; }
  [[nodiscard]] bool is_pending() const { return shares() && !facts_.reachable; }
  /// Whether others may be sent to it.
  [[nodiscard]] bool is_able() const {
    return shares() && facts_.reachable == true && !is_silent_ && !is_distrusted_;
  }
  [[nodiscard]] Tier tier(std::uint64_t bits_per_second) const;

  [[nodiscard]] Instant silent_at() const { return silent_at_; }
  [[nodiscard]] Instant forgotten_at() const { return heard_ + peer_lifetime; }
  void on_silence() { is_silent_ = true; }

  /// Does not want to be sent to `other` any more, until then.
  void avoid(const net::Endpoint& other, Instant until);
  struct Avoided {
    net::Endpoint endpoint;
    Instant until;
  };
  [[nodiscard]] const std::vector<Avoided>& avoided() const { return avoided_; }

  /// A stranger whom it was sent to has failed it.
  void on_let_down(Instant now) { let_down_until_ = now + avoid_late; }
  [[nodiscard]] bool is_let_down(Instant now) const { return now < let_down_until_; }

  /// Somebody who was sent to it has got what it was sent for.
  void on_served() { has_served_ = true; }
  [[nodiscard]] bool has_served() const { return has_served_; }

  /// Somebody at `from` reports it. True if it is distrusted from now on.
  bool on_report(const net::IpAddress& from, Instant now);

  Uplink uplink;
  std::uint32_t leases = 0;  ///< Chunks of any file that it is to fetch from the origin.

 private:
  struct Report {
    net::IpAddress from;
    Instant until;
  };

  PeerFacts facts_;
  bool is_v4_ = false;
  Instant heard_{};
  Instant silent_at_{};
  bool is_silent_ = false;
  bool is_distrusted_ = false;
  bool has_served_ = false;
  Instant distrusted_until_{};
  Instant let_down_until_{};
  std::vector<Avoided> avoided_;
  std::vector<Report> reports_;  ///< At most reports_to_distrust, each of another address.
};

}  // namespace alluvium::leases
