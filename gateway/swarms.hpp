#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/client_counts.hpp"
#include "gateway/record_table.hpp"
#include "gateway/swarm.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

namespace alluvium::gateway {

/// Who has what, by name of the file. A holding counts for `lifetime` after it was last announced.
/// Bounded: one client cannot hold more than `per_client` places, all together not more than
/// `total`; what goes beyond is not recorded. Only endpoints marked as listed are told to others.
/// Pure: time is passed in. Owned by Gateway.
class Swarms {
 public:
  static constexpr Duration lifetime = std::chrono::seconds(60);

  struct Limits {
    std::size_t total = 200'000;
    std::size_t per_client = 2'048;  ///< An IPv4 address or a /64 of IPv6.
  };

  Swarms(Limits limits, std::uint64_t seed)
      : limits_(limits),
        random_(seed),
        hash_(random_.next()),
        peers_(hash_),
        aliases_(0, hash_),
        per_client_(hash_) {}

  /// Records what `peer` has of a file. False if there is no room.
  bool hold(const net::Endpoint& peer, const hash::TreeRoot& root, const Availability& available,
            Instant now);
  /// Forgets everything `peer` announced.
  void leave(const net::Endpoint& peer);
  /// `peer` is found at `alias` as well, an address of the other family at which nobody else is
  /// known: it is listed there for those who have nothing else, with all that `peer` holds from now
  /// on.
  void set_alias(const net::Endpoint& peer, const net::Endpoint& alias);
  /// That of `peer`, if it has one.
  void drop_alias(const net::Endpoint& peer);
  /// One of the files that `peer` named; nothing if it is not known.
  [[nodiscard]] std::optional<hash::TreeRoot> file_of(const net::Endpoint& peer) const;
  void expire(Instant now);
  /// Whether others may be told of `peer`; no until this says yes.
  void set_listed(const net::Endpoint& peer, bool is_listed);

  /// What `peer` has not been told of a swarm it is in.
  [[nodiscard]] std::vector<ListedPeer> news_for(const net::Endpoint& peer,
                                                 const hash::TreeRoot& root, Instant now);
  /// Whether `peer` was told all of that lately, and of at least one.
  [[nodiscard]] bool was_told(const net::Endpoint& peer, const hash::TreeRoot& root,
                              Instant now) const;
  /// Some listed peers for one who is in no swarm.
  [[nodiscard]] std::vector<ListedPeer> pick(const hash::TreeRoot& root,
                                             const Swarm::Wanted& wanted, Instant now);

  /// Without aliases.
  [[nodiscard]] std::size_t peer_count() const { return peers_.size() - listed_aliases_; }
  [[nodiscard]] std::size_t record_count() const { return records_ - alias_records_; }
  [[nodiscard]] const std::map<hash::TreeRoot, Swarm>& all() const { return swarms_; }

 private:
  struct Peer {
    net::Endpoint endpoint;
    std::uint16_t is_listed : 1 = 0;
    std::uint16_t is_alias : 1 = 0;
    std::uint16_t records : 14 = 0;  ///< In how many swarms it is; never zero here.
  };

  static constexpr std::uint32_t most_records_each = (1U << 14) - 1;

  /// Makes room for one more record of `peer`; null if there is none.
  [[nodiscard]] Peer* add_record(const net::Endpoint& peer, bool is_alias);
  void forget_record(const net::Endpoint& peer);
  void hold_alias(const net::Endpoint& peer, const net::Endpoint& alias, Swarm& swarm);

  Limits limits_;
  Random random_;
  EndpointHash hash_;
  std::map<hash::TreeRoot, Swarm> swarms_;  ///< None is empty.
  RecordTable<Peer, &Peer::endpoint> peers_;
  /// The second address of those that have one, whether it has a record or not.
  std::unordered_map<net::Endpoint, net::Endpoint, EndpointHash> aliases_;
  ClientCounts per_client_;
  std::size_t records_ = 0;
  std::size_t alias_records_ = 0;   ///< Of those.
  std::size_t listed_aliases_ = 0;  ///< Aliases that have a record.
};

}  // namespace alluvium::gateway
