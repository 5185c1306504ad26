#pragma once

#include "core/base/random.hpp"
#include "core/base/workers.hpp"
#include "core/http/client.hpp"
#include "core/http/handler.hpp"
#include "core/net/ip_address.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/link.hpp"
#include "tests/sim/traffic.hpp"

#include <cstdint>
#include <memory>
#include <set>
#include <vector>

namespace alluvium::reverse {
class Neighbours;
}  // namespace alluvium::reverse

namespace alluvium::sim {

class Conversation;
class Network;

/// What kind of place a host stands at.
struct HostTraits {
  net::IpAddress address;
  std::uint64_t uplink_bps = 0;    ///< 0: without limit.
  std::uint64_t downlink_bps = 0;  ///< 0: without limit.
  /// From here to the middle of the network; two of these are the way between two hosts.
  Duration half_way{};
  /// Behind a router that lets nobody in: whoever dials hears nothing.
  bool is_behind_nat = false;
  /// Its civil clock goes ahead by so much.
  std::chrono::milliseconds clock_ahead{};
  /// Of a thousand answers so many break, or fall silent, somewhere in their middle.
  unsigned resets_per_mille = 0;
  unsigned stalls_per_mille = 0;
};

/// One computer of the simulation: its clock, its timers, its line, and an http::Client whose calls
/// go out from its address. What runs on it is given these as its outside world. Owned by the
/// Network, lives as long as that; what runs on it may end before.
class Host final : public Clock, public Timers, public Workers, public http::Client {
 public:
  enum class State {
    up,
    frozen,  ///< The process stands still: connections open, nobody answers.
    dead,    ///< The process is gone: what it had open is reset, who dials is refused.
  };

  Host(Network& network, std::uint32_t number, const HostTraits& traits, std::uint64_t seed);

  [[nodiscard]] std::uint32_t number() const { return number_; }
  [[nodiscard]] const HostTraits& traits() const { return traits_; }
  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] bool is_up() const { return state_ == State::up; }
  Random& random() { return random_; }

  /// Answers on this port from now on; null: on none.
  void listen(std::uint16_t port, http::Handler* handler);
  /// For good.
  void freeze() { state_ = State::frozen; }
  /// Whatever runs here must be destroyed by its owner, before or after.
  void kill();

  [[nodiscard]] Instant now() const override;
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] std::unique_ptr<Timer> make_timer(std::function<void()> on_fire) override;
  /// The work takes no time; its end is told in the next turn.
  [[nodiscard]] std::unique_ptr<Job> run(std::function<void()> work,
                                         std::function<void()> on_done) override;
  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

  /// Bytes of answers' bodies: what was sent, and what came of those asked for by `Range`.
  std::uint64_t body_bytes_sent = 0;
  std::uint64_t part_bytes_received = 0;
  std::unique_ptr<Traffic> traffic;  ///< What was sent; null: not counted.
  Link uplink;
  Link downlink;
  /// Who takes offers here; null: nobody does.
  reverse::Neighbours* neighbours = nullptr;
  /// Whom it dials just now so that they can dial it.
  std::multiset<net::IpAddress> expected;

 private:
  friend class Conversation;
  friend class Network;
  class HostTimer;

  /// Whether a connection to that host stands idle, which is then taken.
  bool take_connection(const Host& to);
  void keep_connection(const Host& to);

  Network& network_;
  Agenda& agenda_;
  std::uint32_t number_;
  HostTraits traits_;
  State state_ = State::up;
  Random random_;
  std::uint16_t port_ = 0;
  http::Handler* handler_ = nullptr;
  std::vector<Conversation*> served_;  ///< In no order that means anything.
  struct Idle {
    std::uint32_t host;
    Instant since;
  };
  std::vector<Idle> idle_;
};

/// The civil time at which every simulation begins: 2024-01-01T00:00:00Z.
inline constexpr WallTime wall_begin{std::chrono::seconds(1'704'067'200)};

}  // namespace alluvium::sim
