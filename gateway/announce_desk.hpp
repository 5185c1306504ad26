#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/alias_desk.hpp"
#include "gateway/announcement.hpp"
#include "gateway/connect_back.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/held_announcements.hpp"
#include "gateway/introductions.hpp"
#include "gateway/lease_desk.hpp"
#include "gateway/stations.hpp"
#include "gateway/swarms.hpp"

#include <map>
#include <utility>

namespace alluvium::gateway {

/// Takes announcements and says what there is to tell. Only names the gateway knows, from its own
/// hashing or from a playlist, have a swarm: it is no meeting place for anything else. Owned by
/// Gateway.
class AnnounceDesk {
 public:
  static constexpr std::chrono::milliseconds busy_interval{
      250};  ///< Something is wanted; who is alone may not be so for long.
  static constexpr std::chrono::milliseconds idle_interval{30'000};  ///< Nothing is wanted.
  /// What is unknown during a live show is asked for again after this, and for so long.
  static constexpr std::chrono::milliseconds unknown_retry{100};
  static constexpr Duration unknown_patience = std::chrono::milliseconds(1'500);

  AnnounceDesk(const Clock& clock, const FileRegistry& registry, Stations& stations, Swarms& swarms,
               ConnectBack& connect_back, LeaseDesk& leases, AliasDesk& aliases,
               HeldAnnouncements& held, Introductions introductions)
      : clock_(clock),
        registry_(registry),
        stations_(stations),
        swarms_(swarms),
        connect_back_(connect_back),
        leases_(leases),
        aliases_(aliases),
        held_(held),
        introductions_(std::move(introductions)) {}

  /// `from` is where the announcement came from: the port a listener says replaces its port, the
  /// address is never taken from what it says.
  [[nodiscard]] AnnounceAnswer on_announcement(const Announcement& announcement,
                                               const net::IpAddress& from);
  /// Whether there is nothing in the answer to one who wants nothing and cannot be dialled: it may
  /// be held until there is somebody to meet.
  [[nodiscard]] static bool may_be_held(const Announcement& announcement,
                                        const AnnounceAnswer& answer);
  /// To be called every few seconds.
  void on_tick();
  void on_leave(const net::Endpoint& peer) {
    aliases_.on_leave(peer);
    swarms_.leave(peer);
    leases_.on_leave(peer);
  }

 private:
  /// What was announced is perhaps a part of a live show that a playlist names which was not read
  /// here yet, or whose leaf row is on its way: what is wanted of it is to be asked for again soon,
  /// rather than by all of them at the origin. For a while only: it may be nothing of ours.
  void put_off_unknown(const Announcement& announcement, AnnounceAnswer& answer);
  [[nodiscard]] bool may_be_known_soon(const hash::TreeRoot& root);
  [[nodiscard]] bool is_known(const hash::TreeRoot& root) const;
  void record(const Announcement::Holding& holding, const net::Endpoint& peer);
  /// Who can be dialled, wants something and has hardly any neighbours: those who wait for somebody
  /// like that are called.
  void call_for(const net::Endpoint& peer, const hash::TreeRoot& root);
  [[nodiscard]] std::vector<ListedPeer> news(const hash::TreeRoot& root, const net::Endpoint& peer);
  /// The file's entry in an answer; nothing if there is nothing to say. Takes from `to_tell` what
  /// it says to who asked for it.
  [[nodiscard]] std::optional<AnnounceAnswer::SwarmNews> swarm_news(
      const Announcement& announcement, const Announcement::Holding& holding,
      const net::Endpoint& peer, std::size_t& to_tell);

  const Clock& clock_;
  const FileRegistry& registry_;
  Stations& stations_;
  Swarms& swarms_;
  ConnectBack& connect_back_;
  LeaseDesk& leases_;
  AliasDesk& aliases_;
  HeldAnnouncements& held_;
  Introductions introductions_;
  std::map<net::Endpoint, Instant> called_for_;  ///< When it was done last.
  std::map<hash::TreeRoot, Instant> awaited_;    ///< When what is unknown was first named.
};

}  // namespace alluvium::gateway
