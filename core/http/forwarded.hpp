#pragma once

#include "core/base/result.hpp"
#include "core/http/handler.hpp"
#include "core/net/address_rules.hpp"

#include <vector>

namespace alluvium::http {

/// The reverse proxies that are believed when they say for whom they ask. Value type.
class TrustedProxies {
 public:
  void add(net::Network network) { networks_.push_back(network); }
  [[nodiscard]] bool has(const net::IpAddress& address) const;

  /// Whose request this is: `caller`, unless that is one of the proxies and names another in
  /// `Forwarded: for=` (RFC 7239) or `X-Forwarded-For`. Then it is the last of those named that is
  /// no such proxy itself; what stands before is hearsay and not looked at. An error if a proxy
  /// names something that is no address, or the two headers differ: one of them is then the
  /// client's own.
  [[nodiscard]] Result<net::IpAddress> client_of(const Headers& headers,
                                                 const net::IpAddress& caller) const;

 private:
  [[nodiscard]] Result<net::IpAddress> last_stranger(const std::vector<std::string>& hops,
                                                     const net::IpAddress& caller) const;

  std::vector<net::Network> networks_;
};

/// Gives requests to another handler with the address of whoever is behind a proxy in the place of
/// the proxy's (and port 0, which nobody says reliably); where that cannot be told they get 400.
/// Owned beside the handler.
class BehindProxies final : public Handler {
 public:
  BehindProxies(TrustedProxies proxies, Handler& inner)
      : proxies_(std::move(proxies)), inner_(inner) {}

  [[nodiscard]] std::unique_ptr<Exchange> on_request(const Request& request,
                                                     Responder& responder) override;

 private:
  TrustedProxies proxies_;
  Handler& inner_;
};

/// The `for` of each element of one `Forwarded` field, unquoted, empty where it has none.
[[nodiscard]] Result<std::vector<std::string>> parse_forwarded(std::string_view field);

/// A hop as proxies write it: an address, alone or with a port, an IPv6 one in brackets or, without
/// a port, bare. An error for `unknown`, for names that hide the address, and for anything else.
[[nodiscard]] Result<net::IpAddress> parse_hop(std::string_view text);

}  // namespace alluvium::http
