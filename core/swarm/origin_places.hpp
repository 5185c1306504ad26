#pragma once

#include "core/base/random.hpp"
#include "core/http/url.hpp"
#include "core/time/clock.hpp"

#include <vector>

namespace alluvium::swarm {

/// Where a file lies, its own place first and then its mirrors, which of them is asked at present,
/// and when. After a failure the next place is tried at once; after a round of them all rest,
/// longer each time. For what a player waits for they are tried again every second or so if they
/// could not be reached, so that a network that comes back is noticed at once. Pure; a Download's.
class OriginPlaces {
 public:
  explicit OriginPlaces(std::vector<http::Url> places) : places_(std::move(places)) {}

  [[nodiscard]] const http::Url& present() const { return places_[present_]; }
  [[nodiscard]] const std::vector<http::Url>& all() const { return places_; }
  /// For what a player waits for, and for all else.
  [[nodiscard]] bool can_be_asked(Instant now) const { return now >= not_before_; }
  [[nodiscard]] bool can_be_asked_in_bulk(Instant now) const { return now >= bulk_not_before_; }
  /// Asked at `asked_at`, and nothing at all has come from the origin for so long that the request
  /// may be lost: as good as not asked.
  [[nodiscard]] bool is_silent_since(Instant asked_at, Instant now) const;

  void on_heard(Instant now) { heard_at_ = now; }
  void on_chunk() { failures_ = 0; }
  /// `at_least`: of the rest after the first round. Failures of a place that has been left already
  /// say nothing new.
  void on_failure(const http::Url& place, Duration at_least, bool is_unreachable, Instant now,
                  Random& random);

 private:
  std::vector<http::Url> places_;
  std::size_t present_ = 0;
  unsigned failures_ = 0;
  Instant not_before_{};
  Instant bulk_not_before_{};
  Instant heard_at_{};
};

}  // namespace alluvium::swarm
