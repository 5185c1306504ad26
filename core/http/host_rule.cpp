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

std::optional<net::IpAddress> unbracketed_v6(std::string_view value) {
  if (value.find(':') == value.rfind(':') || value.starts_with('[')) return std::nullopt;
  if (const auto address = net::IpAddress::parse(value)) return address;
  return parse_uint(value.substr(value.rfind(':') + 1))
             ? net::IpAddress::parse(value.substr(0, value.rfind(':')))
             : std::nullopt;
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
  // Some players write an IPv6 address without its brackets, some with a port behind it; as an
  // address of ours it can only have been meant.
  if (const auto bare = unbracketed_v6(*value)) return *bare == request.local.address;
  const auto host = without_port(*value);
  if (!host) return false;
  if (equal_ignoring_case(*host, "localhost")) return true;
  if (const auto address = literal(*host)) {
    return any_literal_ || *address == request.local.address || names_.contains(to_lower(*host));
  }
  return names_.contains(to_lower(*host));
}

}  // namespace alluvium::http
