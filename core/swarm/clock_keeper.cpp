#include "core/swarm/clock_keeper.hpp"

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

constexpr Duration look_time = std::chrono::seconds(1);

}  // namespace

ClockKeeper::ClockKeeper(const Clock& own, CorrectedClock& corrected, Timers& timers,
                         Problems& problems)
    : own_(own),
      corrected_(corrected),
      problems_(problems),
      timer_(timers.make_timer([this] { look(); })) {}

void ClockKeeper::on_date(const std::string& source, WallTime date, Instant asked_at) {
  const Instant now = own_.now();
  const Duration round_trip = now - asked_at;
  check_.on_time(now, own_.wall_now());
  check_.on_sample(
      source, {date, own_.wall_now() - duration_cast<milliseconds>(round_trip / 2), round_trip},
      now);
  // Not here: within a callback the time is constant.
  timer_->arm(Duration::zero());
}

void ClockKeeper::look() {
  check_.on_time(own_.now(), own_.wall_now());
  const ClockVerdict verdict = check_.verdict(own_.now());
  corrected_.correct(verdict.correction);
  if (verdict.problem.empty()) {
    problems_.clear("clock");
  } else {
    problems_.report("clock", verdict.problem);
  }
  timer_->arm(look_time);
}

}  // namespace alluvium::swarm
