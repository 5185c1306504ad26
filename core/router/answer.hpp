#pragma once

#include "core/router/router.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::router {

/// What the helper is told to do, as the arguments behind its name; `close` of a mapping is a
/// request with a lifetime of 0.
struct Errand {
  PortRequest request;
  std::string control_url;  ///< Of what is to be closed by UPnP.
  std::string service;
};

[[nodiscard]] std::vector<std::string> to_arguments(const Errand& errand);
[[nodiscard]] std::optional<Errand> parse_errand(std::span<const std::string_view> arguments);

/// A line for each thing that was tried, as the helper writes it.
[[nodiscard]] std::string to_line(const FailedAttempt& attempt);
[[nodiscard]] std::string to_line(const Mapping& mapping);

/// The helper's lines. It has talked to who knows whom, so nothing of what it says is taken for
/// granted: lines that are not as written above are left out. Those protocols of `how` of which it
/// says nothing had not come to an end.
[[nodiscard]] Outcome parse_outcome(std::string_view lines, MapPort how);

/// As a URL in a line: printable ASCII without blanks, not longer than any router's.
[[nodiscard]] bool is_plain_word(std::string_view text);

}  // namespace alluvium::router
