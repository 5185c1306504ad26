#pragma once

#include "core/time/clock.hpp"

namespace alluvium {

/// Another clock whose civil time is moved by so much; its monotonic time is left alone. Whoever
/// corrects it does so from a callback of its own, since both answers of a clock are constant
/// within one callback. The other clock must outlive it.
class CorrectedClock final : public Clock {
 public:
  explicit CorrectedClock(const Clock& own) : own_(own) {}

  [[nodiscard]] Instant now() const override { return own_.now(); }
  [[nodiscard]] WallTime wall_now() const override { return own_.wall_now() + correction_; }

  void correct(std::chrono::milliseconds correction) { correction_ = correction; }
  [[nodiscard]] std::chrono::milliseconds correction() const { return correction_; }

 private:
  const Clock& own_;
  std::chrono::milliseconds correction_{};
};

}  // namespace alluvium
