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
                                                      Events events) override;

 private:
  class Call;
  Network& network_;
  Host& host_;
};

}  // namespace alluvium::sim
