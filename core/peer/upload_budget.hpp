#pragma once

#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>

namespace alluvium::peer {

/// A cap on what is sent to others, by generic cell rate: bytes are granted a time at which they
/// may leave, a quarter of a second's worth at once at most. Pure; value type.
class UploadBudget {
 public:
  /// Unlimited.
  UploadBudget() = default;
  /// At least 1.
  explicit UploadBudget(std::uint64_t bits_per_second) : bits_per_second_(bits_per_second) {}

  [[nodiscard]] std::optional<std::uint64_t> bits_per_second() const { return bits_per_second_; }
  /// How long bytes asked for now would have to wait.
  [[nodiscard]] Duration backlog(Instant now) const;
  /// Books `bytes`: they may leave after the returned time.
  Duration reserve(std::uint64_t bytes, Instant now);

 private:
  std::optional<std::uint64_t> bits_per_second_;
  Instant booked_until_{};
};

}  // namespace alluvium::peer
