#pragma once

#include "gateway/page/listener_history.hpp"

#include <deque>
#include <functional>
#include <string>

namespace alluvium::gateway {

/// A picture of the samples as an SVG element for a page of HTML, with a line and an entry in the
/// legend for each of the eight files that had most listeners at any time. It needs neither styles
/// nor scripts. `name` says what a person calls a file; it is escaped here. Fewer than two samples
/// are no picture: the empty string.
[[nodiscard]] std::string listener_chart(
    const std::deque<ListenerHistory::Sample>& samples,
    const std::function<std::string(const hash::TreeRoot&)>& name);

}  // namespace alluvium::gateway
