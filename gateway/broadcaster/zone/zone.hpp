#pragma once

#include "core/base/result.hpp"
#include "core/time/clock.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace date {
class time_zone;
}

namespace alluvium::broadcaster {

/// What a clock on the wall shows, to the millisecond; the same twice where clocks are set back.
using LocalTime = std::chrono::local_time<std::chrono::milliseconds>;

/// A time zone of the IANA database, as the system has it. Value type; all copies share the
/// library's one table.
class Zone {
 public:
  /// `Europe/Berlin`. The error says what is wrong with the name.
  [[nodiscard]] static Result<Zone> find(const std::string& name);
  /// That of the environment's TZ, else of this machine, else UTC.
  [[nodiscard]] static Zone of_this_machine();

  [[nodiscard]] const std::string& name() const;
  /// The instant at which clocks show `local`. Where they show it twice, the first time; where
  /// never, because they are set forward past it, the instant at which they are.
  [[nodiscard]] WallTime instant_of(LocalTime local) const;
  /// Whether clocks never show `local`.
  [[nodiscard]] bool is_missing(LocalTime local) const;
  [[nodiscard]] LocalTime local(WallTime time) const;
  /// The first instant of the local day that `time` is in.
  [[nodiscard]] WallTime day_start(WallTime time) const;
  /// The next instants after `time` at which clocks are set, `most` at most, none later than two
  /// years on.
  [[nodiscard]] std::vector<WallTime> changes_after(WallTime time, std::size_t most) const;
  /// `Sun 2026-10-25 02:30:00 CEST`, for people.
  [[nodiscard]] std::string text(WallTime time) const;

 private:
  explicit Zone(const date::time_zone& zone) : zone_(&zone) {}

  const date::time_zone* zone_;
};

}  // namespace alluvium::broadcaster
