#pragma once

#include "core/base/random.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace alluvium::gateway {

/// At which instants pairs of listeners dial each other that cannot be dialled alone. One of the
/// two is told when it asks, the other with its next announcement, which so must be due before:
/// only those who announced themselves just now, or wait for news, are chosen. Bounded. Pure: time
/// is passed in. Owned by Introductions.
class Meetings {
 public:
  /// Who was heard of within this is about to be heard of again.
  static constexpr Duration heard_within = std::chrono::milliseconds(1'200);
  /// From an agreement to its instant.
  static constexpr Duration notice = std::chrono::milliseconds(1'500);
  static constexpr std::size_t most_files = 1'024;
  static constexpr std::size_t most_seekers = 256;     ///< Of one file.
  static constexpr std::size_t most_appointments = 4;  ///< Of one listener.
  static constexpr std::size_t most_waiting = 10'000;  ///< Listeners with appointments.

  /// Whether somebody waits for news and so can be told at once, however long ago it was heard of.
  using IsWaiting = std::function<bool(const net::Endpoint&)>;

  explicit Meetings(
      std::uint64_t seed, IsWaiting is_waiting = [](const auto&) { return false; })
      : random_(seed), is_waiting_(std::move(is_waiting)) {}

  /// `who` cannot be dialled, and would meet others of that file.
  void seek(const hash::TreeRoot& file, const net::Endpoint& who, Instant now);
  /// One of them for `who`, of its own address family: of some drawn at random the one whose
  /// `burden` is least. It is told of the appointment by `take`.
  struct Appointment {
    net::Endpoint with;
    Instant at;
  };
  /// How many connections somebody has already; nothing: it is out of the question.
  using Burden = std::function<std::optional<std::size_t>(const net::Endpoint&)>;
  [[nodiscard]] std::optional<Appointment> agree(const hash::TreeRoot& file,
                                                 const net::Endpoint& who, const Burden& burden,
                                                 Instant now);
  /// What others have agreed upon with `who`, each once, as far as there is still time.
  [[nodiscard]] std::vector<Appointment> take(const net::Endpoint& who, Instant now);
  /// Forgets what is over.
  void tidy(Instant now);

 private:
  struct Seeker {
    net::Endpoint who;
    Instant heard;
  };
  [[nodiscard]] bool is_there(const Seeker& seeker, Instant now) const {
    return now - seeker.heard < heard_within || is_waiting_(seeker.who);
  }

  Random random_;
  IsWaiting is_waiting_;
  std::map<hash::TreeRoot, std::vector<Seeker>> seekers_;
  std::map<net::Endpoint, std::vector<Appointment>> appointments_;
};

}  // namespace alluvium::gateway
