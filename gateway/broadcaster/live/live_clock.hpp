#pragma once

#include "core/time/clock.hpp"

#include <chrono>
#include <optional>

namespace alluvium::broadcaster {

/// When a part of a show is heard: [start, end). Value type.
struct AirTime {
  WallTime start;
  WallTime end;
  /// It does not follow the part before without a hole.
  bool begins_run = false;
};

/// How far behind its source a show is heard. A listener must have a part when it goes on air, and
/// from the instant at which it is cut that takes: up to a second until the listener looks at the
/// playlist again, with some jitter; two small answers, playlist and leaf row; and the two or three
/// chunks of the part, from the origin or from who is ahead by one hop. That is a second and a half
/// with some room, `least_lead`. What sources and networks are late by now and then is what
/// `first_lead` has more than that: a show begins with it, and a part that is late uses it up, so
/// that only one that is later still makes a hole.
struct LiveLead {
  std::chrono::milliseconds first{2'500};
  std::chrono::milliseconds least{1'500};
};

/// Puts the parts of one show on air, one behind the other. Media time is counted from where a run
/// began and rounded once for each instant, so that nothing adds up. Pure; owned by the show.
class LiveClock {
 public:
  explicit LiveClock(LiveLead lead) : lead_(lead) {}

  /// The part from `start` to `end` of media time was cut at `now`; parts come in order. It is as
  /// long as its media, to the millisecond, and begins when the one before ends, unless that would
  /// be too soon for listeners to have it.
  [[nodiscard]] AirTime next(Duration start, Duration end, WallTime now);
  /// When what has come so far has been heard; none as long as nothing has come.
  [[nodiscard]] std::optional<WallTime> end() const { return end_; }

 private:
  LiveLead lead_;
  WallTime run_air_{};    ///< When the run began,
  Duration run_media_{};  ///< and with which moment of the recording.
  std::optional<WallTime> end_;
  Duration media_end_{};  ///< Of the part before.
};

}  // namespace alluvium::broadcaster
