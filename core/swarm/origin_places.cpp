#include "core/swarm/origin_places.hpp"

#include <algorithm>

namespace alluvium::swarm {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration longest_rest = seconds(60);
/// What a player waits for is asked for so soon after a place could not be reached.
constexpr Duration player_rest = seconds(1);
constexpr Duration silence = milliseconds(2'500);

Duration with_jitter(Duration rest, Random& random) {
  const double jitter = static_cast<double>(rest.count()) * 0.25 * random.unit();
  return rest + Duration(static_cast<Duration::rep>(jitter));
}

}  // namespace

bool OriginPlaces::is_silent_since(Instant asked_at, Instant now) const {
  return now - std::max(asked_at, heard_at_) >= silence;
}

void OriginPlaces::on_failure(const http::Url& place, Duration at_least, bool is_unreachable,
                              Instant now, Random& random) {
  if (place != present() || !can_be_asked(now)) return;
  present_ = (present_ + 1) % places_.size();
  const bool has_mirror = places_.size() > 1;
  if (can_be_asked_in_bulk(now)) {
    const Duration rest = std::min(at_least * (1 << std::min(failures_++, 5u)), longest_rest);
    if (has_mirror && present_ != 0) return;
    bulk_not_before_ = now + with_jitter(rest, random);
  } else if (has_mirror && present_ != 0) {
    return;
  }
  not_before_ = bulk_not_before_;
  if (is_unreachable) not_before_ = std::min(not_before_, now + with_jitter(player_rest, random));
}

}  // namespace alluvium::swarm
