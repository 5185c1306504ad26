#pragma once

#include "core/time/clock.hpp"

#include <cstdint>

namespace alluvium::gateway {

/// So much in a period, which begins with the first that is taken. Value type; limit and period are
/// passed in, as all of a kind have the same.
class Allowance {
 public:
  /// Takes `amount`, or nothing and says false if less than that is left.
  [[nodiscard]] bool take(std::uint64_t amount, std::uint64_t limit, Duration period, Instant now) {
    if (is_unused(period, now)) {
      since_ = now;
      used_ = 0;
    }
    if (used_ > limit || amount > limit - used_) return false;
    used_ += amount;
    return true;
  }
  /// Nothing of it is missing, so it need not be remembered.
  [[nodiscard]] bool is_unused(Duration period, Instant now) const {
    return used_ == 0 || now - since_ >= period;
  }

 private:
  Instant since_;
  std::uint64_t used_ = 0;
};

}  // namespace alluvium::gateway
