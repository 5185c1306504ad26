#pragma once

#include "core/swarm/on_air.hpp"
#include "tests/sim/station.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::sim {

/// What somebody has heard, and what they should have heard.
struct Hearing {
  std::optional<Duration> first_sound;  ///< From the join to the first verified byte of sound.
  std::uint64_t played_bytes = 0;
  std::uint64_t missed_bytes = 0;  ///< Not there when they were due, and tolerance was over.
  std::uint64_t gaps = 0;          ///< Holes, of whatever length.
  std::uint64_t false_bytes = 0;   ///< Played, and not what the station has there.
};

/// The ears of one listener: reads what is on through the interface that the stream to players is
/// made from, asking as far ahead as that does, and notes what came when. What is heard begins with
/// the first chunk that comes and then goes on at its own pace; a chunk that is not there 200 ms
/// after its instant is missed and skipped. Owned by its listener.
class Player {
 public:
  /// `on_air` and `clock` outlive it; the join is now.
  Player(swarm::OnAir& on_air, const Clock& clock, const Station& station);

  /// To be called whenever there may be something new.
  void on_turn();
  [[nodiscard]] const Hearing& hearing() const { return hearing_; }

 private:
  void enter(swarm::OnAirItem& item);
  void read(swarm::OnAirItem& item);
  void take(const Slice& chunk);
  [[nodiscard]] WallTime scheduled(hash::ChunkIndex index) const;
  [[nodiscard]] bool is_too_late(hash::ChunkIndex index) const;
  void change_item();

  swarm::OnAir& on_air_;
  const Clock& clock_;
  const Station& station_;
  Instant joined_;
  Hearing hearing_;
  std::optional<playlist::Slot> slot_;
  const Song* song_ = nullptr;  ///< Of the slot, once entered.
  hash::ChunkIndex next_;
  bool is_in_gap_ = false;
  /// The instant of the programme that was heard first, and when that was.
  std::optional<std::pair<WallTime, Instant>> heard_;
};

}  // namespace alluvium::sim
