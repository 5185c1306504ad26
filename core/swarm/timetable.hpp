#pragma once

#include "core/hash/chunks.hpp"
#include "core/media/file_facts.hpp"
#include "core/time/clock.hpp"

#include <cstdint>

namespace alluvium::swarm {

/// Which byte of a file is due at which media time, by the seconds index where there is one, else
/// in proportion to the duration. Value type; good enough to order requests by, not to cut frames.
class Timetable {
 public:
  Timetable() = default;
  /// `fallback` is the duration the playlist gives, for files whose facts have none.
  Timetable(const media::FileFacts& facts, std::uint64_t length, Duration fallback);

  [[nodiscard]] std::uint64_t offset_at(Duration media_time) const;
  [[nodiscard]] Duration time_at(std::uint64_t offset) const;
  /// The chunks that are due in [from, to). At least the one due at `from`.
  [[nodiscard]] hash::ChunkRun due_between(Duration from, Duration to) const;
  /// What a chunk plays for, on an average; zero if the length is not known.
  [[nodiscard]] Duration per_chunk() const;
  [[nodiscard]] Duration duration() const { return duration_; }

 private:
  media::SecondsIndex seconds_;
  std::uint64_t length_ = 0;
  Duration duration_{};
};

}  // namespace alluvium::swarm
