#include "gateway/broadcaster/live/live_clock.hpp"

namespace alluvium::broadcaster {

AirTime LiveClock::next(Duration start, Duration end, WallTime now) {
  const bool is_late = end_ && *end_ < now + lead_.least;
  // Of a damaged recording some time may be missing; the run would have a hole there.
  const bool goes_on = end_ && !is_late && start == media_end_;
  if (!goes_on) {
    run_air_ = !end_ || is_late ? now + lead_.first : *end_;
    run_media_ = start;
  }
  const auto air_time_at = [&](Duration media) {
    return run_air_ + std::chrono::round<std::chrono::milliseconds>(media - run_media_);
  };
  AirTime air{air_time_at(start), air_time_at(end), !goes_on};
  end_ = air.end;
  media_end_ = end;
  return air;
}

}  // namespace alluvium::broadcaster
