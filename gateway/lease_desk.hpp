#pragma once

#include "core/time/clock.hpp"
#include "gateway/announcement.hpp"
#include "gateway/companions/peer_record.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/leases/lease_book.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::gateway {

/// Puts announcements to the book of leases, and what it says into answers: announcements count in
/// bytes, the book in chunks. Only files whose length the gateway knows have leases. Owned by
/// Gateway.
class LeaseDesk {
 public:
  /// Who wanted something and is not heard of for so long is taken for dead until it is.
  static constexpr Duration silence = std::chrono::seconds(3);
  /// For who wants nothing that is due soon, or to be fetched by it.
  static constexpr std::chrono::milliseconds calm_interval{1'000};

  /// Who wants of a replaced version what nobody holds is to ask again after this.
  static constexpr std::chrono::milliseconds replaced_retry{1'000};

  /// Both outlive the desk.
  LeaseDesk(const Clock& clock, const FileRegistry& registry, std::uint64_t seed)
      : clock_(clock), registry_(registry), book_(seed) {}

  /// What a listener that shares says of itself.
  void on_peer(const Announcement& announcement, const net::Endpoint& peer,
               std::optional<bool> reachable, const std::optional<leases::Alias>& alias);
  /// Where else a known listener is found from now on, if anywhere.
  void on_alias(const net::Endpoint& peer, const std::optional<leases::Alias>& alias) {
    book_.on_alias(peer, alias, clock_.now());
  }
  void on_reachable(const net::Endpoint& peer, bool reachable) {
    book_.on_reachable(peer, reachable, clock_.now());
  }
  /// Adds to `answer` where `asker`, port 0 if it does not share, gets what it wants.
  void on_want(const Announcement& announcement, const net::Endpoint& asker,
               AnnounceAnswer& answer);
  void on_leave(const net::Endpoint& peer) { book_.on_leave(peer, clock_.now()); }
  /// To be called every few seconds.
  void on_tick() { book_.on_tick(clock_.now()); }

  /// What is known of a listener, for another gateway; nothing if it is not known.
  [[nodiscard]] std::optional<PeerRecord> record_of(const net::Endpoint& peer) const;
  /// Takes over what another gateway knew of a listener.
  void restore(const net::Endpoint& peer, const PeerRecord& record);
  [[nodiscard]] leases::LeaseBook& book() { return book_; }
  [[nodiscard]] const leases::LeaseBook& book() const { return book_; }

  [[nodiscard]] const leases::Counters& counters() const { return book_.counters(); }

 private:
  /// How the file divides into chunks, after which the book knows it; nothing if it cannot.
  [[nodiscard]] std::optional<hash::ChunkLayout> open(const hash::TreeRoot& root);

  const Clock& clock_;
  const FileRegistry& registry_;
  leases::LeaseBook book_;
};

}  // namespace alluvium::gateway
