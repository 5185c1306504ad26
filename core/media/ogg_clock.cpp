#include "core/media/ogg_clock.hpp"

#include "core/media/ogg_page.hpp"
#include "core/media/scale.hpp"

#include <algorithm>

namespace alluvium::media {

namespace {

std::uint64_t minus(std::uint64_t a, std::uint64_t b) {
  return a > b ? a - b : 0;
}

}  // namespace

OggClock::Span OggClock::page(std::uint64_t granule, std::uint64_t units) {
  if (granule == no_granule || units == 0) return {now_, {}};
  // Positions are signed in libogg's reading; the other half would only be nonsense.
  const std::uint64_t end = codec_.units_of_granule(granule & ~(std::uint64_t{1} << 63));
  if (!previous_) {
    if (is_resuming_) {
      place_after_gap(minus(end, units));
    } else {
      place_first_page(end, units);
    }
  }
  // More than the packets hold: pages are missing, and the time they had passes.
  if (minus(end, *previous_) > units + codec_.largest_packet) previous_ = end - units;

  const Duration start = std::max(now_, time_at(*previous_));
  now_ = std::max(start, time_at(end));
  previous_ = end;
  return {start, now_ - start};
}

void OggClock::resume(Duration time) {
  now_ = time;
  previous_.reset();
  is_resuming_ = true;
}

/// A stream cut out of a longer one keeps that one's positions: they do not begin near zero.
void OggClock::place_first_page(std::uint64_t end, std::uint64_t units) {
  const bool from_zero = end <= codec_.pre_skip + units + codec_.largest_packet;
  origin_ = from_zero ? codec_.pre_skip : end - units;
  previous_ = from_zero ? std::min(codec_.pre_skip, end) : end - units;
}

/// The page knows its time better than whoever jumped, unless the two are so far apart that its
/// positions must be counted from elsewhere.
void OggClock::place_after_gap(std::uint64_t start) {
  constexpr Duration far = std::chrono::minutes(10);
  if (!origin_) origin_ = codec_.pre_skip;
  const Duration own = time_at(start);
  if (own > now_ + far || own + far < now_) {
    begin_ = now_;
    origin_ = start;
  }
  now_ = time_at(start);
  previous_ = start;
  is_resuming_ = false;
}

Duration OggClock::time_at(std::uint64_t units) const {
  return begin_ + time_of(minus(units, origin_.value_or(0)), codec_.units, codec_.over);
}

}  // namespace alluvium::media
