#include "tests/support/virtual_time.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace alluvium::test {

namespace {

constexpr unsigned most_calls_at_one_instant = 20'000;
/// 2024-01-01T00:00:00Z, at the instant at which virtual time begins.
constexpr WallTime wall_begin{std::chrono::seconds(1'704'067'200)};
constexpr Instant begin{std::chrono::hours(1)};

class VirtualJob final : public Job {
 public:
  explicit VirtualJob(std::unique_ptr<Timer> timer) : timer_(std::move(timer)) {}

 private:
  std::unique_ptr<Timer> timer_;
};

}  // namespace

class VirtualTime::OneTimer final : public Timer {
 public:
  OneTimer(VirtualTime& time, std::function<void()> on_fire)
      : time_(time), on_fire_(std::move(on_fire)) {}
  ~OneTimer() override { disarm(); }

  void arm(Duration delay) override {
    disarm();
    key_ = Key{time_.now_ + std::max(delay, Duration::zero()), ++time_.armed_};
    time_.pending_.emplace(*key_, this);
  }
  void disarm() override {
    if (key_) time_.pending_.erase(*key_);
    key_.reset();
  }
  void fire() {
    disarm();
    // The call may destroy this timer, and with it the function.
    const auto on_fire = on_fire_;
    on_fire();
  }

 private:
  VirtualTime& time_;
  std::function<void()> on_fire_;
  std::optional<Key> key_;
};

WallTime VirtualTime::wall_now() const {
  return wall_begin + wall_step_ +
         std::chrono::duration_cast<std::chrono::milliseconds>(now_ - begin);
}

std::unique_ptr<Timer> VirtualTime::make_timer(std::function<void()> on_fire) {
  return std::make_unique<OneTimer>(*this, std::move(on_fire));
}

void VirtualTime::fire_next() {
  const auto [key, timer] = *pending_.begin();
  calls_at_this_instant_ = key.first <= now_ ? calls_at_this_instant_ + 1 : 0;
  if (calls_at_this_instant_ > most_calls_at_one_instant) {
    throw std::runtime_error("something calls itself without any time passing");
  }
  now_ = std::max(now_, key.first);
  timer->fire();
}

void VirtualTime::run_for(Duration span) {
  const Instant end = now_ + span;
  calls_at_this_instant_ = 0;
  while (!pending_.empty() && pending_.begin()->first.first <= end) fire_next();
  now_ = end;
}

bool VirtualTime::run_until(const std::function<bool()>& is_done, Duration limit) {
  const Instant end = now_ + limit;
  calls_at_this_instant_ = 0;
  while (!is_done()) {
    if (pending_.empty() || pending_.begin()->first.first > end) {
      now_ = end;
      return is_done();
    }
    fire_next();
  }
  return true;
}

std::unique_ptr<Job> VirtualWorkers::run(std::function<void()> work,
                                         std::function<void()> on_done) {
  auto timer = timers_.make_timer([work = std::move(work), on_done = std::move(on_done)] {
    work();
    on_done();
  });
  timer->arm(duration_);
  return std::make_unique<VirtualJob>(std::move(timer));
}

}  // namespace alluvium::test
