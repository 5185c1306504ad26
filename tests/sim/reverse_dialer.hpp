#pragma once

#include "core/reverse/dialer.hpp"
#include "core/reverse/neighbours.hpp"
#include "tests/sim/host.hpp"

namespace alluvium::sim {

/// Offers of a simulated host. Who takes one reaches the host as if no router stood before it. The
/// handshake takes what it takes in life, and its token is judged by the code that ships; the
/// requests themselves go the usual way. Owned by a Listener.
class ReverseDialer final : public reverse::Dialer {
 public:
  ReverseDialer(Network& network, Host& host) : network_(network), host_(host) {}

  [[nodiscard]] std::unique_ptr<reverse::Offer> offer(const net::Endpoint& to,
                                                      const std::string& token,
                                                      std::optional<Duration> meet_in,
                                                      Events events) override;
  [[nodiscard]] std::unique_ptr<reverse::Offer> expect(const net::Endpoint& from, Duration meet_in,
                                                       std::function<void()> on_over) override;

  ///  /// Of a hundred pairs of routers so many let each other's packets through at a meeting.
  ///  (Ford,
  /// Srisuresh and Kegel, 2005, found 64 for TCP; libp2p's DCUtR, 2022, about 70.)
  static constexpr std::uint64_t meetings_percent = 70;

 private:
  class Call;
  class Expectation;
  Network& network_;
  Host& host_;
};

}  // namespace alluvium::sim
