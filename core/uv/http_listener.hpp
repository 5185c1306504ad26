#pragma once

#include "core/uv/handle.hpp"
#include "core/uv/http_connection.hpp"
#include "core/uv/http_server.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::uv {

/// The listening socket and its connections. Made by HttpServer, which may be destroyed inside any
/// of our callbacks: `shut` then closes everything, and the object itself goes when the loop turns.
class HttpServer::Listener final : private HttpConnectionOwner {
 public:
  Listener(Loop& loop, net::Endpoint listen, http::Handler& handler, HttpServerLimits limits,
           SecureChannels* secure);
  ~Listener() override;

  /// Closes everything, calls no handler any more, and frees `listener` when the loop turns.
  static void shut(std::unique_ptr<Listener> listener);

  [[nodiscard]] net::Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] http::ServerTraffic traffic() const;
  void divide_traffic(http::ServerTraffic::ClassOf divide) { class_of_ = divide; }
  /// Answers what comes over a connection that was opened elsewhere. Null if there is no room, or
  /// if it is no connection any more.
  [[nodiscard]] HttpConnection* adopt(HandleOwner<SocketBlock> socket);
  /// Binds a new socket to `address` and the port that this one listens on. For no longer than that
  /// anybody else of the same user could do so.
  [[nodiscard]] bool lend_port(uv_tcp_t& socket, const net::IpAddress& address);

 private:
  struct ListenBlock {
    uv_tcp_t handle;
    Listener* listener = nullptr;
  };
  /// Runs once when the loop turns after something was woken or has closed.
  struct TurnBlock {
    uv_idle_t handle;
    Listener* listener = nullptr;
    std::unique_ptr<Listener> last_owner;  ///< Set by `shut`.
  };
  using Connections = std::vector<std::unique_ptr<HttpConnection>>;

  http::Handler& handler() override { return handler_; }
  const HttpServerLimits& limits() const override { return limits_; }
  Instant now() const override { return loop_.now(); }
  std::string_view date() const override;
  std::span<char> read_buffer() override { return read_buffer_; }
  std::size_t class_of(const http::Request& request) const override;
  http::ServerTraffic& figures() override { return figures_; }
  void on_woken(HttpConnection& connection) override;
  void on_closed(HttpConnection& connection) override;

  void open(net::Endpoint listen);
  [[nodiscard]] int bind(const net::IpAddress& address, std::uint16_t port);
  void accept();
  HttpConnection* add(HandleOwner<SocketBlock> socket, std::unique_ptr<SecureChannel> secure);
  /// Whether there is room for one more of that client; the longest idle connection may have to go.
  [[nodiscard]] bool make_room(const net::IpAddress& client);
  void turn_soon();
  void turn();
  void arm_sweep();
  void sweep();

  Loop& loop_;
  http::Handler& handler_;
  SecureChannels* secure_;  ///< Null: plain HTTP.
  HttpServerLimits limits_;
  net::Endpoint endpoint_;
  HandleOwner<ListenBlock> socket_;
  HandleOwner<TurnBlock> turn_;
  std::unique_ptr<Timer> sweep_timer_;
  Instant sweep_due_{};
  std::array<char, 16 * 1024> read_buffer_{};
  Connections connections_;  ///< In no order; each knows its place.
  Connections closed_;       ///< Until the loop turns.
  std::map<net::IpAddress, std::size_t> per_client_;
  std::vector<HttpConnection*> woken_;
  http::ServerTraffic::ClassOf class_of_ = nullptr;
  http::ServerTraffic figures_;  ///< Of what is done with; the sums are made when asked for.
  mutable std::int64_t date_second_ = -1;
  mutable std::string date_;
};

}  // namespace alluvium::uv
