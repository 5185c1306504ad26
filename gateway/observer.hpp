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
  /// The store cannot be written, or, with an empty reason, can be again.
  virtual void on_store_trouble(std::string_view /*reason*/) {}
  virtual void on_peer_checked(const net::Endpoint&, bool /*reachable*/) {}
};

}  // namespace alluvium::gateway
