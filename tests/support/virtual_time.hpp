#pragma once

#include "core/base/workers.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <utility>

namespace alluvium::test {

/// Clock and timers of a test: time passes only when it is told to. What is due at the same instant
/// happens in the order in which it was armed, so that every run is the same. Must outlive its
/// timers.
class VirtualTime final : public Clock, public Timers {
 public:
  VirtualTime() = default;
  VirtualTime(const VirtualTime&) = delete;
  VirtualTime& operator=(const VirtualTime&) = delete;

  [[nodiscard]] Instant now() const override { return now_; }
  [[nodiscard]] WallTime wall_now() const override;
  [[nodiscard]] std::unique_ptr<Timer> make_timer(std::function<void()> on_fire) override;

  /// Calls everything that falls due within `span`, then stands at its end. Throws if something
  /// calls itself again and again without any time passing.
  void run_for(Duration span);
  /// As `run_for`, but stops as soon as `is_done`. False if that did not come within `limit`.
  bool run_until(const std::function<bool()>& is_done, Duration limit);
  /// Everything that is due now.
  void turn() { run_for(Duration::zero()); }
  /// The process stands still: time passes, and what fell due meanwhile happens late, at its end.
  void suspend(Duration span) { now_ += span; }
  /// The civil clock is set; the monotonic one does not notice.
  void step_wall(std::chrono::milliseconds by) { wall_step_ += by; }

 private:
  class OneTimer;
  using Key = std::pair<Instant, std::uint64_t>;

  void fire_next();

  Instant now_{std::chrono::hours(1)};
  std::chrono::milliseconds wall_step_{};
  std::map<Key, OneTimer*> pending_;
  std::uint64_t armed_ = 0;
  unsigned calls_at_this_instant_ = 0;
};

/// Workers without threads: the work is done, and its end told, `duration` after it was given.
class VirtualWorkers final : public Workers {
 public:
  explicit VirtualWorkers(Timers& timers, Duration duration = {})
      : timers_(timers), duration_(duration) {}
  void set_duration(Duration duration) { duration_ = duration; }
  [[nodiscard]] std::unique_ptr<Job> run(std::function<void()> work,
                                         std::function<void()> on_done) override;

 private:
  Timers& timers_;
  Duration duration_;
};

}  // namespace alluvium::test
