#pragma once

#include "core/time/clock.hpp"

#include <string>

namespace alluvium::gateway {

/// `2026-01-31 20:15:00 CET`, by the clock on this machine's wall; for people.
[[nodiscard]] std::string local_time(WallTime time);

}  // namespace alluvium::gateway
