#pragma once

#include "core/playlist/schedule.hpp"
#include "core/swarm/acquaintances.hpp"
#include "core/swarm/announcer.hpp"
#include "core/swarm/feeds.hpp"
#include "core/swarm/playlist_keeper.hpp"
#include "core/swarm/reversals.hpp"
#include "core/swarm/second_address.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::swarm {

struct EngineOptions {
  http::Url playlist;
  bool use_gateway = true;
  std::optional<http::Url> gateway;  ///< Given by hand; otherwise the playlist names one.
  /// Who hears it first hears the item on air from its first byte, and everything after it later
  /// than others by as much. Until then the programme stands at the beginning of what is on.
  bool join_at_start = false;
  PeerPorts peer_ports{};  ///< Where others find us.
  /// Coming items that start within so much are fetched, in any case the next two; none: nothing
  /// but the next one, half a minute before its start.
  std::optional<Duration> ahead;
};

/// Whether others can reach us, over each kind of address; nothing where that is not known.
struct ReachByFamily {
  std::optional<bool> v4;
  std::optional<bool> v6;
  bool is_in_doubt = false;  ///< More will be known in a few seconds.
};

/// The engine looks at the time again at least so often.
constexpr Duration longest_pause = std::chrono::milliseconds(250);

/// Told by the engine, never from inside a call to it.
class EngineObserver {
 public:
  virtual ~EngineObserver() = default;
  /// Something may have changed: the schedule, the feeds, what can be read. Comes at least every
  /// `longest_pause`.
  virtual void on_turn() = 0;
  /// The station's playlist is a different one; `warnings` are about how it is written.
  virtual void on_playlist(const playlist::Playlist& playlist,
                           const std::vector<std::string>& warnings) = 0;
  /// This URL will never work: one sentence.
  virtual void on_hopeless(const std::string& sentence) = 0;
  /// The first attempt at the playlist has been made, and there is hope.
  virtual void on_ready() = 0;
};

/// A listener without ears: keeps the playlist, knows what is on, and has a feed for the item on
/// air and for those to come. Pure over its Services: the simulator runs it as it is. Owned by the
/// composition root.
class Engine final : public OnAir, private Questioner {
 public:
  Engine(Services& services, EngineOptions options, EngineObserver& observer);

  void start();
  /// Takes leave of the gateway; then calls once.
  void leave(std::function<void()> on_done);

  WallTime programme_now() const override;
  const playlist::Schedule* schedule() const override { return schedule_.get(); }
  OnAirItem* on_air_item(const playlist::Slot& slot) override { return feeds_.find(slot); }
  std::unique_ptr<OnAirItem> another_reader(const playlist::Slot& slot) override;
  void on_heard() override;
  /// Null until there is a playlist.
  [[nodiscard]] const playlist::Playlist* playlist() const;
  [[nodiscard]] const ItemFeed* current() const;
  [[nodiscard]] AheadProgress ahead() const { return feeds_.ahead(); }
  [[nodiscard]] ReachByFamily reach() const;
  /// Over either.
  [[nodiscard]] std::optional<bool> reachable() const;
  /// How many others can ask us over connections that we opened, as they cannot dial us.
  [[nodiscard]] std::size_t reversed() const { return reversals_.open_offers(); }
  /// Told to the gateway from the next announcement on, whichever gateway that will be.
  void set_upload_rate(std::uint64_t bits_per_second);
  /// What others ask us over is closed: to be called before the peer port is.
  void close_offers() { reversals_.close_offers(); }
  /// Where others find us from now on.
  void set_peer_ports(PeerPorts ports);

 private:
  void turn();
  void soon();
  void notice_clock_steps();
  void hold_at_start();
  [[nodiscard]] bool is_held() const { return held_slot_.has_value(); }
  void take(KeptPlaylist kept);
  void use_gateway_of(const playlist::Playlist& playlist);
  Questions questions() override;
  void on_told(const std::vector<ToldSource>& told) override;
  [[nodiscard]] Guide guide_of(const ItemFeed& feed) const;
  void open_feeds();
  void tell_announcer();
  void report_schedule();

  Services& services_;
  EngineOptions options_;
  EngineObserver& observer_;
  PlaylistKeeper keeper_;
  Acquaintances acquaintances_;
  std::unique_ptr<Timer> tick_;
  std::unique_ptr<Timer> soon_;
  std::optional<playlist::Playlist> playlist_;
  std::unique_ptr<playlist::Schedule> schedule_;
  std::optional<GatewayAccess> gateway_;
  Reversals reversals_;
  std::unique_ptr<SecondAddress> second_address_;  ///< While there is an announcer.
  std::unique_ptr<Announcer> announcer_;
  std::uint64_t up_bps_ = 0;
  Feeds feeds_;
  std::optional<Duration> wall_minus_monotonic_;
  /// How far the programme lags behind the clock: only when joined at an item's start.
  std::chrono::milliseconds shift_{};
  std::optional<playlist::Slot> held_slot_;  ///< At whose start the programme stands.
  bool is_heard_ = false;
};

}  // namespace alluvium::swarm
