#pragma once

#include "core/base/random.hpp"
#include "core/hash/verified_chunks.hpp"
#include "core/http/client.hpp"
#include "core/net/address_rules.hpp"
#include "core/store/store.hpp"
#include "core/swarm/home.hpp"
#include "core/swarm/incoming.hpp"
#include "core/swarm/peer_book.hpp"
#include "core/swarm/problems.hpp"
#include "core/swarm/statistics.hpp"
#include "core/time/clock.hpp"

#include <functional>

namespace alluvium::reverse {
class Dialer;
class Neighbours;
}  // namespace alluvium::reverse

namespace alluvium::swarm {

/// What every part of the swarm is given: the outside world behind interfaces, and the few things
/// that all parts share. Made by the composition root, outlives them all.
struct Services {
  http::Client& client;
  const Clock& clock;
  Timers& timers;
  store::Store& store;
  PeerBook& peers;
  Statistics& statistics;
  Problems& problems;
  Random& random;
  /// For origins, peers and gateways named by others; widened once it is known where the playlist
  /// lives.
  net::AddressRules rules;
  /// What is on its way, for the peers that wait for it.
  Incoming incoming{};
  /// May be taken from the origin out of turn, as the gateway said last.
  std::uint64_t escape_bytes = 0;
  /// Who has opened a connection to us, for us to ask over it. Null: nobody can.
  reverse::Neighbours* neighbours = nullptr;
  /// By which we offer the same to others. Null: nothing is shared.
  reverse::Dialer* dialer = nullptr;
  /// Where others in the same house find us. Null: they are not to.
  std::function<Home()> home = nullptr;
  /// Shared with other listeners of this process, if there are any.
  hash::VerifiedChunks* verified = nullptr;
};

}  // namespace alluvium::swarm
