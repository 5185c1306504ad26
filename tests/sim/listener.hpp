#pragma once

#include "core/peer/peer_handler.hpp"
#include "core/store/store.hpp"
#include "core/swarm/dated_client.hpp"
#include "core/swarm/engine.hpp"
#include "tests/sim/host.hpp"
#include "tests/sim/player.hpp"
#include "tests/sim/reverse_dialer.hpp"
#include "tests/sim/station.hpp"

#include <memory>

namespace alluvium::sim {

/// A whole listener as node::Node puts it together, but on a simulated host, without a disk, and
/// with somebody who listens. Everything that decides is what ships. Destroying it is as if its
/// process was killed.
class Listener final : private swarm::EngineObserver {
 public:
  static constexpr std::uint16_t peer_port = 7'000;

  /// Begins at once. `share_bps`: what it may send to others; 0: without limit. `verified` may be
  /// null: then it hashes every chunk itself.
  Listener(Network& network, Host& host, const Station& station, std::uint64_t share_bps,
           hash::VerifiedChunks* verified);
  ~Listener() override;
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  /// It has met that one before it joined.
  void remember(const net::Endpoint& other) { peers_.remember(other); }
  /// Others have told it of its address.
  void remember_itself() { peers_.set_own_address(host_.traits().address); }
  [[nodiscard]] const Hearing& hearing() const { return player_.hearing(); }
  [[nodiscard]] const swarm::Statistics& statistics() const { return statistics_; }
  /// Verified chunks of all songs, in bytes.
  [[nodiscard]] std::uint64_t held_bytes() const;

 private:
  void on_turn() override { player_.on_turn(); }
  void on_playlist(const playlist::Playlist&, const std::vector<std::string>&) override {}
  void on_hopeless(const std::string&) override {}
  void on_ready() override {}
  void measure_upload();
  /// Before anything is made that uses them.
  [[nodiscard]] swarm::Services& with_reversals();

  Host& host_;
  reverse::Neighbours neighbours_;
  ReverseDialer dialer_;
  CorrectedClock clock_;
  swarm::Problems problems_;
  swarm::Statistics statistics_;
  swarm::PeerBook peers_;
  swarm::ClockKeeper clock_keeper_;
  swarm::DatedClient client_;
  store::Store store_;
  swarm::Services services_;
  peer::PeerHandler peer_handler_;
  swarm::Engine engine_;
  Player player_;
  std::unique_ptr<Timer> upload_meter_;
};

}  // namespace alluvium::sim
