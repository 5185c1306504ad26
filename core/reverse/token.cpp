#include "core/reverse/token.hpp"

#include "core/base/text.hpp"
#include "core/hash/mac.hpp"

#include <utility>

namespace alluvium::reverse {

namespace {

constexpr std::size_t longest_token = 256;
/// The gateway's clock has whole seconds, and its answer was on its way for a while.
constexpr std::chrono::seconds clock_tolerance{3};

std::string mac_of(const hash::Digest& key, std::string_view text) {
  return hash::hex(hash::hmac_sha256(key, as_bytes(text)));
}

}  // namespace

hash::Digest key_for(std::string_view secret, const net::Endpoint& audience) {
  return hash::hmac_sha256(as_bytes(secret), as_bytes("reverse " + audience.text()));
}

std::string make_token(const hash::Digest& key, const net::Endpoint& bearer, GatewayTime expires,
                       std::uint64_t nonce) {
  std::string text = bearer.text();
  text += '.';
  append_number(text, expires.time_since_epoch().count());
  text += '.';
  append_number(text, nonce);
  return text + '.' + mac_of(key, text);
}

void TokenCheck::set_key(const hash::Digest& key, GatewayTime told, Instant now) {
  key_ = key;
  told_ = told;
  told_at_ = now;
}

std::optional<net::Endpoint> TokenCheck::admit(std::string_view token, Instant now) {
  if (!key_ || token.size() > longest_token) return std::nullopt;
  const auto mac_at = token.rfind('.');
  if (mac_at == std::string_view::npos) return std::nullopt;
  const std::string_view said = token.substr(0, mac_at);
  const std::string_view mac = token.substr(mac_at + 1);
  if (!hash::equal_in_constant_time(mac, mac_of(*key_, said))) return std::nullopt;

  // The gateway wrote it.
  const auto nonce_at = said.rfind('.');
  if (nonce_at == std::string_view::npos || nonce_at == 0) return std::nullopt;
  const auto expiry_at = said.rfind('.', nonce_at - 1);
  if (expiry_at == std::string_view::npos) return std::nullopt;
  const auto expiry = parse_uint(said.substr(expiry_at + 1, nonce_at - expiry_at - 1));
  const auto bearer = net::parse_endpoint(said.substr(0, expiry_at));
  if (!expiry || *expiry > UINT32_MAX || !bearer) return std::nullopt;
  const std::chrono::seconds left = GatewayTime(std::chrono::seconds(*expiry)) - told_ -
                                    std::chrono::floor<std::chrono::seconds>(now - told_at_);
  if (left < -clock_tolerance || left > token_lifetime + clock_tolerance) return std::nullopt;

  std::erase_if(seen_, [&](const auto& entry) { return now >= entry.second; });
  if (seen_.size() >= most_seen) return std::nullopt;
  const Instant over = now + left + 2 * clock_tolerance;
  if (!seen_.emplace(std::string(mac), over).second) return std::nullopt;
  return *bearer;
}

}  // namespace alluvium::reverse
