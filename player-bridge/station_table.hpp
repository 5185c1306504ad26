#pragma once

#include "player-bridge/local_server.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// Where the station of that index is found on the local port: `/`, `/2/`, `/3/` and so on.
[[nodiscard]] std::string station_path(std::size_t index);

/// The stations on one local port: everything of the first one stands at the root, everything of
/// another one under its number. Each answers for itself, behind its own rules.
class StationTable final : public http::Handler {
 public:
  void add(std::unique_ptr<LocalServer> station) { stations_.push_back(std::move(station)); }

  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override;

 private:
  std::vector<std::unique_ptr<LocalServer>> stations_;
};

}  // namespace alluvium::bridge
