#include "core/swarm/timetable.hpp"

#include <algorithm>

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::seconds;

namespace {

/// a * b / c without overflow; c > 0.
std::uint64_t scaled(std::uint64_t a, std::uint64_t b, std::uint64_t c) {
  return static_cast<std::uint64_t>(static_cast<long double>(a) * static_cast<long double>(b) /
                                    static_cast<long double>(c));
}

}  // namespace

Timetable::Timetable(const media::FileFacts& facts, std::uint64_t length, Duration fallback)
    : seconds_(facts.seconds),
      length_(length),
      duration_(facts.duration.value_or(duration_cast<std::chrono::milliseconds>(fallback))) {}

std::uint64_t Timetable::offset_at(Duration media_time) const {
  if (media_time <= Duration::zero() || length_ == 0) return 0;
  if (media_time >= duration_) return duration_ > Duration::zero() ? length_ : 0;
  if (!seconds_.empty()) {
    const auto second = static_cast<std::size_t>(duration_cast<seconds>(media_time).count());
    return seconds_[std::min(second, seconds_.size() - 1)];
  }
  return scaled(length_, static_cast<std::uint64_t>(media_time.count()),
                static_cast<std::uint64_t>(duration_.count()));
}

Duration Timetable::time_at(std::uint64_t offset) const {
  if (length_ == 0 || duration_ <= Duration::zero()) return {};
  if (offset >= length_) return duration_;
  if (!seconds_.empty()) {
    const auto after = std::upper_bound(seconds_.begin(), seconds_.end(), offset);
    return seconds(std::max<std::ptrdiff_t>(0, after - seconds_.begin() - 1));
  }
  return Duration(static_cast<Duration::rep>(
      scaled(static_cast<std::uint64_t>(duration_.count()), offset, length_)));
}

hash::ChunkRun Timetable::due_between(Duration from, Duration to) const {
  const hash::ChunkLayout layout(length_);
  const hash::ChunkIndex first = layout.chunk_at(offset_at(from));
  const std::uint64_t end = std::max<std::uint64_t>(offset_at(to), 1);
  return {first, std::max(first.plus(1), layout.chunk_at(end - 1).plus(1))};
}

Duration Timetable::per_chunk() const {
  if (length_ == 0) return Duration::zero();
  const std::uint32_t chunks = hash::ChunkLayout(length_).count();
  return duration_ / chunks;
}

}  // namespace alluvium::swarm
