#pragma once

#include "core/base/bytes.hpp"
#include "core/net/ip_address.hpp"
#include "core/uv/loop.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace alluvium::uv {

/// A TCP port for a few clients that send much and are told little, such as the sources of live
/// shows. What they say is their TcpClient's business; here is when it is read: a client whose
/// bytes are not wanted for now is slowed down by TCP itself. Not to be destroyed by one of its
/// clients.
class TcpServer {
 public:
  /// One client, as long as its connection is there. Owned by the server; nothing of it is called
  /// from inside another of its calls.
  class Client {
   public:
    virtual ~Client() = default;
    struct Answer {
      std::string bytes;
      bool closes = false;  ///< When they have been sent; what comes meanwhile is thrown away.
    };
    [[nodiscard]] virtual Answer on_bytes(ByteView bytes) = 0;
    /// These three are asked several times a second. Whether more may be read:
    [[nodiscard]] virtual bool takes_bytes() = 0;
    /// Whether it has been silent for too long, or did not come to the point, and is closed:
    [[nodiscard]] virtual bool is_overdue() = 0;
    /// And whether it may be closed when somebody else wants its place.
    [[nodiscard]] virtual bool gives_way() = 0;
  };
  using Accept = std::function<std::unique_ptr<Client>(const net::Endpoint& remote)>;

  /// When all are taken the oldest one that gives way does; else the new one is closed.
  static constexpr std::size_t most_connections = 16;
  /// How often clients are asked.
  static constexpr Duration look_interval = std::chrono::milliseconds(100);
  /// Until a client that was told everything has closed: closing first would throw away, together
  /// with what it still sends, what it has not read yet.
  static constexpr Duration linger = std::chrono::seconds(2);

  /// Listens at once. Port 0 takes a free one. Throws std::runtime_error with one sentence.
  TcpServer(Loop& loop, net::Endpoint listen, Accept accept);
  ~TcpServer();
  TcpServer(const TcpServer&) = delete;
  TcpServer& operator=(const TcpServer&) = delete;

  /// Where it really listens.
  [[nodiscard]] net::Endpoint endpoint() const;

 private:
  struct Connection;
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alluvium::uv
