#pragma once

#include <string_view>

namespace alluvium::bridge {

/// Whether an `Accept` field (RFC 9110, 12.5.1) names `type`, by itself or as `audio/*`. `*/*`
/// names nothing: many players add it to the few types that they can play.
[[nodiscard]] bool names_type(std::string_view accept, std::string_view type);

}  // namespace alluvium::bridge
