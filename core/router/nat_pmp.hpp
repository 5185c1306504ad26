#pragma once

#include "core/router/default_route.hpp"
#include "core/router/router.hpp"

#include <variant>

namespace alluvium::router {

/// Asks by NAT-PMP (RFC 6886) and waits for the answer, two seconds at most. A lifetime of 0 takes
/// back; nobody waits long for that. For the helper process only.
[[nodiscard]] std::variant<Mapping, FailedAttempt> ask_nat_pmp(const PortRequest& request);

}  // namespace alluvium::router
