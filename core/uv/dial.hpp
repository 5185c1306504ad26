#pragma once

#include "core/net/ip_address.hpp"
#include "core/uv/handle.hpp"
#include "core/uv/http_connection.hpp"
#include "core/uv/http_listener.hpp"
#include "core/uv/loop.hpp"

#include <functional>
#include <memory>
#include <optional>

namespace alluvium::uv {

/// One attempt at a TCP connection. Destroying it gives up.
class Dial {
 public:
  struct From {
    std::optional<net::IpAddress> address;  ///< None: whichever the system takes.
    /// The connection goes out from the port that this one listens on. Null: from any.
    HttpServer::Listener* port_of = nullptr;
  };
  /// Called once, from the loop: the connected socket, or null.
  using OnDone = std::function<void(HandleOwner<SocketBlock>)>;

  Dial(Loop& loop, const net::Endpoint& to, const From& from, Duration patience, OnDone on_done);
  ~Dial();
  Dial(const Dial&) = delete;
  Dial& operator=(const Dial&) = delete;

 private:
  [[nodiscard]] bool begin(Loop& loop, const net::Endpoint& to, const From& from);
  [[nodiscard]] bool bind(const net::Endpoint& to, const From& from);
  void finish(bool is_connected);

  HandleOwner<SocketBlock> socket_;
  OnDone on_done_;
  std::unique_ptr<Timer> limit_;
};

}  // namespace alluvium::uv
