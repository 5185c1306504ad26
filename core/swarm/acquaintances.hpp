#pragma once

#include "core/swarm/services.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace alluvium::swarm {

/// The listeners that were met at a station, and as whom they knew us, kept beyond the life of the
/// program: while the station's gateway is away they are all that a newcomer could ask but the
/// origin. Advice only: what they have, and whether they are there at all, their answers say. Owned
/// by the engine.
class Acquaintances {
 public:
  static constexpr std::size_t most = 64;
  static constexpr Duration kept_every = std::chrono::seconds(60);

  /// `station` is the playlist's URL.
  Acquaintances(Services& services, std::string_view station);

  /// Enters those of the last time into the book of peers. Blocks: for start-up.
  void recall();
  /// Keeps those of now, if a minute has passed.
  void on_turn();
  void keep();

 private:
  Services& services_;
  std::string key_;
  std::string kept_;
  Instant next_;
};

/// One a line, the most useful first; before them our own address, if it is known.
[[nodiscard]] std::string write_acquaintances(const PeerBook& peers);
/// Enters them; lines that make no sense, and those beyond `Acquaintances::most`, are skipped.
void read_acquaintances(std::string_view text, PeerBook& peers);

}  // namespace alluvium::swarm
