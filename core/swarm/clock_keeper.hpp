#pragma once

#include "core/swarm/clock_check.hpp"
#include "core/swarm/problems.hpp"
#include "core/time/corrected_clock.hpp"

#include <memory>
#include <string>

namespace alluvium::swarm {

/// Applies what ClockCheck thinks of this computer's clock: corrects the clock that everything else
/// goes by, and shows the problem. Owned by the composition root.
class ClockKeeper {
 public:
  /// `own` is the computer's clock, uncorrected.
  ClockKeeper(const Clock& own, CorrectedClock& corrected, Timers& timers, Problems& problems);

  /// A server has answered, and said what time it is there; it was asked at `asked_at`.
  void on_date(const std::string& source, WallTime date, Instant asked_at);

 private:
  void look();

  const Clock& own_;
  CorrectedClock& corrected_;
  Problems& problems_;
  ClockCheck check_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace alluvium::swarm
