#pragma once

#include "core/node/node.hpp"
#include "core/uv/loop.hpp"
#include "player-bridge/mount.hpp"
#include "player-bridge/status.hpp"

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// One station being received: its node, its mount, and what the log says of them. Made and owned
/// by the Listener.
class Reception final : private swarm::EngineObserver {
 public:
  struct Events {
    /// Once: the first attempt at the playlist is over, and there is hope.
    std::function<void()> on_ready;
    /// This playlist will never work: one sentence.
    std::function<void(const std::string& sentence)> on_hopeless;
  };
  /// Takes the peer port and the cache. Throws std::runtime_error with one sentence if it cannot.
  Reception(uv::Loop& loop, node::NodeOptions options, MountSettings settings, Events events);

  void start() { node_.start(); }
  /// Takes leave of the gateway, then calls once.
  void leave(std::function<void()> on_done) { node_.leave(std::move(on_done)); }

  [[nodiscard]] Mount& mount() { return mount_; }
  [[nodiscard]] const node::Node& node() const { return node_; }
  /// Its name; empty while there is no playlist.
  [[nodiscard]] const std::string& station() const { return station_; }
  /// All but where the stream is found.
  [[nodiscard]] ListenerStatus status();
  /// One sentence: whether and how much is shared.
  [[nodiscard]] std::string sharing() const;
  /// As Node::share, and says so in the log.
  Status share(std::optional<peer::UploadBudget> upload);

 private:
  void on_turn() override;
  void on_playlist(const playlist::Playlist& playlist,
                   const std::vector<std::string>& warnings) override;
  void on_hopeless(const std::string& sentence) override { events_.on_hopeless(sentence); }
  void on_ready() override { events_.on_ready(); }
  void log_item();
  void log_problems();
  void log_reach();

  Events events_;
  node::Node node_;
  Mount mount_;
  /// Where players are written to more often than the engine turns.
  std::unique_ptr<Timer> writes_;
  std::string station_;
  std::uint64_t problems_revision_ = 0;
  std::set<std::string> logged_problems_;
  std::string logged_title_;
  Reach logged_reach_;
};

}  // namespace alluvium::bridge
