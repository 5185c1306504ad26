#include "core/http/prefer.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <string_view>

namespace alluvium::http {

namespace {

/// The value of a setting `name=value`; nothing if this is another one.
std::optional<std::string_view> value_of(std::string_view setting, std::string_view name) {
  const auto equals = setting.find('=');
  if (equals == std::string_view::npos ||
      !equal_ignoring_case(trimmed(setting.substr(0, equals)), name)) {
    return std::nullopt;
  }
  return trimmed(setting.substr(equals + 1));
}

}  // namespace

std::optional<WaitPreference> preferred_wait(const Headers& headers) {
  for (const auto field : headers.find_all("Prefer")) {
    for (const auto preference : split(field, ',')) {
      const auto settings = split(preference, ';');
      const auto wait = value_of(settings.front(), "wait");
      if (!wait) continue;
      const auto seconds = parse_uint(*wait);
      if (!seconds) return std::nullopt;
      const auto most = static_cast<std::uint64_t>(longest_wait.count());
      WaitPreference said{std::chrono::seconds(std::min(*seconds, most)), {}};
      for (const auto setting : settings) {
        if (const auto ticket = value_of(setting, "ticket")) said.ticket = parse_uint(*ticket);
      }
      return said;
    }
  }
  return std::nullopt;
}

bool prefers_minimal(const Headers& headers) {
  for (const auto field : headers.find_all("Prefer")) {
    for (const auto preference : split(field, ',')) {
      const auto wanted = value_of(split(preference, ';').front(), "return");
      if (wanted) return equal_ignoring_case(*wanted, "minimal");
    }
  }
  return false;
}

}  // namespace alluvium::http
