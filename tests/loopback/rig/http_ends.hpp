#pragma once

#include "core/curl/client.hpp"
#include "core/http/connection_client.hpp"
#include "core/reverse/handshake.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/reverse_dialer.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/sim/network.hpp"

#include <functional>
#include <optional>
#include <vector>

namespace alluvium::test {

/// The two ends of an exchange as they ship: a server on a socket, and libcurl. All kinds of ends
/// have the same members, so that a case about the contract between them runs with each.
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

/// The same over a connection that the server opened: who asks has a port where it waits for such,
/// and a client of one connection.
class ReversedEnds {
 public:
  static std::vector<net::IpAddress> places() { return RealEnds::places(); }

  explicit ReversedEnds(const net::IpAddress& place = places().front()) : place_(place) {}
  /// Once.
  net::Endpoint serve(http::Handler& handler, uv::HttpServerLimits limits = {}) {
    server_.emplace(rig_.loop, net::Endpoint{place_, 0}, handler, limits);
    asker_.emplace(rig_.loop, net::Endpoint{place_, 0}, taker_);
    dialer_.emplace(rig_.loop, *server_, std::nullopt,
                    [] { return net::AddressRules::everything(); });
    offer_ = dialer_->offer(asker_->endpoint(), "token", std::nullopt, {[] {}, [] {}});
    rig_.run_until([this] { return taker_.asking != nullptr; });
    return server_->endpoint();
  }
  http::Client& client() { return *taker_.asking; }
  void run_until(const std::function<bool()>& is_true) { rig_.run_until(is_true); }
  [[nodiscard]] std::optional<std::uint64_t> connections() const { return std::nullopt; }

 private:
  /// Takes one offer and asks over it.
  struct Taker final : http::Handler {
    struct Exchange final : http::Exchange, http::ByteSink {
      Exchange(Taker& owner, http::Responder& answer, const net::Endpoint& remote)
          : taker(owner), responder(answer), client(*this, owner.loop, owner.loop, remote) {}
      void on_input(ByteView bytes) override { client.on_input(bytes); }
      void write(Slice bytes) override { responder.write(std::move(bytes)); }
      void close() override { responder.abort(); }
      Taker& taker;
      http::Responder& responder;
      http::ConnectionClient client;
    };
    Taker(uv::Loop& in, ReversedEnds& of) : loop(in), ends(of) {}
    std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                               http::Responder& responder) override {
      CHECK(reverse::offered_token(request) == "token");
      responder.begin(reverse::taken(), std::nullopt);
      auto exchange = std::make_unique<Exchange>(*this, responder, ends.server_->endpoint());
      asking = &exchange->client;
      return exchange;
    }
    uv::Loop& loop;
    ReversedEnds& ends;
    http::Client* asking = nullptr;
  };

  LoopRig rig_;
  net::IpAddress place_;
  Taker taker_{rig_.loop, *this};
  std::optional<uv::HttpServer> server_;
  std::optional<uv::HttpServer> asker_;
  std::optional<uv::ReverseDialer> dialer_;
  std::unique_ptr<reverse::Offer> offer_;
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
