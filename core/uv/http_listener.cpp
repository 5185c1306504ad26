#include "core/uv/http_listener.hpp"

#include "core/http/response_head.hpp"
#include "core/net/client_of.hpp"
#include "core/uv/socket_address.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace alluvium::uv {

namespace {

/// A crowd that arrives at once waits rather than being turned away for a second.
constexpr int backlog = 4096;

/// How often time limits are looked at: often enough for the shortest, never more than needed.
Duration sweep_interval(const HttpServerLimits& limits) {
  const auto shortest =
      std::min({limits.head_timeout, limits.idle_timeout, limits.slow_reader_timeout});
  return std::clamp<Duration>(shortest / 4, std::chrono::milliseconds(10), std::chrono::seconds(1));
}

}  // namespace

HttpServer::Listener::Listener(Loop& loop, net::Endpoint listen, http::Handler& handler,
                               HttpServerLimits limits, SecureChannels* secure)
    : loop_(loop), handler_(handler), secure_(secure), limits_(limits) {
  open(listen);
  auto turn = std::make_unique<TurnBlock>();
  turn->listener = this;
  uv_idle_init(loop_.handle(), &turn->handle);
  turn_.reset(turn.release());
  sweep_timer_ = loop_.make_timer([this] { sweep(); });
}

HttpServer::Listener::~Listener() = default;

void HttpServer::Listener::open(net::Endpoint listen) {
  const std::string what = "cannot listen on " + listen.text();
  auto block = std::make_unique<ListenBlock>();
  block->listener = this;
  require(uv_tcp_init(loop_.handle(), &block->handle), what);
  socket_.reset(block.release());

  int result = bind(listen.address, listen.port);
  if (result == UV_EAFNOSUPPORT && listen.address == net::IpAddress()) {
    // "All addresses" on a machine without IPv6.
    result = bind(net::IpAddress::v4(0, 0, 0, 0), listen.port);
  }
  if (result == 0) {
    result = uv_listen(reinterpret_cast<uv_stream_t*>(&socket_->handle), backlog,
                       [](uv_stream_t* stream, int status) {
                         auto* listener = reinterpret_cast<ListenBlock*>(stream)->listener;
                         if (status == 0 && listener) listener->accept();
                       });
  }
  if (result == UV_EADDRINUSE) {
    throw std::runtime_error(what + ": it is in use by another program");
  }
  require(result, what);

  // Answers are handed over whole, so there is nothing to gather. What is accepted inherits it.
  uv_tcp_nodelay(&socket_->handle, 1);
  sockaddr_storage bound{};
  int length = sizeof bound;
  require(uv_tcp_getsockname(&socket_->handle, reinterpret_cast<sockaddr*>(&bound), &length), what);
  endpoint_ = to_endpoint(bound);
}

int HttpServer::Listener::bind(const net::IpAddress& address, std::uint16_t port) {
  const auto storage = to_socket_address({address, port});
  return uv_tcp_bind(&socket_->handle, reinterpret_cast<const sockaddr*>(&storage), 0);
}

void HttpServer::Listener::shut(std::unique_ptr<Listener> listener) {
  Listener& self = *listener;
  self.socket_->listener = nullptr;
  self.socket_.reset();
  self.sweep_timer_.reset();
  while (!self.connections_.empty()) self.connections_.back()->close();
  // The block frees us with itself, in its close callback: any of our functions that is being
  // executed further up has returned by then.
  self.turn_->listener = nullptr;
  self.turn_->last_owner = std::move(listener);
  self.turn_.reset();
}

void HttpServer::Listener::accept() {
  auto block = std::make_unique<SocketBlock>();
  uv_tcp_init(loop_.handle(), &block->handle);
  HandleOwner<SocketBlock> socket(block.release());
  auto* stream = reinterpret_cast<uv_stream_t*>(&socket->handle);
  if (uv_accept(reinterpret_cast<uv_stream_t*>(&socket_->handle), stream) < 0) return;
  (void)add(std::move(socket), secure_ ? secure_->accept() : nullptr);
}

bool HttpServer::Listener::lend_port(uv_tcp_t& socket, const net::IpAddress& address) {
  uv_os_fd_t own = -1;
  uv_os_fd_t other = -1;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(&socket_->handle), &own) < 0) return false;
  if (uv_fileno(reinterpret_cast<uv_handle_t*>(&socket), &other) < 0) return false;
  const auto set = [](uv_os_fd_t descriptor, int on) {
    return setsockopt(descriptor, SOL_SOCKET, SO_REUSEPORT, &on, sizeof on) == 0;
  };
  if (!set(other, 1) || !set(own, 1)) return false;
  const auto storage = to_socket_address({address, endpoint_.port});
  const int result = uv_tcp_bind(&socket, reinterpret_cast<const sockaddr*>(&storage), 0);
  return set(own, 0) && result == 0;
}

HttpConnection* HttpServer::Listener::adopt(HandleOwner<SocketBlock> socket) {
  uv_tcp_nodelay(&socket->handle, 1);
  return add(std::move(socket), nullptr);
}

