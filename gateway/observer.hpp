#pragma once

#include "core/http/url.hpp"
#include "core/net/ip_address.hpp"
#include "gateway/file_version.hpp"

#include <string_view>

namespace alluvium::gateway {

/// What happens in a gateway, for those who write log lines. The gateway itself does not log. Texts
/// are sentences as `Error::message`. Outlives the gateway.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_file_known(const FileVersion&) {}
  virtual void on_file_failed(const http::Url&, std::string_view /*reason*/) {}
  virtual void on_file_not_kept(const http::Url&, std::string_view /*reason*/) {}
  virtual void on_station_read(const http::Url&, std::string_view /*title*/,
                               std::size_t /*items*/) {}
  virtual void on_station_warning(const http::Url&, std::string_view /*warning*/) {}
  virtual void on_station_failed(const http::Url&, std::string_view /*reason*/) {}
  virtual void on_peer_checked(const net::Endpoint&, bool /*reachable*/) {}
  /// What several gateways share was lost, or is there again.
  virtual void on_store(bool /*is_lost*/) {}
  /// This gateway leads from now on, or the one at that URL does.
  virtual void on_lead(bool /*leads*/, std::string_view /*leader*/) {}
};

}  // namespace alluvium::gateway
