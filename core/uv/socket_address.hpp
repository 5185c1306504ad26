#pragma once

#include "core/net/ip_address.hpp"

#include <sys/socket.h>

namespace alluvium::uv {

/// The kernel's form of an endpoint: AF_INET for IPv4, else AF_INET6.
[[nodiscard]] sockaddr_storage to_socket_address(const net::Endpoint& endpoint);

/// All zeros for other families.
[[nodiscard]] net::Endpoint to_endpoint(const sockaddr_storage& address);

}  // namespace alluvium::uv
