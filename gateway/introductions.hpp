#pragma once

#include "core/base/random.hpp"
#include "core/time/clock.hpp"
#include "gateway/announcement.hpp"
#include "gateway/swarms.hpp"

#include <functional>
#include <string>

namespace alluvium::gateway {

/// Brings listeners that cannot be dialled together with listeners that can: tells the former whom
/// to offer a connection, and gives each a token that only the latter can judge. Nothing is sent to
/// anybody, and nothing remembered: what is known of neighbours, listeners say with each
/// announcement. Owned by AnnounceDesk.
class Introductions {
 public:
  /// So many offers a listener is to keep open.
  static constexpr std::size_t most_offers = 3;
  /// Who has so many neighbours is not offered more.
  static constexpr std::size_t enough_neighbours = 12;

  /// How many neighbours a listener has, as it said last.
  using CountNeighbours = std::function<std::size_t(const net::Endpoint&)>;
  /// The secret by which tokens are made, the same for all gateways of one name.
  using Secret = std::function<std::string()>;

  Introductions(const Clock& clock, Swarms& swarms, CountNeighbours count, Secret secret,
                std::uint64_t seed)
      : clock_(clock),
        swarms_(swarms),
        count_(std::move(count)),
        secret_(std::move(secret)),
        random_(seed) {}

  /// Adds to `answer` what `peer`, which shares, is due: a key for who can be reached, invitations
  /// for who cannot.
  void answer(const Announcement& announcement, const net::Endpoint& peer, AnnounceAnswer& answer);

 private:
  void invite(const Announcement& announcement, const net::Endpoint& peer,
              AnnounceAnswer::ReverseNews& news);

  const Clock& clock_;
  Swarms& swarms_;
  CountNeighbours count_;
  Secret secret_;
  Random random_;
};

}  // namespace alluvium::gateway
