#include "gateway/alias_proof.hpp"

#include "core/base/text.hpp"
#include "core/hash/mac.hpp"

namespace alluvium::gateway {

namespace {

std::string mac_of(std::string_view secret, const net::Endpoint& address, std::string_view expiry) {
  std::string text = "also ";
  address.append_to(text);
  text.append(" ").append(expiry);
  return hash::hex(hash::hmac_sha256(as_bytes(secret), as_bytes(text)));
}

}  // namespace

std::string make_proof(std::string_view secret, const net::Endpoint& address,
                       reverse::GatewayTime now) {
  std::string expiry;
  append_number(expiry, (now + proof_lifetime).time_since_epoch().count());
  const std::string mac = mac_of(secret, address, expiry);
  return expiry + '.' + mac;
}

bool is_proof(std::string_view secret, const net::Endpoint& address, std::string_view proof,
              reverse::GatewayTime now) {
  const auto dot = proof.find('.');
  if (dot == std::string_view::npos) return false;
  const std::string_view expiry = proof.substr(0, dot);
  const auto seconds = parse_uint(expiry);
  if (!seconds || *seconds > UINT32_MAX) return false;
  const auto left = reverse::GatewayTime(std::chrono::seconds(*seconds)) - now;
  if (left < std::chrono::seconds(0) || left > proof_lifetime) return false;
  return hash::equal_in_constant_time(proof.substr(dot + 1), mac_of(secret, address, expiry));
}

}  // namespace alluvium::gateway
