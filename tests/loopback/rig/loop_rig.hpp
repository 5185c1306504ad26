#pragma once

#include "core/uv/loop.hpp"

#include <functional>

#include <catch2/catch.hpp>

namespace alluvium::test {

/// A loop that runs until something has come true, and fails the test if that takes too long.
class LoopRig {
 public:
  LoopRig()
      : watchdog_(loop.make_timer([this] {
          late_ = true;
          loop.stop();
        })),
        step_(loop.make_timer([this] { loop.stop(); })) {}

  /// Events do not have to announce themselves: the loop is stopped every other millisecond to
  /// look.
  void run_until(const std::function<bool()>& is_true, Duration limit = std::chrono::seconds(10)) {
    late_ = false;
    watchdog_->arm(limit);
    while (!is_true()) {
      if (late_) FAIL("what was waited for did not happen");
      step_->arm(std::chrono::milliseconds(2));
      loop.run();
    }
    watchdog_->disarm();
    step_->disarm();
  }

  /// Lets everything that is ready happen, for tests that something does not.
  void turn(int times = 20) {
    for (int i = 0; i < times; ++i) {
      step_->arm(Duration::zero());
      loop.run();
    }
  }

  uv::Loop loop;

 private:
  bool late_ = false;
  std::unique_ptr<Timer> watchdog_;
  std::unique_ptr<Timer> step_;
};

}  // namespace alluvium::test