HttpConnection* HttpServer::Listener::add(HandleOwner<SocketBlock> socket,
                                          std::unique_ptr<SecureChannel> secure) {
  sockaddr_storage remote{};
  sockaddr_storage local{};
  int remote_length = sizeof remote;
  int local_length = sizeof local;
  if (uv_tcp_getpeername(&socket->handle, reinterpret_cast<sockaddr*>(&remote), &remote_length) <
          0 ||
      uv_tcp_getsockname(&socket->handle, reinterpret_cast<sockaddr*>(&local), &local_length) < 0) {
    return nullptr;
  }
  const auto client = net::client_of(to_endpoint(remote).address);
  if (!make_room(client)) return nullptr;
  ++per_client_[client];
  if (connections_.empty()) arm_sweep();
  connections_.push_back(std::make_unique<HttpConnection>(static_cast<HttpConnectionOwner&>(*this),
                                                          std::move(socket), to_endpoint(remote),
                                                          to_endpoint(local), std::move(secure)));
  connections_.back()->set_place(connections_.size() - 1);
  return connections_.back().get();
}

bool HttpServer::Listener::make_room(const net::IpAddress& client) {
  const auto own = per_client_.find(client);
  const bool has_enough = own != per_client_.end() && own->second >= limits_.connections_per_client;
  if (!has_enough && connections_.size() < limits_.connections) return true;
  HttpConnection* oldest = nullptr;
  for (const auto& connection : connections_) {
    if (!connection->is_waiting()) continue;
    // Who has enough gives way to himself: behind one address there may be others than the one who
    // took all the places.
    if (has_enough && net::client_of(connection->remote().address) != client) continue;
    if (!oldest || connection->waiting_since() < oldest->waiting_since()) {
      oldest = connection.get();
    }
  }
  ++figures_.refusals.crowded_out;
  if (oldest) oldest->close();
  return oldest != nullptr;
}

std::string_view HttpServer::Listener::date() const {
  const auto now = std::chrono::floor<std::chrono::seconds>(loop_.wall_now());
  const auto second = now.time_since_epoch().count();
  if (second != date_second_) {
    date_second_ = second;
    date_ = http::format_http_date(now);
  }
  return date_;
}

void HttpServer::Listener::on_woken(HttpConnection& connection) {
  woken_.push_back(&connection);
  turn_soon();
}

void HttpServer::Listener::on_closed(HttpConnection& connection) {
  const auto count = per_client_.find(net::client_of(connection.remote().address));
  if (--count->second == 0) per_client_.erase(count);
  // The last one takes its place, so that a crowd that leaves at once costs no search.
  std::swap(connections_[connection.place()], connections_.back());
  connections_[connection.place()]->set_place(connection.place());
  closed_.push_back(std::move(connections_.back()));
  connections_.pop_back();
  turn_soon();
}

void HttpServer::Listener::turn_soon() {
  // libuv polls without waiting while an idle handle is active.
  uv_idle_start(&turn_->handle, [](uv_idle_t* handle) {
    auto* listener = reinterpret_cast<TurnBlock*>(handle)->listener;
    uv_idle_stop(handle);
    if (listener) listener->turn();
  });
}

void HttpServer::Listener::turn() {
  const auto woken = std::exchange(woken_, {});
  // Some of these may be among the woken. Those that close from here on wait for the next turn.
  const auto closed = std::exchange(closed_, {});
  for (auto* connection : woken) connection->on_turn();
}

void HttpServer::Listener::arm_sweep() {
  sweep_timer_->arm(sweep_interval(limits_));
  sweep_due_ = loop_.now() + sweep_interval(limits_);
}

void HttpServer::Listener::sweep() {
  const auto now = loop_.now();
  // Timers come before sockets: after a time in which this process stood still, what the clients
  // did meanwhile has not been looked at.
  if (const Duration standstill = now - sweep_due_; standstill > sweep_interval(limits_)) {
    for (const auto& connection : connections_) connection->excuse(standstill);
  }
  // Backwards, since one that closes has its place taken by the last, which has been looked at. An
  // exchange that is destroyed here may even bring the server down.
  for (auto i = connections_.size(); i-- > 0;) {
    if (i < connections_.size()) connections_[i]->check_timeouts(now);
  }
  if (sweep_timer_ && !connections_.empty()) arm_sweep();
}

std::size_t HttpServer::Listener::class_of(const http::Request& request) const {
  return class_of_ ? std::min(class_of_(request), http::ServerTraffic::classes - 1) : 0;
}

http::ServerTraffic HttpServer::Listener::traffic() const {
  http::ServerTraffic traffic = figures_;
  for (const auto& connection : connections_) connection->add_to(traffic);
  for (const auto& bytes : traffic.by_class) {
    traffic.received_bytes += bytes.received;
    traffic.sent_bytes += bytes.sent;
  }
  traffic.connections = connections_.size();
  return traffic;
}

}  // namespace alluvium::uv
