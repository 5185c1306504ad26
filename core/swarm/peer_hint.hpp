#pragma once

#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::swarm {

/// One value of `X-URI-RES`, by which a peer recommends another that served it:
/// `http://ip:port/uri-res/N2R?<urn> ; N2R`.
[[nodiscard]] std::string format_peer_hint(const net::Endpoint& peer, const hash::TreeRoot& root);
/// The same of ourselves, in a request: whoever is asked knows our address better than we do (what
/// stands in its place is not read), but not the port at which we serve others.
[[nodiscard]] std::string format_own_hint(std::uint16_t port, const hash::TreeRoot& root);
/// Where that peer serves parts of that file.
[[nodiscard]] std::string peer_url(const net::Endpoint& peer, const hash::TreeRoot& root);
/// Only address and port are taken from it, and only an IP literal.
[[nodiscard]] std::optional<net::Endpoint> parse_peer_hint(std::string_view value);

/// How many strangers one informant may send us to: two a minute, so that nobody can be made to
/// knock at many doors; and how many one address may say that it is. Pure.
class HintLimit {
 public:
  [[nodiscard]] bool admits(const net::Endpoint& informant, Instant now);

 private:
  struct Count {
    Instant since{};
    unsigned taken = 0;
  };
  std::map<net::Endpoint, Count> counts_;
};

}  // namespace alluvium::swarm
