#pragma once

#include "core/curl/client.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/sim/network.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace alluvium::test {

/// The two ends of an exchange as they ship: a server on a socket, and libcurl. Both kinds of ends
/// have the same members, so that a case about the contract between them runs with either.
class RealEnds {
 public:
  static std::vector<net::IpAddress> places() {
    return {net::IpAddress::v4(127, 0, 0, 1), *net::IpAddress::parse("::1")};
  }

  explicit RealEnds(const net::IpAddress& place = places().front()) : place_(place) {}
  /// Once.
  net::Endpoint serve(http::Handler& handler, uv::HttpServerLimits limits = {}) {
    server_.emplace(rig_.loop, net::Endpoint{place_, 0}, handler, limits);
    return server_->endpoint();
  }
  http::Client& client() { return client_; }
  void run_until(const std::function<bool()>& is_true) { rig_.run_until(is_true); }
  /// How many connections the server has accepted.
  [[nodiscard]] std::optional<std::uint64_t> connections() const {
    return server_->traffic().connections;
  }

 private:
  LoopRig rig_;
  net::IpAddress place_;
  curl::Client client_{rig_.loop};
  std::optional<uv::HttpServer> server_;
};

/// The same between two hosts of the simulator, ten milliseconds apart.
class SimulatedEnds {
 public:
  static std::vector<net::IpAddress> places() { return {net::IpAddress::v4(10, 0, 0, 1)}; }

  explicit SimulatedEnds(const net::IpAddress& place = places().front())
      : server_(network_.add(at(place))),
        client_(network_.add(at(net::IpAddress::v4(10, 0, 0, 2)))) {}
  ~SimulatedEnds() { server_.kill(); }
  SimulatedEnds(const SimulatedEnds&) = delete;
  SimulatedEnds& operator=(const SimulatedEnds&) = delete;

  net::Endpoint serve(http::Handler& handler, const uv::HttpServerLimits& = {}) {
    constexpr std::uint16_t port = 8'000;
    server_.listen(port, &handler);
    return {server_.traits().address, port};
  }
  http::Client& client() { return client_; }
  void run_until(const std::function<bool()>& is_true) {
    const Instant latest = agenda_.now() + std::chrono::minutes(10);
    while (!is_true()) {
      if (agenda_.now() >= latest) FAIL("what was waited for did not happen");
      agenda_.run_until(agenda_.now() + std::chrono::milliseconds(2));
    }
  }
  /// It does not count them.
  [[nodiscard]] std::optional<std::uint64_t> connections() const { return std::nullopt; }

 private:
  static sim::HostTraits at(const net::IpAddress& address) {
    sim::HostTraits traits;
    traits.address = address;
    traits.uplink_bps = traits.downlink_bps = 100'000'000;
    traits.half_way = std::chrono::milliseconds(5);
    return traits;
  }

  sim::Agenda agenda_;
  sim::Network network_{agenda_, 1};
  sim::Host& server_;
  sim::Host& client_;
};

}  // namespace alluvium::test
