#include "core/uv/reverse_dialer.hpp"

#include "core/http/response_parser.hpp"
#include "core/reverse/handshake.hpp"
#include "core/uv/http_listener.hpp"
#include "core/uv/socket_address.hpp"

#include <array>
#include <utility>

namespace alluvium::uv {

namespace {

constexpr std::uint16_t lowest_port = 1024;
/// A router forgets a connection on which nothing moves, some after five minutes.
constexpr unsigned keep_alive_seconds = 60;

}  // namespace

/// One offer: connects, asks, and once it is taken belongs to the server, until it ends.
class ReverseDialer::Call final : public reverse::Offer {
 public:
  Call(ReverseDialer& dialer, const net::Endpoint& to, const std::string& token, Events events)
      : server_(dialer.server_),
        events_(std::move(events)),
        text_(reverse::offer_text(to, token)),
        answer_(http::RequestLimits{}, "GET"),
        timer_(dialer.loop_.make_timer([this] { on_timer(); })) {
    const bool may_call = to.port >= lowest_port && dialer.rules_().permits(to.address);
    if (may_call && connect(dialer.loop_, to, dialer.local_)) {
      timer_->arm(patience);
    } else {
      end();
    }
  }
  ~Call() override {
    if (socket_) uv_handle_set_data(handle(), nullptr);
    if (connection_) {
      connection_->on_close(nullptr);
      connection_->close();
    }
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  /// Lives until libuv has called back, which may be after the call is gone.
  struct Connecting {
    uv_connect_t request;
  };

  [[nodiscard]] uv_handle_t* handle() { return reinterpret_cast<uv_handle_t*>(&socket_->handle); }
  [[nodiscard]] uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&socket_->handle); }
  [[nodiscard]] static Call* of(uv_stream_t* stream) {
    return static_cast<Call*>(uv_handle_get_data(reinterpret_cast<uv_handle_t*>(stream)));
  }

  bool connect(Loop& loop, const net::Endpoint& to, const std::optional<net::IpAddress>& local) {
    auto block = std::make_unique<SocketBlock>();
    if (uv_tcp_init(loop.handle(), &block->handle) < 0) return false;
    socket_.reset(block.release());
    uv_handle_set_data(handle(), this);
    if (local && local->is_v4() == to.address.is_v4()) {
      const auto from = to_socket_address({*local, 0});
      if (uv_tcp_bind(&socket_->handle, reinterpret_cast<const sockaddr*>(&from), 0) < 0) {
        return false;
      }
    }
    auto connecting = std::make_unique<Connecting>();
    const auto address = to_socket_address(to);
    const auto on_connected = [](uv_connect_t* request, int status) {
      const std::unique_ptr<Connecting> freed(reinterpret_cast<Connecting*>(request));
      Call* const call = status == UV_ECANCELED ? nullptr : of(request->handle);
      if (call) call->on_connected(status);
    };
    if (uv_tcp_connect(&connecting->request, &socket_->handle,
                       reinterpret_cast<const sockaddr*>(&address), on_connected) < 0) {
      return false;
    }
    (void)connecting.release();
    return true;
  }

  void on_connected(int status) {
    if (status < 0) return end();
    uv_buf_t buffer = uv_buf_init(text_.data(), static_cast<unsigned>(text_.size()));
    // A new connection has room for so little, or is none.
    if (uv_try_write(stream(), &buffer, 1) != static_cast<int>(text_.size())) return end();
    const auto provide = [](uv_handle_t* at, std::size_t, uv_buf_t* into) {
      auto& memory = of(reinterpret_cast<uv_stream_t*>(at))->memory_;
      *into = uv_buf_init(memory.data(), static_cast<unsigned>(memory.size()));
    };
    const auto on_read = [](uv_stream_t* at, ssize_t length, const uv_buf_t*) {
      of(at)->on_read(length);
    };
    if (uv_read_start(stream(), provide, on_read) < 0) end();
  }

  void on_read(ssize_t length) {
    if (length == 0) return;
    if (length < 0) return end();
    const ByteView bytes =
        as_bytes(std::string_view(memory_.data(), static_cast<std::size_t>(length)));
    const auto progress = answer_.feed(bytes);
    if (progress.outcome == http::ResponseParser::Outcome::need_more) return;
    const bool is_taken = progress.outcome == http::ResponseParser::Outcome::complete &&
                          reverse::is_taken(answer_.take_head().head);
    if (!is_taken) return end();
    uv_read_stop(stream());
    uv_handle_set_data(handle(), nullptr);
    uv_tcp_keepalive(&socket_->handle, 1, keep_alive_seconds);
    connection_ = server_.listener_->adopt(std::move(socket_));
    if (!connection_) return end();
    timer_->arm(Duration::zero());
    is_taken_ = true;
    // It may even be closed in there.
    connection_->on_close([this] {
      connection_ = nullptr;
      end();
    });
    connection_->take_early(bytes.subspan(progress.consumed));
  }

  /// The rest follows when the loop turns: we may be in the constructor, or in a close.
  void end() {
    is_over_ = true;
    if (socket_) {
      uv_handle_set_data(handle(), nullptr);
      socket_.reset();
    }
    timer_->arm(Duration::zero());
  }

  void on_timer() {
    if (is_taken_ && !was_told_) {
      was_told_ = true;
      if (is_over_) timer_->arm(Duration::zero());
      return events_.on_taken();
    }
    // Its time is over, or it is.
    if (!is_over_) end();
    timer_->disarm();
    const auto on_ended = std::move(events_.on_ended);
    on_ended();
  }

  HttpServer& server_;
  Events events_;
  std::string text_;
  http::ResponseParser answer_;
  std::unique_ptr<Timer> timer_;
  HandleOwner<SocketBlock> socket_;       ///< Until the server has it.
  HttpConnection* connection_ = nullptr;  ///< From then on, until it closes.
  bool is_taken_ = false;
  bool was_told_ = false;
  bool is_over_ = false;
  std::array<char, 2'048> memory_{};
};

ReverseDialer::ReverseDialer(Loop& loop, HttpServer& server, std::optional<net::IpAddress> local,
                             std::function<net::AddressRules()> rules)
    : loop_(loop), server_(server), local_(local), rules_(std::move(rules)) {}

std::unique_ptr<reverse::Offer> ReverseDialer::offer(const net::Endpoint& to,
                                                     const std::string& token, Events events) {
  return std::make_unique<Call>(*this, to, token, std::move(events));
}

}  // namespace alluvium::uv
