#include "core/swarm/need_window.hpp"

#include <algorithm>

namespace alluvium::swarm {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration urgent_time = seconds(3);
constexpr Duration critical_time = seconds(1);

}  // namespace

Window window_of(const Need& need, const Timetable& timetable, WallTime programme_now) {
  const auto due_in = duration_cast<Duration>(need.due - programme_now);
  const auto due_within = [&](Duration reach) {
    hash::ChunkRun run{need.next, need.next};
    if (due_in >= reach) return run;
    if (need.only_this) return hash::ChunkRun{need.next, need.next.plus(1)};
    const Duration from = timetable.time_at(need.next.value * hash::chunk_bytes);
    run.end =
        std::max(timetable.due_between(from, from + reach - std::max(due_in, Duration::zero())).end,
                 need.next.plus(1));
    return run;
  };
  const Pace pace{need.next, std::max(due_in, Duration::zero()), timetable.per_chunk()};
  return {due_within(urgent_time), due_within(critical_time), {}, pace};
}

WallTime due_of(const Need& need, const Timetable& timetable, hash::ChunkIndex index) {
  const Duration later = timetable.time_at(index.value * hash::chunk_bytes) -
                         timetable.time_at(need.next.value * hash::chunk_bytes);
  return need.due + duration_cast<milliseconds>(std::max(later, Duration::zero()));
}

}  // namespace alluvium::swarm
