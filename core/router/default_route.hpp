#pragma once

#include "core/net/ip_address.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::router {

/// The IPv4 way out of this machine, if it leads over a router of a home network.
struct DefaultRoute {
  net::IpAddress router;  ///< A private or link-local address.
  net::IpAddress own;     ///< Ours on the way there.
};

/// Nothing if there is no IPv4 way out, or if it leads over an address that is not of a private
/// network. Sends nothing.
[[nodiscard]] std::optional<DefaultRoute> find_default_route();

/// True for addresses of RFC 1918 and link-local ones.
[[nodiscard]] bool is_of_home_network(const net::IpAddress& address);

/// Whether a URL leads to this very address, by whatever reading: it must be written as
/// `http://ADDRESS/…` or `http://ADDRESS:PORT/…`, in plain ASCII.
[[nodiscard]] bool leads_to(std::string_view url, const net::IpAddress& address);

}  // namespace alluvium::router
