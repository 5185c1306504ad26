#pragma once

#include "core/http/handler.hpp"
#include "core/net/ip_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::reverse {

/// What the HTTP of a reversed connection calls itself: who opened it answers on it (after
/// draft-lentczner-rhttp, Reverse HTTP).
inline constexpr std::string_view protocol = "PTTH/1.0";
inline constexpr std::string_view path = "/reverse";

/// What is sent to `to` by who wants to be asked over this connection:
///
///     GET /reverse HTTP/1.1
///     Host: 192.0.2.1:7000
///     Connection: Upgrade
///     Upgrade: PTTH/1.0
///     Authorization: Bearer TOKEN
[[nodiscard]] std::string offer_text(const net::Endpoint& to, std::string_view token);

/// The token of such a request; nothing if it is not one.
[[nodiscard]] std::optional<std::string> offered_token(const http::Request& request);

/// The answer by which an offer is taken: 101, and nothing of HTTP/1.1 after it in this direction.
[[nodiscard]] http::ResponseHead taken();
[[nodiscard]] bool is_taken(const http::ResponseHead& head);

}  // namespace alluvium::reverse
