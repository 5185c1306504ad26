#pragma once

#include "core/time/clock.hpp"
#include "tests/sim/trace.hpp"
#include "tests/sim/traffic.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace alluvium::sim {

/// When a listener's program is started, from the first one on, and how long that takes until it
/// does anything.
struct Start {
  Duration at{};
  Duration takes{};
};

/// What is to be simulated. Rates in bits a second, 0 without limit; percentages of all listeners,
/// who have one role each: those who do harm are no listeners in the outcome.
struct Scenario {
  std::uint32_t listeners = 50;
  std::uint64_t seed = 1;
  Duration duration = std::chrono::seconds(30);  ///< From the first join on.
  std::uint32_t songs = 1;
  std::uint64_t file_bytes = 5'000'000;
  std::uint64_t bitrate = 128'000;
  /// All join within this, at random,
  Duration join_within = std::chrono::milliseconds(500);
  /// unless it is said for each; those beyond the end are as the last one.
  std::vector<Start> starts;
  /// How far the first song is when they join.
  Duration position = std::chrono::seconds(20);

  std::uint64_t uplink_bps = 10'000'000;
  std::uint64_t downlink_bps = 50'000'000;
  std::uint64_t origin_uplink_bps = 100'000'000;
  std::uint64_t gateway_uplink_bps = 1'000'000'000;
  /// What a listener lets others have; none: all its uplink.
  std::optional<std::uint64_t> share_bps;
  /// Between two listeners, there and back.
  Duration least_round_trip = std::chrono::milliseconds(20);
  Duration most_round_trip = std::chrono::milliseconds(120);
  /// What the way to origin or gateway takes beyond the listener's half, there and back.
  Duration server_round_trip = std::chrono::milliseconds(10);

  unsigned liars_percent = 0;
  unsigned withholders_percent = 0;
  unsigned slow_percent = 0;  ///< Uplinks at half the bit rate.
  unsigned nat_percent = 0;
  std::uint32_t remembered = 0;  ///< Others whom each listener has met before it joins.
  unsigned resets_per_mille = 0;
  unsigned stalls_per_mille = 0;
  std::chrono::milliseconds most_clock_error{};

  /// Every listener hashes every chunk itself, as it ships, at many times the cost in time and
  /// memory. The outcome is the same.
  bool hashes_everywhere = false;

  unsigned kill_percent = 0;
  unsigned freeze_percent = 0;
  Duration kill_at{};  ///< From the first join on; both kinds.
  std::optional<Duration> gateway_dies_at;
};

/// What came of it. Of listeners only those count that were left alone to the end.
struct Outcome {
  std::uint64_t file_bytes = 0;     ///< Of all songs.
  std::uint64_t hashing_bytes = 0;  ///< What the origin sent to the gateway before anybody joined.
  std::uint64_t origin_bytes = 0;   ///< What it sent of the songs from then on.
  std::uint64_t gateway_bytes = 0;  ///< Bodies it sent to all.
  Traffic origin_traffic;           ///< All that each of them sent.
  Traffic gateway_traffic;
  Duration origin_line{};  ///< The longest that anything took to leave,
  Duration gateway_line{};
  std::uint32_t counted = 0;           ///< Listeners left to the end.
  std::uint32_t complete = 0;          ///< Of those, who have all of every song,
  std::uint32_t unheard = 0;           ///< and who heard nothing.
  std::vector<Duration> first_sounds;  ///< From the listener's start, ascending.
  std::uint64_t missed_bytes = 0;
  std::uint64_t gaps = 0;
  std::uint64_t false_bytes = 0;
  std::uint64_t received_bytes = 0;  ///< Of songs, whole chunks or not.
  std::uint64_t held_bytes = 0;      ///< Different ones of them that were true.
  Trace trace;
  std::uint64_t events = 0;
  double wall_seconds = 0;

  [[nodiscard]] double copies() const;
  /// Origin and gateway.
  [[nodiscard]] double egress_copies() const;
  [[nodiscard]] double beyond_percent() const;
  [[nodiscard]] double gateway_bytes_per_listener(std::uint32_t listeners) const;
  /// Of those who heard anything; zero if nobody did.
  [[nodiscard]] Duration first_sound(double quantile) const;
};

/// Runs it from the beginning to the end. The same scenario gives the same outcome.
[[nodiscard]] Outcome run(const Scenario& scenario);

}  // namespace alluvium::sim
