#pragma once

#include "core/time/clock.hpp"

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::swarm {

/// One look at another computer's clock: the `Date` of an answer, which is cut to whole seconds.
struct DateSample {
  WallTime date;
  WallTime ours;        ///< Our own clock in the middle of the exchange.
  Duration round_trip;  ///< Between asking and the head of the answer.
};

/// What is to be thought of our clock. Value type.
struct ClockVerdict {
  std::chrono::milliseconds correction{};  ///< To be added to our clock.
  std::string problem;                     ///< One sentence; empty if there is none.
};

/// Whether this computer's clock is right, judged by the clocks of gateway and origins. A sample
/// says between which two offsets a server's clock lies; those of one source of the last quarter of
/// an hour together say it more narrowly. An offset of more than 2 s is a problem; it is made good
/// when two sources say the same (within 2 s of each other) and none says anything else. A
/// correction stays while nobody contradicts it, and is touched as little as it can be: whoever
/// plays by it should not notice. When our own clock is set all that was known is void. Pure.
class ClockCheck {
 public:
  /// To be called before anything else whenever time has passed.
  void on_time(Instant now, WallTime ours);
  /// `source` is host and port, as people are told of it.
  void on_sample(const std::string& source, const DateSample& sample, Instant now);
  [[nodiscard]] ClockVerdict verdict(Instant now);

 private:
  using Offset = std::chrono::milliseconds;
  /// Server's clock minus ours, somewhere from `least` to `most`.
  struct Range {
    Offset least;
    Offset most;
    [[nodiscard]] Offset middle() const { return least + (most - least) / 2; }
  };
  struct Seen {
    Range range;
    Instant at;
  };
  struct Source {
    std::deque<Seen> samples;  ///< The oldest first.
    std::optional<Offset> said;
  };
  struct Opinion {
    std::string source;
    Range range;
    Offset said;  ///< As people are told: does not flicker.
  };

  [[nodiscard]] std::vector<Opinion> opinions(Instant now);
  void correct_by(const std::vector<Opinion>& opinions);
  [[nodiscard]] std::string sentence(const std::vector<Opinion>& opinions, bool agree) const;

  std::map<std::string, Source> sources_;
  std::optional<Duration> wall_minus_monotonic_;
  ClockVerdict verdict_;
};

}  // namespace alluvium::swarm
