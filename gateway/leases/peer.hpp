#pragma once

#include "core/net/family.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/leases/uplink.hpp"
#include "gateway/leases/values.hpp"

#include <cstdint>
#include <memory>
#include <span>
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

/// A listener, over all files. What only few have is kept apart, and made when it is needed. Owned
/// by LeaseBook.
class Peer {
 public:
  Peer() = default;
  explicit Peer(const net::Endpoint& endpoint)
      : endpoint_(endpoint), is_v4_(endpoint.address.is_v4()) {}

  /// They are of this endpoint.
  void set_facts(const PeerFacts& facts, Instant now);
  void set_reachable(bool reachable) { reach_ = reachable ? Reach::yes : Reach::no; }
  /// As far as they count: an uplink and a patience within limits.
  [[nodiscard]] PeerFacts facts() const;
  [[nodiscard]] const net::Endpoint& endpoint() const { return endpoint_; }
  [[nodiscard]] net::Family family() const { return is_v4_ ? net::Family::v4 : net::Family::v6; }
  /// It calls over both families, and is found over both; null if over its own only.
  [[nodiscard]] const Alias* alias() const;
  /// True if that is news.
  bool set_alias(const std::optional<Alias>& alias);
  [[nodiscard]] bool shares() const { return endpoint_.port != 0; }
  /// Whether others may be sent to it who call over that family.
  [[nodiscard]] bool is_able_over(net::Family family) const {
    return shares() && reach_over(family) == Reach::yes && !is_silent_ && !is_distrusted_;
  }
  /// Where `caller` finds it; nothing if it cannot call it there, or nobody can. Over the caller's
  /// own family rather than the other.
  [[nodiscard]] std::optional<net::Endpoint> found_by(const Peer& caller) const;
  [[nodiscard]] Tier tier(std::uint64_t bits_per_second) const;

  [[nodiscard]] Instant silent_at() const { return heard_ + silent_after_; }
  [[nodiscard]] Instant forgotten_at() const { return heard_ + peer_lifetime; }
  void on_silence() { is_silent_ = true; }

  /// Does not want to be sent to `other` any more, until then.
  void avoid(const net::Endpoint& other, Instant until);
  struct Avoided {
    net::Endpoint endpoint;
    Instant until;
  };
  [[nodiscard]] std::span<const Avoided> avoided() const;

  /// So many can ask it though it cannot be dialled.
  /// Each says whether somebody can from now on, or nobody any more.
  bool add_link() { return linked_by_ < UINT8_MAX && ++linked_by_ == 1; }
  bool drop_link() { return linked_by_ > 0 && --linked_by_ == 0; }
  [[nodiscard]] bool is_linked() const { return linked_by_ > 0; }
  /// Who cannot be dialled, but can be asked by this one.
  [[nodiscard]] std::span<const net::Endpoint> neighbours() const;
  void set_neighbours(std::vector<net::Endpoint> neighbours);

  /// A stranger whom it was sent to has failed it.
  void on_let_down(Instant now) { rare().let_down_until = now + avoid_late; }
  [[nodiscard]] bool is_let_down(Instant now) const { return rare_ && now < rare_->let_down_until; }

  /// Somebody who was sent to it has got what it was sent for.
  void on_served() { has_served_ = true; }
  [[nodiscard]] bool has_served() const { return has_served_; }

  /// Somebody at `from` reports it. True if it is distrusted from now on.
  bool on_report(const net::IpAddress& from, Instant now);

  [[no_unique_address]] Uplink uplink;
  std::uint32_t leases = 0;  ///< Chunks of any file that it is to fetch from the origin.

 private:
  struct Report {
    net::IpAddress from;
    Instant until;
  };

  enum class Reach : std::uint8_t { no, unknown, yes };  ///< The better, the more.
  struct Rare {
    Instant distrusted_until{};
    Instant let_down_until{};
    std::vector<Avoided> avoided;
    std::vector<Report> reports;  ///< At most reports_to_distrust, each of another address.
    std::vector<net::Endpoint> neighbours;
    std::optional<Alias> alias;
  };

  [[nodiscard]] Rare& rare();
  [[nodiscard]] Reach reach_over(net::Family family) const;
  /// The best of both.
  [[nodiscard]] Reach reach() const;

  std::unique_ptr<Rare> rare_;  ///< Null: there never was anything.
  Instant heard_{};
  std::chrono::duration<std::uint32_t, Duration::period> silent_after_{};
  net::Endpoint endpoint_;
  std::uint8_t linked_by_ = 0;  ///< At most 255 are counted.
  // One byte: there is one for each listener.
  Reach reach_ : 2 = Reach::unknown;
  bool is_v4_ : 1 = false;
  bool has_alias_ : 1 = false;
  bool is_silent_ : 1 = false;
  bool is_distrusted_ : 1 = false;
  bool has_served_ : 1 = false;
};

}  // namespace alluvium::leases
