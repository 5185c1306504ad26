#pragma once

#include "core/hash/digest.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::reverse {

/// Seconds of the gateway's civil clock since 1970.
using GatewayTime = std::chrono::sys_seconds;

/// For so long a token is good, once.
inline constexpr std::chrono::seconds token_lifetime{30};

/// The key by which `audience` knows the tokens of its gateway from others: it is told to nobody
/// else. `secret` is the gateway's.
[[nodiscard]] hash::Digest key_for(std::string_view secret, const net::Endpoint& audience);

/// The gateway's word to the owner of `key` that who shows this is `bearer`, who offers to be asked
/// over the connection on which it is shown: `ENDPOINT.EXPIRY.NONCE.MAC`, the MAC in hexadecimal
/// over what stands before it. `nonce`: never the same twice under one key within a lifetime.
[[nodiscard]] std::string make_token(const hash::Digest& key, const net::Endpoint& bearer,
                                     GatewayTime expires, std::uint64_t nonce);

/// Who looks at tokens. What it knows of the gateway's clock it was told with the key. Invariant:
/// no token is good twice. Bounded. Pure: time is passed in.
class TokenCheck {
 public:
  /// Seen ones that are not over; as long as there are so many none is good.
  static constexpr std::size_t most_seen = 1'024;

  /// The key, and what the gateway's clock said when it was told.
  void set_key(const hash::Digest& key, GatewayTime told, Instant now);
  [[nodiscard]] bool has_key() const { return key_.has_value(); }
  /// When the key was told; the clocks may differ more and more.
  [[nodiscard]] Instant told_at() const { return told_at_; }

  /// Whose token it is; nothing if it is none, not of our key, over, from too far ahead, or was
  /// seen before.
  [[nodiscard]] std::optional<net::Endpoint> admit(std::string_view token, Instant now);

 private:
  std::optional<hash::Digest> key_;
  GatewayTime told_{};
  Instant told_at_{};
  std::map<std::string, Instant, std::less<>> seen_;  ///< By MAC; until when.
};

}  // namespace alluvium::reverse
