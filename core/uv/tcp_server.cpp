#include "core/uv/tcp_server.hpp"

#include "core/uv/handle.hpp"
#include "core/uv/socket_address.hpp"
#include "core/uv/write_queue.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace alluvium::uv {

namespace {

struct ClientBlock {
  uv_tcp_t handle;
  void* connection = nullptr;  ///< Null once that is gone.
};

}  // namespace

struct TcpServer::State {
  struct ListenBlock {
    uv_tcp_t handle;
    State* state = nullptr;
  };

  State(Loop& on_loop, Accept accept_client) : loop(on_loop), accept(std::move(accept_client)) {}

  void open(net::Endpoint listen);
  void take();
  [[nodiscard]] bool make_room();
  void look();
  void drop(const Connection* connection);

  Loop& loop;
  Accept accept;
  HandleOwner<ListenBlock> socket;
  net::Endpoint endpoint;
  std::unique_ptr<Timer> timer;
  std::vector<std::unique_ptr<Connection>> connections;  ///< In the order in which they came.
  std::array<char, 16 * 1024> buffer{};
};

/// A client's socket. Owned by State, which `close` has it dropped from: the last thing that is
/// done in any function.
struct TcpServer::Connection final : private WriteQueue::Observer {
  Connection(State& owner, HandleOwner<ClientBlock> tcp)
      : state(owner), socket(std::move(tcp)), writes(stream(), *this) {
    socket->connection = this;
  }
  ~Connection() {
    if (socket) socket->connection = nullptr;
  }

  [[nodiscard]] uv_stream_t* stream() const {
    return reinterpret_cast<uv_stream_t*>(&socket->handle);
  }
  void close() { state.drop(this); }
  void on_written(int status) override {
    if (status < 0 || writes.flush() < 0) close();
  }

  /// Reads, or does not, as the client wants it.
  void follow_client();
  void on_read(std::ptrdiff_t length, const char* bytes);
  /// Once in a while.
  void look();

  State& state;
  HandleOwner<ClientBlock> socket;
  WriteQueue writes;
  std::unique_ptr<Client> client;  ///< Null once it has been told everything.
  bool is_reading = false;
  std::optional<Instant> lingers_until;  ///< From then on.
};

void TcpServer::Connection::follow_client() {
  const bool wants = !client || client->takes_bytes();
  if (wants == is_reading) return;
  is_reading = wants;
  if (!wants) {
    uv_read_stop(stream());
    return;
  }
  uv_read_start(
      stream(),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* to) {
        auto* self = static_cast<Connection*>(reinterpret_cast<ClientBlock*>(handle)->connection);
        *to = self ? uv_buf_init(self->state.buffer.data(),
                                 static_cast<unsigned int>(self->state.buffer.size()))
                   : uv_buf_init(nullptr, 0);
      },
      [](uv_stream_t* from, ssize_t length, const uv_buf_t* bytes) {
        auto* self = static_cast<Connection*>(reinterpret_cast<ClientBlock*>(from)->connection);
        if (self && length != 0) self->on_read(length, bytes->base);
      });
}

void TcpServer::Connection::on_read(std::ptrdiff_t length, const char* bytes) {
  if (length < 0) return close();
  if (!client) return;
  const auto answer = client->on_bytes(as_bytes({bytes, static_cast<std::size_t>(length)}));
  writes.push(Slice(answer.bytes));
  if (writes.flush() < 0) return close();
  if (answer.closes) {
    client.reset();
    lingers_until = state.loop.now() + linger;
  }
  follow_client();
}

void TcpServer::Connection::look() {
  if (lingers_until ? state.loop.now() >= *lingers_until : client->is_overdue()) return close();
  follow_client();
}

void TcpServer::State::open(net::Endpoint listen) {
  const std::string what = "cannot listen on " + listen.text();
  auto block = std::make_unique<ListenBlock>();
  block->state = this;
  require(uv_tcp_init(loop.handle(), &block->handle), what);
  socket.reset(block.release());
  const auto address = to_socket_address(listen);
  int result = uv_tcp_bind(&socket->handle, reinterpret_cast<const sockaddr*>(&address), 0);
  if (result == 0) {
    result = uv_listen(reinterpret_cast<uv_stream_t*>(&socket->handle), most_connections,
                       [](uv_stream_t* stream, int status) {
                         auto* state = reinterpret_cast<ListenBlock*>(stream)->state;
                         if (status == 0 && state) state->take();
                       });
  }
  if (result == UV_EADDRINUSE) {
    throw std::runtime_error(what + ": it is in use by another program");
  }
  require(result, what);
  sockaddr_storage bound{};
  int length = sizeof bound;
  require(uv_tcp_getsockname(&socket->handle, reinterpret_cast<sockaddr*>(&bound), &length), what);
  endpoint = to_endpoint(bound);
  timer = loop.make_timer([this] { look(); });
}

void TcpServer::State::take() {
  auto block = std::make_unique<ClientBlock>();
  uv_tcp_init(loop.handle(), &block->handle);
  HandleOwner<ClientBlock> tcp(block.release());
  auto* stream = reinterpret_cast<uv_stream_t*>(&tcp->handle);
  if (uv_accept(reinterpret_cast<uv_stream_t*>(&socket->handle), stream) < 0) return;
  sockaddr_storage remote{};
  int length = sizeof remote;
  if (uv_tcp_getpeername(&tcp->handle, reinterpret_cast<sockaddr*>(&remote), &length) < 0) return;
  if (!make_room()) return;
  if (connections.empty()) timer->arm(look_interval);
  connections.push_back(std::make_unique<Connection>(*this, std::move(tcp)));
  connections.back()->client = accept(to_endpoint(remote));
  connections.back()->follow_client();
}

bool TcpServer::State::make_room() {
  if (connections.size() < most_connections) return true;
  const auto oldest = std::find_if(connections.begin(), connections.end(), [](const auto& each) {
    return !each->client || each->client->gives_way();
  });
  if (oldest == connections.end()) return false;
  (*oldest)->close();
  return true;
}

void TcpServer::State::look() {
  // Backwards: one that closes is taken out.
  for (auto i = connections.size(); i-- > 0;) connections[i]->look();
  if (!connections.empty()) timer->arm(look_interval);
}

void TcpServer::State::drop(const Connection* connection) {
  const auto found = std::find_if(connections.begin(), connections.end(),
                                  [&](const auto& each) { return each.get() == connection; });
  // Out of the list first: its client's end may lead to questions about the others.
  const auto dropped = std::move(*found);
  connections.erase(found);
}

TcpServer::TcpServer(Loop& loop, net::Endpoint listen, Accept accept)
    : state_(std::make_unique<State>(loop, std::move(accept))) {
  state_->open(listen);
}

TcpServer::~TcpServer() {
  state_->socket->state = nullptr;
}

net::Endpoint TcpServer::endpoint() const {
  return state_->endpoint;
}

}  // namespace alluvium::uv
