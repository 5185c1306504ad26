#include "tests/loopback/rig/raw_socket.hpp"

#include "core/uv/socket_address.hpp"

#include <array>
#include <cerrno>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace alluvium::test {

namespace {

int checked(int result, const char* what) {
  if (result < 0) throw std::runtime_error(what);
  return result;
}

int connected_socket(const net::Endpoint& remote) {
  const auto address = uv::to_socket_address(remote);
  const int socket = checked(::socket(address.ss_family, SOCK_STREAM, 0), "socket");
  checked(::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address),
          "connect");
  return socket;
}

}  // namespace

RawSocket::RawSocket(uv::Loop& loop, const net::Endpoint& remote)
    : RawSocket(loop, connected_socket(remote)) {}

std::unique_ptr<RawSocket> RawSocket::connecting(uv::Loop& loop, const net::Endpoint& remote) {
  auto socket = unconnected(loop);
  socket->connect(remote);
  return socket;
}

std::unique_ptr<RawSocket> RawSocket::unconnected(uv::Loop& loop) {
  auto socket = std::make_unique<RawSocket>(
      loop, checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket"));
  // A fresh socket counts as hung up, which is not what anybody waits for.
  socket->stop_listening();
  return socket;
}

void RawSocket::connect(const net::Endpoint& remote) {
  const auto address = uv::to_socket_address(remote);
  const int result =
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (result < 0 && errno != EINPROGRESS) throw std::runtime_error("connect");
  listening_ = true;
  watch();
}

RawSocket::RawSocket(uv::Loop& loop, int socket) : loop_(loop), socket_(socket) {
  fcntl(socket_, F_SETFL, O_NONBLOCK);
  poll_ = std::make_unique<uv::Poll>(loop_, socket_, [this](uv::PollEvents seen) {
    if (seen.readable) on_readable();
    if (seen.writable && poll_) on_writable();
  });
  watch();
}

RawSocket::~RawSocket() {
  close();
}

void RawSocket::watch() {
  if (!poll_) return;
  poll_->watch({listening_ && !ended_, !unsaid_.empty() || !endless_.empty()});
}

void RawSocket::say(std::string_view bytes) {
  unsaid_ += bytes;
  on_writable();
}

void RawSocket::say_for_ever(std::string_view bytes) {
  endless_ = bytes;
  watch();
}

void RawSocket::end_output() {
  shutdown(socket_, SHUT_WR);
}

void RawSocket::close() {
  if (!poll_) return;
  poll_.reset();
  ::close(socket_);
}

void RawSocket::reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close();
}

void RawSocket::stop_listening() {
  listening_ = false;
  watch();
}

void RawSocket::on_readable() {
  std::array<char, 65536> buffer;
  const auto count = recv(socket_, buffer.data(), buffer.size(), 0);
  if (count > 0) {
    heard_.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    was_reset_ = count < 0;
    ended_ = true;
  }
  watch();
}

void RawSocket::on_writable() {
  if (!poll_) return;
  if (unsaid_.empty()) unsaid_ = endless_;
  const auto count = send(socket_, unsaid_.data(), unsaid_.size(), MSG_NOSIGNAL);
  if (count > 0) unsaid_.erase(0, static_cast<std::size_t>(count));
  if (count < 0 && errno != EAGAIN) {
    unsaid_.clear();
    endless_.clear();
  }
  watch();
}

ScriptedServer::ScriptedServer(uv::Loop& loop, Script script, net::IpAddress ip)
    : loop_(loop),
      script_(std::move(script)),
      socket_(checked(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), "socket")) {
  auto address = uv::to_socket_address({ip, 0});
  socklen_t length = sizeof(sockaddr_in);
  checked(bind(socket_, reinterpret_cast<sockaddr*>(&address), length), "bind");
  checked(listen(socket_, 64), "listen");
  checked(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &length), "getsockname");
  endpoint_ = uv::to_endpoint(address);
  poll_ = std::make_unique<uv::Poll>(loop_, socket_, [this](uv::PollEvents) { accept(); });
  poll_->watch({true, false});
}

ScriptedServer::~ScriptedServer() {
  poll_.reset();
  ::close(socket_);
}

void ScriptedServer::stop_accepting() {
  poll_->watch({});
  checked(listen(socket_, 0), "listen");
}

void ScriptedServer::accept() {
  const int socket = ::accept(socket_, nullptr, nullptr);
  if (socket < 0) return;
  auto& client = *clients_.emplace_back(std::make_unique<Client>());
  const int index = connections() - 1;
  client.socket = std::make_unique<RawSocket>(loop_, socket);
  client.look = loop_.make_timer([this, &client, index] { look_at(client, index); });
  client.look->arm(Duration::zero());
}

void ScriptedServer::look_at(Client& client, int index) {
  const auto end = client.socket->heard().find("\r\n\r\n", client.answered);
  if (end != std::string::npos) {
    client.answered = end + 4;
    script_(*client.socket, index);
  }
  client.look->arm(std::chrono::milliseconds(1));
}

}  // namespace alluvium::test
