#pragma once

#include "core/http/url.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/file_version.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace alluvium::gateway {

/// A file that a station will need and that cannot be had, or is not what the playlist says. Value
/// type.
struct ComingTrouble {
  enum class Kind { missing, contradicted };
  http::Url station;
  std::string title;
  http::Url url;
  std::optional<WallTime> due;  ///< When its item starts, or started; none: filler, at any time.
  Kind kind = Kind::missing;
  std::string text;  ///< As `Error::message`; may be shown to everybody.
};

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
  virtual void on_coming_trouble(const ComingTrouble&) {}
  virtual void on_coming_settled(const ComingTrouble&) {}
  /// The origin has another file under that URL than was known.
  virtual void on_file_replaced(const FileVersion& /*by*/, const hash::TreeRoot& /*before*/) {}
  virtual void on_peer_checked(const net::Endpoint&, bool /*reachable*/) {}
  /// What several gateways share was lost, or is there again.
  virtual void on_store(bool /*is_lost*/) {}
  /// This gateway leads from now on, or the one at that URL does.
  virtual void on_lead(bool /*leads*/, std::string_view /*leader*/) {}
};

}  // namespace alluvium::gateway
