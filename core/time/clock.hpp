#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace alluvium {

using Duration = std::chrono::microseconds;

/// The monotonic time line: never steps, says nothing about the date. All timeouts use it.
struct MonotonicClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using Instant = MonotonicClock::time_point;

/// Civil time (UTC, as POSIX counts it), to the millisecond. The schedule uses it, and nothing
/// else.
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

/// What time it is. Both answers are constant within one callback of the loop. The program's clock
/// is uv::Loop, the simulator's is virtual.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant now() const = 0;
  [[nodiscard]] virtual WallTime wall_now() const = 0;
};

/// One pending call. Owned by whoever wants the call; destroying it cancels, also inside the call.
class Timer {
 public:
  virtual ~Timer() = default;
  /// Calls once, `delay` from now (0 or less: as soon as the loop turns, never before `arm`
  /// returns). Arming again replaces what was pending.
  virtual void arm(Duration delay) = 0;
  virtual void disarm() = 0;
};

/// Makes timers; must outlive them.
class Timers {
 public:
  virtual ~Timers() = default;
  [[nodiscard]] virtual std::unique_ptr<Timer> make_timer(std::function<void()> on_fire) = 0;
};

}  // namespace alluvium
