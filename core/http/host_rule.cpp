#include "core/http/host_rule.hpp"

#include "core/base/text.hpp"

#include <optional>

namespace alluvium::http {

namespace {

/// The host part of `host [":" port]` (RFC 9110 §7.2), with the brackets of an IPv6 literal.
std::optional<std::string_view> without_port(std::string_view value) {
  const bool bracketed = !value.empty() && value.front() == '[';
  const auto host_end = bracketed ? value.find(']') : value.find(':');
  if (bracketed && host_end == std::string_view::npos) return std::nullopt;
  const auto host = value.substr(0, bracketed ? host_end + 1 : host_end);
  const auto rest = value.substr(host.size());
  if (rest.empty() || rest == ":") return host;
  if (rest.front() != ':' || !parse_uint(rest.substr(1))) return std::nullopt;
  return host;
}

std::optional<net::IpAddress> literal(std::string_view host) {
  const bool bracketed = host.size() >= 2 && host.front() == '[';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const bool has_colon = host.find(':') != std::string_view::npos;
  return bracketed == has_colon ? net::IpAddress::parse(host) : std::nullopt;
}

/// Whether `value` is that IPv6 address without brackets, perhaps with a port behind it. By itself
/// `::1:8000` may be either.
bool is_unbracketed(std::string_view value, const net::IpAddress& address) {
  if (address.is_v4() || value.starts_with('[')) return false;
  if (net::IpAddress::parse(value) == address) return true;
  const auto colon = value.rfind(':');
  return colon != std::string_view::npos && parse_uint(value.substr(colon + 1)) &&
         net::IpAddress::parse(value.substr(0, colon)) == address;
}

}  // namespace

HostRule HostRule::any_literal() {
  HostRule rule;
  rule.any_literal_ = true;
  return rule;
}

HostRule HostRule::own_address() {
  return {};
}

void HostRule::allow_name(std::string_view name) {
  names_.insert(to_lower(name));
}

bool HostRule::permits(const Request& request) const {
  const auto value = request.headers.find("Host");
  if (!value) return request.minor_version == 0;
  // Some players write an IPv6 address so.
  if (is_unbracketed(*value, request.local.address)) return true;
  const auto host = without_port(*value);
  if (!host) return false;
  if (equal_ignoring_case(*host, "localhost")) return true;
  if (const auto address = literal(*host)) {
    return any_literal_ || *address == request.local.address || names_.contains(to_lower(*host));
  }
  return names_.contains(to_lower(*host));
}

}  // namespace alluvium::http
