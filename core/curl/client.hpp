#pragma once

#include "core/http/client.hpp"
#include "core/net/ip_address.hpp"
#include "core/uv/loop.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::curl {

/// What the environment's SSL_CERT_FILE names, as for programs on OpenSSL; libcurl by itself does
/// not look there. Empty: nothing.
[[nodiscard]] std::string authorities_of_environment();

struct ClientOptions {
  std::string user_agent = "Alluvium/1";
  /// Calls go out from this address, if given: so a gateway sees the address that the peer port
  /// has.
  std::optional<net::IpAddress> local_address;
  /// PEM file of the authorities that may vouch for servers of https; empty: the system's.
  std::string authorities = authorities_of_environment();
  /// Idle connections kept for reuse.
  long kept_connections = 64;
};

/// http::Client on libcurl's multi interface, driven by the loop. Proxies from the environment are
/// ignored, since behind one the address rules would see only the proxy.
class Client final : public http::Client {
 public:
  Client(uv::Loop& loop, ClientOptions options = {});
  ~Client() override;

  [[nodiscard]] std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                                      http::TransferObserver& observer) override;

 private:
  class Multi;
  std::unique_ptr<Multi> multi_;
};

}  // namespace alluvium::curl
