#pragma once

#include "core/base/random.hpp"
#include "core/time/clock.hpp"
#include "gateway/announcement.hpp"
#include "gateway/held_announcements.hpp"
#include "gateway/houses.hpp"
#include "gateway/meetings.hpp"
#include "gateway/swarms.hpp"

#include <functional>
#include <string>

namespace alluvium::gateway {

/// Brings listeners that cannot be dialled together with others: tells them whom to offer a
/// connection, and gives each a token that only the other can judge. Rather listeners that can be
/// dialled; if there are too few, others like them, with an instant at which both dial. Those who
/// come from one address, whether they can be dialled or not, are told where they find each other
/// behind it. Nothing is sent to anybody. What is known of neighbours, listeners say with each
/// announcement. Owned by AnnounceDesk.
class Introductions {
 public:
  /// So many offers a listener is to keep open.
  static constexpr std::size_t most_offers = 3;
  /// And so many within its house, or more if somebody there can ask nobody else.
  static constexpr std::size_t usual_mates = 4;
  static constexpr std::size_t most_mates = 12;
  /// Who has so many neighbours is not offered more.
  static constexpr std::size_t enough_neighbours = 12;

  /// How many neighbours a listener has, as it said last.
  using CountNeighbours = std::function<std::size_t(const net::Endpoint&)>;
  /// By which address who is found there is known.
  using KnownAs = std::function<net::Endpoint(const net::Endpoint&)>;
  /// The secret by which tokens are made, the same for all gateways of one name.
  using Secret = std::function<std::string()>;

  Introductions(const Clock& clock, Swarms& swarms, HeldAnnouncements& held, CountNeighbours count,
                KnownAs known_as, Secret secret, std::uint64_t seed)
      : clock_(clock),
        swarms_(swarms),
        held_(held),
        count_(std::move(count)),
        known_as_(std::move(known_as)),
        secret_(std::move(secret)),
        random_(seed),
        meetings_(random_.next(), [&held](const net::Endpoint& who) { return held.is_here(who); }),
        houses_(random_.next()) {}

  /// Adds to `answer` what `peer`, which shares, is due: a key to know tokens by, invitations and
  /// meetings for who cannot be reached.
  void answer(const Announcement& announcement, const net::Endpoint& peer, AnnounceAnswer& answer);
  /// To be called every few seconds.
  void on_tick() {
    meetings_.tidy(clock_.now());
    houses_.tidy(clock_.now());
  }

 private:
  void invite(const Announcement& announcement, const net::Endpoint& peer,
              AnnounceAnswer::ReverseNews& news);
  void invite_home(const Announcement& announcement, const net::Endpoint& peer,
                   AnnounceAnswer::ReverseNews& news);
  void arrange_meetings(const Announcement& announcement, const net::Endpoint& peer,
                        AnnounceAnswer::ReverseNews& news);
  [[nodiscard]] AnnounceAnswer::Invitation invitation(const net::Endpoint& bearer,
                                                      const net::Endpoint& to);

  const Clock& clock_;
  Swarms& swarms_;
  HeldAnnouncements& held_;  ///< Who is there, and can be told of a meeting at once.
  CountNeighbours count_;
  KnownAs known_as_;
  Secret secret_;
  Random random_;
  Meetings meetings_;
  Houses houses_;
};

}  // namespace alluvium::gateway
