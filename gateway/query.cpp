#include "gateway/query.hpp"

#include "core/base/text.hpp"

namespace alluvium::gateway {

namespace {

bool begins_with_scheme(std::string_view value) {
  return equal_ignoring_case(value.substr(0, 5), "http:") ||
         equal_ignoring_case(value.substr(0, 6), "https:");
}

/// Everything after `name=`, to the end of the query.
std::optional<std::string_view> rest_after(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    if (query.starts_with(name) && query.substr(name.size()).starts_with('=')) {
      return query.substr(name.size() + 1);
    }
    const auto next = query.find('&');
    if (next == std::string_view::npos) break;
    query.remove_prefix(next + 1);
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string_view> query_parameter(std::string_view query, std::string_view name) {
  const auto rest = rest_after(query, name);
  if (!rest) return std::nullopt;
  return rest->substr(0, rest->find('&'));
}

Result<http::Url> parse_uri_parameter(std::string_view query) {
  const auto rest = rest_after(query, "uri");
  if (!rest || rest->empty()) return Error{"the request names no file: ?uri=URL is missing"};
  if (begins_with_scheme(*rest)) return http::Url::parse(*rest);
  const auto decoded = percent_decoded(rest->substr(0, rest->find('&')));
  if (!decoded) return Error{"the value of uri has a % without two hexadecimal digits"};
  return http::Url::parse(*decoded);
}

}  // namespace alluvium::gateway
