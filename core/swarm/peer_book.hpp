#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/store/chunk_map.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace alluvium::swarm {

/// What is known of one other listener.
struct Peer {
  std::map<hash::TreeRoot, store::ChunkMap> holdings;
  /// Of these files it has said nothing yet: it is only supposed to take part in their swarms.
  std::set<hash::TreeRoot> supposed;
  /// Of these it may have more by now than it said.
  std::set<hash::TreeRoot> doubted;
  /// Order in which its files were last heard of.
  std::map<hash::TreeRoot, std::uint64_t> files_heard;
  unsigned requests = 0;      ///< Under way now, of any file.
  unsigned failures = 0;      ///< In a row.
  bool banned = false;        ///< Sent a false chunk: never asked again.
  bool has_served = false;    ///< Sent a verified chunk: may be recommended to others.
  bool has_answered = false;  ///< When it was greeted: may be as well.
  /// Cannot be dialled, but has opened a connection to us: others cannot be sent there.
  bool is_neighbour = false;
  std::uint64_t received_bytes = 0;  ///< Verified, of any file.
  Instant not_before{};              ///< Not asked until then, after a failure or at its own wish.
  std::uint64_t heard = 0;           ///< Order in which peers were last heard of.
};

/// The other listeners by address: who has what, whom to leave alone. Never contacts anybody.
/// Bounded: beyond `max_peers` the one not heard of for longest makes room; bans outlast the
/// others, but never fill more than half of the book. Of each peer `max_files` are known, those
/// heard of last.
class PeerBook {
 public:
  static constexpr std::size_t max_peers = 500;
  /// More than is ever wanted at a time: what is on, and what is fetched ahead. Past items of a day
  /// would add up to megabytes otherwise.
  static constexpr std::size_t max_files = 256;
  static constexpr unsigned failures_to_forget = 5;

  /// Notes what a peer said, or the gateway said of it. False if there is no room, since all are
  /// being asked right now.
  bool learn(const net::Endpoint& endpoint, const hash::TreeRoot& root, store::ChunkMap map);
  /// Known to have taken part, without saying what it has.
  bool learn(const net::Endpoint& endpoint, const hash::TreeRoot& root,
             const hash::ChunkLayout& layout);

  /// It took part in a swarm of this station some time ago; what it has now is not known. Nothing
  /// changes if it is known already, or if there is no room.
  void remember(const net::Endpoint& endpoint);
  /// Those who can be asked over connections that they opened, and nobody else: who was among them
  /// and is not any more is forgotten, as it cannot be dialled.
  void set_neighbours(const std::vector<net::Endpoint>& neighbours);
  /// From where others see us, as far as somebody has ever said so.
  void set_own_address(const net::IpAddress& address) { own_address_ = address; }
  [[nodiscard]] const std::optional<net::IpAddress>& own_address() const { return own_address_; }
  /// Nobody tells of this swarm: who took part in another one of the station is supposed to do so
  /// in this one as well.
  void suppose(const hash::TreeRoot& root, const hash::ChunkLayout& layout);
  /// Nobody has told of this swarm for a while: its members may have more of the file by now than
  /// they said. Their next answers will say.
  void doubt(const hash::TreeRoot& root);

  /// It has told us where it is, by asking us for some of that file; what it has of it is not
  /// known.
  void meet(const net::Endpoint& endpoint, const hash::TreeRoot& root,
            const hash::ChunkLayout& layout);
  /// It takes part in the swarm, as it said when it was greeted.
  void on_greeted(const net::Endpoint& endpoint);

  void on_request(const net::Endpoint& endpoint);
  void on_request_ended(const net::Endpoint& endpoint);
  void on_chunk(const net::Endpoint& endpoint, std::uint64_t bytes);
  /// Back-off doubles from 1 s to 60 s; after `failures_to_forget` in a row the peer is forgotten.
  void on_failure(const net::Endpoint& endpoint, Instant now);
  void on_busy(const net::Endpoint& endpoint, Instant until);
  void ban(const net::Endpoint& endpoint);

  [[nodiscard]] const Peer* find(const net::Endpoint& endpoint) const;
  /// All who take part in the swarm of a file, banned ones excepted, in the order of their
  /// addresses.
  [[nodiscard]] std::vector<std::pair<net::Endpoint, const Peer*>> in_swarm(
      const hash::TreeRoot& root) const;
  /// Up to `limit` that take part in the swarm of a file and have served verified chunks, or at
  /// least answered; now these, now those.
  [[nodiscard]] std::vector<net::Endpoint> recommended(const hash::TreeRoot& root,
                                                       std::size_t limit, Random& random) const;
  /// Up to `limit` that are not banned: those who have served verified chunks first, and of them
  /// those heard of last.
  [[nodiscard]] std::vector<net::Endpoint> acquaintances(std::size_t limit) const;
  /// All of them, banned ones as well.
  [[nodiscard]] const std::map<net::Endpoint, Peer>& all() const { return peers_; }
  /// Not banned.
  [[nodiscard]] std::size_t count() const;
  /// Changes when somebody enters or leaves a swarm. Until then a Peer, and the map of what it
  /// holds of a file, stay where they are in memory.
  [[nodiscard]] std::uint64_t membership() const { return membership_; }

 private:
  Peer* peer(const net::Endpoint& endpoint);
  bool make_room();
  /// It has, or may have, some of that file; the one not heard of for longest makes room.
  void note_file(Peer& peer, const hash::TreeRoot& root);

  std::map<net::Endpoint, Peer> peers_;
  std::optional<net::IpAddress> own_address_;
  std::uint64_t membership_ = 0;
  std::uint64_t heard_ = 0;
};

}  // namespace alluvium::swarm
