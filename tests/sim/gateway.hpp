#pragma once

#include "gateway/gateway.hpp"
#include "tests/sim/host.hpp"
#include "tests/sim/station.hpp"

namespace alluvium::sim {

/// The shipped gateway on a simulated host, subscribed to one station, whose songs it hashes
/// through the simulated network like any other. Destroying it is as if it was killed.
class GatewayHost {
 public:
  GatewayHost(Host& host, const Station& station, std::uint64_t seed);
  ~GatewayHost();
  GatewayHost(const GatewayHost&) = delete;
  GatewayHost& operator=(const GatewayHost&) = delete;

  /// Whether it knows all the songs.
  [[nodiscard]] bool is_ready() const;

 private:
  Host& host_;
  const Station& station_;
  gateway::NoStorage storage_;
  gateway::Observer observer_;
  gateway::Gateway gateway_;
};

}  // namespace alluvium::sim
