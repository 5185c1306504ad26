#pragma once

#include "core/swarm/byte_source.hpp"
#include "core/swarm/on_air.hpp"
#include "core/swarm/timetable.hpp"

namespace alluvium::swarm {

/// What a reader with this need must get soon: the chunks due within 3 s and within 1 s of
/// `programme_now`, at least the very next one.
[[nodiscard]] Window window_of(const Need& need, const Timetable& timetable,
                               WallTime programme_now);

/// When chunk `index` is due for a reader with this need; not before `need.due`.
[[nodiscard]] WallTime due_of(const Need& need, const Timetable& timetable, hash::ChunkIndex index);

}  // namespace alluvium::swarm
