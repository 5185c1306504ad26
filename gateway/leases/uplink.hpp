#pragma once

#include "core/time/clock.hpp"
#include "gateway/leases/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::leases {

/// When a peer's uplink would be through with everybody who was sent to it: a virtual clock that
/// runs ahead by what each of them takes, one after the other. An idle uplink's is in the past.
/// Value type.
class Uplink {
 public:
  /// Bits a second, as the peer says; 0: not known.
  void set_rate(std::uint64_t bits_per_second) {
    rate_ = bits_per_second == 0 ? 0 : std::clamp(bits_per_second, least_up_bps, most_up_bps);
  }
  [[nodiscard]] bool is_measured() const { return rate_ != 0; }
  [[nodiscard]] std::uint64_t bits_per_second() const {
    return rate_ == 0 ? assumed_up_bps : rate_;
  }
  [[nodiscard]] Duration time_for(std::uint64_t bytes) const {
    return Duration(static_cast<Duration::rep>(bytes * 8 * 1'000'000 / bits_per_second()));
  }
  /// When it would have sent `bytes` that it has from `available` on, not before now.
  [[nodiscard]] Instant finish(Instant now, Instant available, std::uint64_t bytes) const {
    return std::max({now, available, through_}) + time_for(bytes);
  }
  /// Somebody was sent here who is served by then.
  void occupy_until(Instant finish) { through_ = std::max(through_, finish); }

 private:
  std::uint64_t rate_ = 0;
  Instant through_{};
};

}  // namespace alluvium::leases
