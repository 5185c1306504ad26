#pragma once

#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::peer {

/// A cap on what is sent to others, by generic cell rate: bytes may leave while there is no backlog
/// of what was sent before, a quarter of a second's worth at once at most. Pure; value type.
class UploadBudget {
 public:
  /// Unlimited.
  UploadBudget() = default;
  /// At least 1.
  explicit UploadBudget(std::uint64_t bits_per_second) : bits_per_second_(bits_per_second) {}

  [[nodiscard]] std::optional<std::uint64_t> bits_per_second() const { return bits_per_second_; }
  /// How long until more may leave.
  [[nodiscard]] Duration backlog(Instant now) const;
  /// `bytes` leave now.
  void book(std::uint64_t bytes, Instant now);
  /// What they cost.
  [[nodiscard]] Duration time_for(std::uint64_t bytes) const;

 private:
  std::optional<std::uint64_t> bits_per_second_;
  Instant booked_until_{};
};

}  // namespace alluvium::peer
