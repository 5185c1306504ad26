#pragma once

#include "core/net/ip_address.hpp"
#include "core/reverse/dialer.hpp"
#include "core/swarm/announce_message.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// Connections against their usual direction. Who cannot be dialled keeps up to `most_offers` open,
/// which it opened, to listeners that the gateway named, for them to ask it on. Who can be dialled
/// takes such connections, and asks its neighbours as any other listener. Two who both cannot be
/// dialled meet: each dials the other at the instant that the gateway named. Those in
/// one house dial each other there, so that one download serves them all. Tells the gateway of all
/// this, which leases and sends accordingly. Owned by the Engine.
class Reversals {
 public:
  static constexpr std::size_t most_offers = 3;
  /// And so many to others in the same house, whether we can be dialled or not.
  static constexpr std::size_t most_mates = 12;
  /// Who cannot be reached hears of it only when the gateway's patience is over; who can, mostly
  /// within a round trip. After so long the former is supposed.
  static constexpr Duration doubt = std::chrono::milliseconds(700);
  /// An offer that ended is replaced no sooner.
  static constexpr Duration shortest_pause = std::chrono::seconds(1);
  /// At so many meetings at a time others are expected.
  static constexpr std::size_t most_meetings = 8;
  /// A key is asked for anew after so long: the gateway may be another one, or its clock set.
  static constexpr Duration key_lifetime = std::chrono::minutes(10);

  /// `on_change`: there is something that the gateway should hear of at once.
  Reversals(Services& services, std::function<void()> on_change);
  ~Reversals();
  Reversals(const Reversals&) = delete;
  Reversals& operator=(const Reversals&) = delete;

  /// What the gateway is told by a listener that shares.
  /// `in_doubt`: for how long it has not been known whether we can be reached.
  [[nodiscard]] ReverseReport report(std::optional<bool> reachable, Duration in_doubt) const;
  /// What the gateway said; `self`: where others would dial us.
  void take(const ToldReverse& told, const std::optional<net::Endpoint>& self);
  /// Nothing is shared any more, or somewhere else: what was open is closed.
  void close_offers();

  /// How many others can ask us though they cannot dial us.
  [[nodiscard]] std::size_t open_offers() const;

 private:
  struct Held {
    std::unique_ptr<reverse::Offer> offer;
    bool is_taken = false;
    bool is_mate = false;  ///< In the same house.
  };
  void on_neighbours();
  void on_offer_ended(const net::Endpoint& to);
  void open(const net::Endpoint& to, const net::Endpoint& place, const std::string& token,
            std::optional<Duration> meet_in, bool is_mate);
  void take_mates(const ToldReverse& told);
  [[nodiscard]] std::size_t count_offers(bool are_mates) const;
  [[nodiscard]] bool may_dial(const net::Endpoint& to,
                              const std::optional<net::Endpoint>& self) const;

  Services& services_;
  std::function<void()> on_change_;
  std::map<net::Endpoint, Held> offers_;
  std::map<net::Endpoint, std::unique_ptr<reverse::Offer>> meetings_;
  std::unique_ptr<Timer> again_;
};

}  // namespace alluvium::swarm
