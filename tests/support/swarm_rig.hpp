#pragma once

#include "core/swarm/services.hpp"
#include "tests/support/fake_network.hpp"
#include "tests/support/virtual_time.hpp"

#include <memory>
#include <utility>

namespace alluvium::test {

/// Everything a part of the swarm is given, in virtual time and on a network of fakes.
struct SwarmRig {
  VirtualTime time;
  VirtualWorkers workers{time};
  FakeNetwork network{time};
  store::Store store;
  swarm::PeerBook peers;
  swarm::Statistics statistics;
  swarm::Problems problems{time};
  Random random{7};
  swarm::Services services{network,  time,   time,
                           store,    peers,  statistics,
                           problems, random, net::AddressRules::everything()};

  explicit SwarmRig(std::shared_ptr<store::Disk> disk = nullptr, store::StoreLimits limits = {})
      : store(workers, std::move(disk), limits) {}
};

}  // namespace alluvium::test
