#pragma once

#include "core/net/ip_address.hpp"
#include "core/reverse/token.hpp"

#include <string>
#include <string_view>

namespace alluvium::gateway {

/// For so long a proof is good; an announcement comes in half a minute at the latest.
inline constexpr std::chrono::seconds proof_lifetime{120};

/// The gateway's word to the listener at `address` that it is known by that one: `EXPIRY.MAC`,
/// seconds since 1970 and HMAC-SHA-256 in hexadecimal. `secret` is shared by all gateways of one
/// name.
[[nodiscard]] std::string make_proof(std::string_view secret, const net::Endpoint& address,
                                     reverse::GatewayTime now);

/// Whether that was made for that address, and is not over.
[[nodiscard]] bool is_proof(std::string_view secret, const net::Endpoint& address,
                            std::string_view proof, reverse::GatewayTime now);

}  // namespace alluvium::gateway
