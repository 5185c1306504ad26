#pragma once

#include "core/time/clock.hpp"
#include "gateway/leases/limits.hpp"

#include <algorithm>
#include <cstdint>

namespace alluvium::leases {

/// When a peer's uplink would be through with those who were sent to it: virtual clocks that run
/// ahead by what each of them takes. As uploads go by their deadlines, what is urgent only waits
/// for what is urgent, one after the other; the rest waits for all the work there is, but not for
/// what has yet to arrive. An idle uplink's clocks are in the past. Value type.
class Uplink {
 public:
  /// Bits a second, as the peer says; 0: not known.
  void set_rate(std::uint64_t bits_per_second) {
    const auto rate = std::clamp(bits_per_second, least_up_bps, most_up_bps);
    rate_ = bits_per_second == 0 ? 0 : static_cast<std::uint32_t>(rate);
  }
  [[nodiscard]] bool is_measured() const { return rate_ != 0; }
  [[nodiscard]] std::uint64_t bits_per_second() const {
    return rate_ == 0 ? assumed_up_bps : rate_;
  }
  [[nodiscard]] Duration time_for(std::uint64_t bytes) const {
    return Duration(static_cast<Duration::rep>(bytes * 8 * 1'000'000 / bits_per_second()));
  }
  /// When it would have sent `bytes` that it has from `available` on, not before now.
  [[nodiscard]] Instant finish(Instant now, Instant available, std::uint64_t bytes,
                               bool is_urgent) const {
    return std::max({now, available, through(is_urgent)}) + time_for(bytes);
  }
  [[nodiscard]] bool is_free_before(Instant time, bool is_urgent) const {
    return through(is_urgent) < time;
  }
  /// Somebody was sent here who is served by then.
  void occupy(Instant now, Instant finish, std::uint64_t bytes, bool is_urgent) {
    if (is_urgent) urgent_through_ = std::max(urgent_through_, finish);
    all_through_ = std::max(all_through_, now) + time_for(bytes);
  }
  /// It said itself that it has no time before.
  void rest_until(Instant time) {
    urgent_through_ = std::max(urgent_through_, time);
    all_through_ = std::max(all_through_, time);
  }

 private:
  [[nodiscard]] Instant through(bool is_urgent) const {
    return is_urgent ? urgent_through_ : all_through_;
  }

  Instant urgent_through_{};
  Instant all_through_{};
  std::uint32_t rate_ = 0;
};

}  // namespace alluvium::leases
