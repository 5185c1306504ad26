#include "gateway/origin_policy.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// Servers decode before they resolve dot segments, so `/music/%2e%2e/secret` or
/// `/music/..%2fsecret` would step out of the permitted folder.
bool has_hidden_dot_segment(std::string_view path) {
  std::string decoded = percent_decoded(path).value_or("..");
  std::replace(decoded.begin(), decoded.end(), '\\', '/');
  const auto segments = split(decoded, '/');
  return std::any_of(segments.begin(), segments.end(), [](std::string_view segment) {
    // What follows a semicolon is a path parameter, which some servers take off first.
    const auto name = segment.substr(0, segment.find(';'));
    return name == "." || name == "..";
  });
}

bool lies_under(const http::Url& url, const http::Url& prefix) {
  const std::string& text = url.text();
  const std::string& start = prefix.text();
  if (!text.starts_with(start)) return false;
  if (start.ends_with('/') || text.size() == start.size()) return true;
  return text[start.size()] == '/' || text[start.size()] == '?';
}

}  // namespace

bool OriginPolicy::permits(const http::Url& url) const {
  if (has_hidden_dot_segment(url.path())) return false;
  return std::any_of(prefixes_.begin(), prefixes_.end(),
                     [&](const http::Url& prefix) { return lies_under(url, prefix); });
}

}  // namespace alluvium::gateway
