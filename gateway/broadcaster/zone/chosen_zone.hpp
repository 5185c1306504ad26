#pragma once

#include "gateway/broadcaster/zone/zone.hpp"

#include <string>

namespace alluvium::broadcaster {

/// The zone of that name, or this machine's for an empty one. Throws std::runtime_error with one
/// sentence.
[[nodiscard]] Zone chosen_zone(const std::string& name);

}  // namespace alluvium::broadcaster
