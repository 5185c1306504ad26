#pragma once

#include "core/router/answer.hpp"
#include "core/router/default_route.hpp"

#include <variant>

namespace alluvium::router {

/// Looks for the router by SSDP, reads its description and asks it for the port. Whatever answers
/// the search: only this machine's own router is asked for anything, at URLs that lead to its
/// private address, and no redirect is followed. An errand with a control URL takes back what was
/// opened there, without searching. Blocks, and what the other side sends is bounded by nothing
/// here: for the helper process only.
[[nodiscard]] std::variant<Mapping, FailedAttempt> ask_upnp(const Errand& errand,
                                                            const DefaultRoute& route);

}  // namespace alluvium::router
