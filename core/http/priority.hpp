#pragma once

#include "core/http/headers.hpp"

#include <string>

namespace alluvium::http {

/// How soon an answer is needed: from 0, at once, to 7, in the background (RFC 9218 §4.1).
using Urgency = unsigned;
inline constexpr Urgency usual_urgency = 3;
inline constexpr Urgency least_urgency = 7;

/// What a request's `Priority` fields say; the usual one if they do not say it, or not well. Of
/// several the last counts.
[[nodiscard]] Urgency urgency_of(const Headers& headers);
/// The value of a `Priority` field.
[[nodiscard]] std::string format_priority(Urgency urgency);

}  // namespace alluvium::http
