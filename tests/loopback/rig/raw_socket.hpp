#pragma once

#include "core/net/ip_address.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/poll.hpp"

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::test {

/// One TCP connection without any protocol: says what it is told, keeps what it hears.
class RawSocket {
 public:
  /// Connects; the socket is usable at once.
  RawSocket(uv::Loop& loop, const net::Endpoint& remote);
  /// Takes over an accepted one.
  RawSocket(uv::Loop& loop, int socket);
  /// Begins to connect, and does not mind whether that ever succeeds.
  static std::unique_ptr<RawSocket> connecting(uv::Loop& loop, const net::Endpoint& remote);
  static std::unique_ptr<RawSocket> unconnected(uv::Loop& loop);
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;

  void connect(const net::Endpoint& remote);
  void say(std::string_view bytes);
  /// Says it again whenever there is room, until closed.
  void say_for_ever(std::string_view bytes);
  void end_output();
  void close();
  /// Ends with a reset instead of an orderly close.
  void reset();
  /// Leaves what comes in the kernel.
  void stop_listening();

  [[nodiscard]] const std::string& heard() const { return heard_; }
  /// The other side has closed or reset the connection.
  [[nodiscard]] bool ended() const { return ended_; }
  [[nodiscard]] bool was_reset() const { return was_reset_; }

 private:
  void watch();
  void on_readable();
  void on_writable();

  uv::Loop& loop_;
  int socket_;
  bool listening_ = true;
  bool ended_ = false;
  bool was_reset_ = false;
  std::string unsaid_;
  std::string endless_;
  std::string heard_;
  std::unique_ptr<uv::Poll> poll_;
};

/// Accepts connections and answers each, once it has sent a whole head, with a script.
class ScriptedServer {
 public:
  using Script = std::function<void(RawSocket&, int connection)>;
  ScriptedServer(uv::Loop& loop, Script script,
                 net::IpAddress address = net::IpAddress::v4(127, 0, 0, 1));
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  /// Lets further connections wait, few of them.
  void stop_accepting();
  [[nodiscard]] net::Endpoint endpoint() const { return endpoint_; }
  [[nodiscard]] int connections() const { return static_cast<int>(clients_.size()); }
  [[nodiscard]] RawSocket& client(int index) {
    return *clients_.at(static_cast<std::size_t>(index))->socket;
  }

 private:
  struct Client {
    std::unique_ptr<RawSocket> socket;
    std::size_t answered = 0;  ///< Bytes of requests that have had their answer.
    std::unique_ptr<Timer> look;
  };
  void accept();
  void look_at(Client& client, int index);

  uv::Loop& loop_;
  Script script_;
  int socket_;
  net::Endpoint endpoint_;
  std::unique_ptr<uv::Poll> poll_;
  std::vector<std::unique_ptr<Client>> clients_;
};

}  // namespace alluvium::test
