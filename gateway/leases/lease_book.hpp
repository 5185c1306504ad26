#pragma once

#include "gateway/client_counts.hpp"
#include "gateway/leases/silences.hpp"
#include "gateway/leases/swarm_leases.hpp"
#include "gateway/leases/values.hpp"
#include "gateway/record_table.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include <absl/container/inlined_vector.h>

namespace alluvium::leases {

/// Says who fetches which chunk from where, so that one copy leaves the origin: one listener is
/// leased a chunk, the others are sent to whoever would finish first of those that hold it or are
/// getting it. Invariants: those of SwarmLeases; all that is kept is bounded by limits.hpp, and is
/// forgotten with the listener or the file it belongs to. Pure: driven by `now` and what listeners
/// say, which may be anything. The same calls with the same seed give the same answers. Owned by
/// AnnounceDesk, or by a simulation.
///
/// What each listener is due to say: on_peer, then on_file and on_have for each file, then on_want
/// once. Instants must not go back.
class LeaseBook {
 public:
  explicit LeaseBook(std::uint64_t seed)
      : common_{Random(seed), {}, {}, {}, {}},
        listeners_(gateway::EndpointHash(seed)),
        by_alias_(0, gateway::EndpointHash(seed)),
        per_client_(gateway::EndpointHash(seed)) {}

  /// A listener that shares has been heard of. One without a port is not remembered.
  void on_peer(const PeerFacts& facts, Instant now);
  /// Whether others can reach a known listener has been found out.
  void on_reachable(const net::Endpoint& peer, bool reachable, Instant now);
  /// Where else a known listener is found has changed; nothing: nowhere.
  void on_alias(const net::Endpoint& peer, const std::optional<Alias>& alias, Instant now);
  /// A file has a swarm; said again of a known one it has no effect.
  void on_file(const hash::TreeRoot& root, const FileFacts& facts);
  /// What a known listener holds of a known file, in place of what it said before.
  void on_have(const net::Endpoint& peer, const hash::TreeRoot& root, const Held& held,
               Instant now);
  /// Where `asker` gets what it wants, after what failed it. One without a port can be sent to
  /// peers; it gets no lease, and nothing of it is remembered.
  [[nodiscard]] Answer on_want(const net::Endpoint& asker, const std::vector<Want>& wants,
                               const std::vector<Failure>& failures, Instant now);
  void on_leave(const net::Endpoint& peer, Instant now);
  /// To be called every few seconds: ends what nobody asks after, forgets who is not heard of.
  void on_tick(Instant now);

  // For a book that goes on where another one ended.

  /// What is known of a listener; nothing if it is not known.
  [[nodiscard]] std::optional<Recollection> recollect(const net::Endpoint& peer, Instant now) const;
  /// Takes over what another book knew. Its files must have been named by `on_file`; leases of
  /// chunks that somebody is leased already are left out.
  void restore(const Recollection& known, Instant now);
  [[nodiscard]] TicketsGiven tickets() const { return common_.tickets.given(); }
  /// No ticket is given again, or out of order, that another book gave.
  void resume_after(const TicketsGiven& given) { common_.tickets.resume_after(given); }
  /// Until then nothing is leased: some who hold what is wanted have yet to say so.
  void hold_back(Instant until) { common_.leases_from = until; }
  [[nodiscard]] std::vector<net::Endpoint> peers() const;

  /// How many can be asked by a listener though they cannot be dialled, as it said last.
  [[nodiscard]] std::size_t neighbours(const net::Endpoint& peer) const;
  [[nodiscard]] const Counters& counters() const { return common_.counters; }
  [[nodiscard]] std::size_t peer_count() const { return listeners_.size(); }
  [[nodiscard]] std::size_t file_count() const { return files_.size(); }

 private:
  struct Membership {
    SwarmLeases* swarm = nullptr;
    MemberId id;
    Instant named{};  ///< When it last said something of the file.
  };
  struct Listener {
    Listener() = default;
    explicit Listener(const net::Endpoint& endpoint) : peer(endpoint) {}
    [[nodiscard]] const net::Endpoint& endpoint() const { return peer.endpoint(); }

    Peer peer;
    absl::InlinedVector<Membership, 1> files;
    Instant looked_at = Silences::never;  ///< Its entry in `silences_`.
  };
  using Listeners = gateway::RecordTable<Listener, &Listener::endpoint>;
  static_assert(Listeners::most_records < std::size_t{1} << Silences::listener_bits);

  void on_silences(Instant now);
  void note_alias(const Peer& peer, const std::optional<Alias>& alias);
  /// Who is found there, by either of its addresses.
  [[nodiscard]] Listener* found_at(const net::Endpoint& endpoint);
  /// Sees to it that its silence is noticed.
  void watch(Listeners::Place place);
  /// Whom it can ask from now on though they cannot be dialled.
  void link(Listener& listener, const std::vector<net::Endpoint>& neighbours, Instant now);
  void tell_swarms(const Listener& listener, Instant now);
  void take_leave(Listener& listener, Instant now);
  void note_failure(Listener& asker, const Failure& failure, Instant now);
  void note_report(const net::IpAddress& from, Listener& source, Failing why, Instant now);
  /// Nothing if it is no member.
  [[nodiscard]] static const Membership* find(const Listener& listener, const SwarmLeases& swarm);
  /// Makes it a member; of too many files it leaves the one it named longest ago.
  [[nodiscard]] static MemberId join(Listener& listener, SwarmLeases& swarm, Instant now);
  [[nodiscard]] std::vector<MemberId> avoided_by(const Listener& asker, const SwarmLeases& swarm,
                                                 Instant now) const;
  /// Those members of the swarm that cannot be dialled but asked by `asker`.
  [[nodiscard]] std::vector<MemberId> neighbours_of(const Listener& asker,
                                                    const SwarmLeases& swarm) const;
  [[nodiscard]] Answer answer(Listener& asker, const std::vector<Want>& wants,
                              const std::vector<Failure>& failures, Instant now);

  Common common_;
  std::map<hash::TreeRoot, SwarmLeases> files_;
  Listeners listeners_;  ///< All share.
  /// By the second address, by which one a listener is known.
  std::unordered_map<net::Endpoint, net::Endpoint, gateway::EndpointHash> by_alias_;
  gateway::ClientCounts per_client_;
  Silences silences_;
};

}  // namespace alluvium::leases
