#pragma once

#include "core/node/node.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"
#include "player-bridge/local_server.hpp"
#include "player-bridge/mount.hpp"
#include "player-bridge/options.hpp"

#include <memory>
#include <set>
#include <string>

namespace alluvium::bridge {

/// The program `alluvium`: a node, its programme and the local port, tied together. Turns what the
/// engine reports into log lines, status and the three lines on standard output. Made by `main`,
/// before the loop runs.
class Listener final : private swarm::EngineObserver {
 public:
  /// Takes the ports and the cache. Throws std::runtime_error with one sentence if it cannot.
  Listener(uv::Loop& loop, Options options);

  void start();
  /// Ends the streams, takes leave of the gateway and stops the loop.
  void stop();
  /// One sentence if the program ended because there is no hope; else empty.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void on_turn() override;
  void on_playlist(const playlist::Playlist& playlist,
                   const std::vector<std::string>& warnings) override;
  void on_hopeless(const std::string& sentence) override;
  void on_ready() override;

  [[nodiscard]] ListenerStatus status();
  [[nodiscard]] std::string stream_url() const;
  [[nodiscard]] std::string sharing() const;
  Status share(std::optional<peer::UploadBudget> upload);
  void log_problems();
  void log_item();

  uv::Loop& loop_;
  Options options_;
  node::Node node_;
  Mount mount_;
  LocalServer local_server_;
  std::unique_ptr<uv::HttpServer> server_;
  net::Endpoint endpoint_;
  std::string station_;
  std::string failure_;
  std::uint64_t problems_revision_ = 0;
  std::set<std::string> logged_problems_;
  std::shared_ptr<const Track> logged_track_;
  bool is_stopping_ = false;
};

}  // namespace alluvium::bridge
