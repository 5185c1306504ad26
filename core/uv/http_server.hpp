#pragma once

#include "core/http/handler.hpp"
#include "core/http/request_parser.hpp"
#include "core/http/server_traffic.hpp"
#include "core/net/ip_address.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/secure_channel.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>

namespace alluvium::uv {

/// What one server grants its clients. Numbers from the safety rules.
struct HttpServerLimits {
  http::RequestLimits request;
  Duration head_timeout =
      std::chrono::seconds(5);  ///< From the first byte of a request, or handshake, to its last.
  Duration idle_timeout = std::chrono::seconds(10);  ///< Between requests, and before the first.
  /// A reader that takes less than 1 KiB/s over this long, with something queued for it, is cut.
  Duration slow_reader_timeout = std::chrono::seconds(20);
  /// When full, the longest idle one gives way; if none is idle, further ones are closed at once.
  std::size_t connections = 4'096;
  /// The same for one client, among its own: an IPv4 address, or a /64 of IPv6.
  std::size_t connections_per_client = 4'096;
};

/// HTTP/1.1 server over TCP, or over what `secure` makes of it. Destroying it closes the listening
/// socket and every connection. Requests on one connection are answered in order; while one is
/// being answered further input (at most 16 KiB) waits, and the end of input, or an error, destroys
/// the exchange.
class HttpServer {
 public:
  /// Listens at once. Port 0 takes a free one ≥ 1024. An unspecified IPv6 address serves IPv4 as
  /// well. Throws std::runtime_error with one sentence if it cannot ("… is in use by another
  /// program").
  HttpServer(Loop& loop, net::Endpoint listen, http::Handler& handler, HttpServerLimits limits = {},
             SecureChannels* secure = nullptr);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// Where it really listens.
  [[nodiscard]] net::Endpoint endpoint() const;
  [[nodiscard]] http::ServerTraffic traffic() const;
  /// Has bytes counted by what `class_of` says of the request they belong to, from now on.
  void divide_traffic(http::ServerTraffic::ClassOf class_of);

 private:
  friend class Dial;           ///< From the port of the server.
  friend class ReverseDialer;  ///< Opens connections for others to ask on.
  class Listener;
  std::unique_ptr<Listener> listener_;
};

}  // namespace alluvium::uv
