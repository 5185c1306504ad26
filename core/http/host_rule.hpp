#pragma once

#include "core/http/handler.hpp"

#include <set>
#include <string>
#include <string_view>

namespace alluvium::http {

/// Which `Host` values a server answers to; others get 421 and no content, so that a name an
/// attacker points at this machine (DNS rebinding) leads nowhere. Only the host part counts, not
/// the port; a request of HTTP/1.0 without `Host` passes. Value type.
class HostRule {
 public:
  /// Any IP literal, and `localhost`: what the peer port uses.
  static HostRule any_literal();
  /// `localhost` and the address the request came in on, when that is one of ours by construction
  /// (the connection's local address): what the local port and the gateway use.
  static HostRule own_address();

  void allow_name(std::string_view name);
  [[nodiscard]] bool permits(const Request& request) const;

 private:
  bool any_literal_ = false;
  std::set<std::string, std::less<>> names_;
};

}  // namespace alluvium::http
