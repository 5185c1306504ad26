#include "core/reverse/handshake.hpp"

#include "core/base/text.hpp"

#include <algorithm>

namespace alluvium::reverse {

namespace {

constexpr std::string_view scheme = "bearer ";

/// Whether a comma-separated field names it (RFC 9110 §5.6.1).
bool lists(const http::Headers& headers, std::string_view name, std::string_view item) {
  for (const std::string_view value : headers.find_all(name)) {
    const auto items = split(value, ',');
    const bool is_there = std::any_of(items.begin(), items.end(), [&](std::string_view one) {
      return equal_ignoring_case(trimmed(one), item);
    });
    if (is_there) return true;
  }
  return false;
}

}  // namespace

std::string offer_text(const net::Endpoint& to, std::string_view token) {
  std::string text = "GET ";
  text.append(path).append(" HTTP/1.1\r\nHost: ").append(to.text());
  text.append("\r\nConnection: Upgrade\r\nUpgrade: ").append(protocol);
  text.append("\r\nAuthorization: Bearer ").append(token).append("\r\n\r\n");
  return text;
}

std::optional<std::string> offered_token(const http::Request& request) {
  const bool asks_for_it = request.method == "GET" && request.minor_version == 1 &&
                           lists(request.headers, "Connection", "upgrade") &&
                           lists(request.headers, "Upgrade", protocol);
  if (!asks_for_it) return std::nullopt;
  const auto fields = request.headers.find_all("Authorization");
  if (fields.size() != 1) return std::nullopt;
  const std::string_view given = fields.front();
  if (!equal_ignoring_case(given.substr(0, scheme.size()), scheme)) return std::nullopt;
  return std::string(trimmed(given.substr(scheme.size())));
}

http::ResponseHead taken() {
  return {101, {{"Upgrade", std::string(protocol)}}};
}

bool is_taken(const http::ResponseHead& head) {
  return head.status == 101 && lists(head.headers, "Connection", "upgrade") &&
         lists(head.headers, "Upgrade", protocol);
}

}  // namespace alluvium::reverse
