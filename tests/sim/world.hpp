#pragma once

#include "tests/sim/adversary.hpp"
#include "tests/sim/agenda.hpp"
#include "tests/sim/gateway.hpp"
#include "tests/sim/listener.hpp"
#include "tests/sim/network.hpp"
#include "tests/sim/origin.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/shared_chunks.hpp"

#include <memory>
#include <vector>

namespace alluvium::sim {

/// A scenario while it runs: the station, its servers, and the crowd. Owned by `run`.
class World final : private Actor {
 public:
  explicit World(const Scenario& scenario);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  [[nodiscard]] Outcome run();

 private:
  enum class Role { listener, liar, withholder };
  enum class Fate { stays, killed, frozen };
  struct Member {
    Host* host = nullptr;
    Role role = Role::listener;
    Fate fate = Fate::stays;
    Start start;
    std::unique_ptr<Listener> listener;
    std::unique_ptr<Adversary> adversary;
  };

  void on_event(std::uint32_t what) override;
  void make_crowd();
  void let_gateway_hash();
  void join(Member& member);
  /// Of those whom it has met before.
  void remind(Listener& listener, const net::IpAddress& itself);
  void strike();
  [[nodiscard]] Outcome outcome(std::uint64_t hashing_bytes, std::uint64_t gateway_bytes) const;
  [[nodiscard]] Duration half_way();

  const Scenario scenario_;
  Random random_;
  Agenda agenda_;
  Network network_;
  SharedChunks verified_;
  Station station_;
  Host& origin_host_;
  Host& gateway_host_;
  Origin origin_;
  std::unique_ptr<GatewayHost> gateway_;
  std::vector<Member> crowd_;
};

}  // namespace alluvium::sim
