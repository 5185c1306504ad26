#pragma once

#include "core/net/ip_address.hpp"

#include <optional>

#include <curl/curl.h>

namespace alluvium::curl {

/// The address libcurl wants to connect to; none if it is not an IP address.
[[nodiscard]] std::optional<net::IpAddress> address_of(const curl_sockaddr& address);

/// A socket for that address, bound to `local` if both are of the same family; CURL_SOCKET_BAD if
/// the system refuses.
[[nodiscard]] curl_socket_t open_socket(const curl_sockaddr& address,
                                        const std::optional<net::IpAddress>& local);

}  // namespace alluvium::curl
