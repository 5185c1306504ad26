#include "core/uv/dial.hpp"

#include "core/uv/socket_address.hpp"

#include <utility>

namespace alluvium::uv {

namespace {

uv_handle_t* handle_of(SocketBlock& block) {
  return reinterpret_cast<uv_handle_t*>(&block.handle);
}

/// Lives until libuv has called back, which may be after the dial is gone.
struct Connecting {
  uv_connect_t request;
};

}  // namespace

Dial::Dial(Loop& loop, const net::Endpoint& to, const From& from, Duration patience, OnDone on_done)
    : on_done_(std::move(on_done)), limit_(loop.make_timer([this] { finish(false); })) {
  limit_->arm(begin(loop, to, from) ? patience : Duration::zero());
}

Dial::~Dial() {
  if (socket_) uv_handle_set_data(handle_of(*socket_), nullptr);
}

bool Dial::begin(Loop& loop, const net::Endpoint& to, const From& from) {
  auto block = std::make_unique<SocketBlock>();
  const auto family = static_cast<unsigned>(to.address.is_v4() ? AF_INET : AF_INET6);
  if (uv_tcp_init_ex(loop.handle(), &block->handle, family) < 0) return false;
  socket_.reset(block.release());
  uv_handle_set_data(handle_of(*socket_), this);
  if (!bind(to, from)) return false;

  auto connecting = std::make_unique<Connecting>();
  const auto address = to_socket_address(to);
  const auto on_connected = [](uv_connect_t* request, int status) {
    const std::unique_ptr<Connecting> freed(reinterpret_cast<Connecting*>(request));
    auto* const handle = reinterpret_cast<uv_handle_t*>(request->handle);
    auto* const dial = static_cast<Dial*>(uv_handle_get_data(handle));
    if (dial != nullptr && status != UV_ECANCELED) dial->finish(status == 0);
  };
  if (uv_tcp_connect(&connecting->request, &socket_->handle,
                     reinterpret_cast<const sockaddr*>(&address), on_connected) < 0) {
    return false;
  }
  (void)connecting.release();
  return true;
}

bool Dial::bind(const net::Endpoint& to, const From& from) {
  const bool has_address = from.address && from.address->is_v4() == to.address.is_v4();
  if (!has_address && from.port_of == nullptr) return true;
  const net::IpAddress any = to.address.is_v4() ? net::IpAddress::v4(0, 0, 0, 0) : net::IpAddress();
  const net::IpAddress address = has_address ? *from.address : any;
  if (from.port_of != nullptr) return from.port_of->lend_port(socket_->handle, address);
  const auto local = to_socket_address({address, 0});
  return uv_tcp_bind(&socket_->handle, reinterpret_cast<const sockaddr*>(&local), 0) == 0;
}

void Dial::finish(bool is_connected) {
  limit_->disarm();
  // There is none if no descriptor was to be had.
  if (socket_) uv_handle_set_data(handle_of(*socket_), nullptr);
  HandleOwner<SocketBlock> socket = std::move(socket_);
  if (!is_connected) socket.reset();
  // It may destroy us.
  const OnDone on_done = std::move(on_done_);
  on_done(std::move(socket));
}

}  // namespace alluvium::uv
