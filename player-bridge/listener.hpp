#pragma once

#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"
#include "player-bridge/options.hpp"
#include "player-bridge/reception.hpp"
#include "player-bridge/station_table.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// The program `alluvium`: the stations being received and the local port that serves them, tied
/// together. Made by `main`, before the loop runs.
class Listener final {
 public:
  /// Takes the ports and the caches. Throws std::runtime_error with one sentence if it cannot.
  Listener(uv::Loop& loop, Options options);

  void start();
  /// Ends the streams, takes leave of the gateways and stops the loop.
  void stop();
  /// One sentence if the program ended because there is no hope; else empty.
  [[nodiscard]] const std::string& failure() const { return failure_; }

 private:
  void on_ready();
  void on_left();
  void add_station(std::size_t index);
  [[nodiscard]] ListenerStatus status(std::size_t index);
  [[nodiscard]] std::string local_url() const;

  uv::Loop& loop_;
  Options options_;
  std::vector<std::unique_ptr<Reception>> receptions_;
  StationTable stations_;
  std::unique_ptr<uv::HttpServer> server_;
  net::Endpoint endpoint_;
  std::string failure_;
  std::size_t ready_ = 0;
  std::size_t left_ = 0;
  bool is_stopping_ = false;
};

}  // namespace alluvium::bridge
