#include "core/uv/reverse_dialer.hpp"

#include "core/http/response_parser.hpp"
#include "core/reverse/handshake.hpp"
#include "core/uv/dial.hpp"
#include "core/uv/http_listener.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace alluvium::uv {

namespace {

constexpr std::uint16_t lowest_port = 1024;
/// A router forgets a connection on which nothing moves, some after five minutes.
constexpr unsigned keep_alive_seconds = 60;

/// Dials once, or as often and as late as is agreed upon for a meeting.
class Dialing {
 public:
  struct Plan {
    net::Endpoint to;
    Dial::From from;
    bool may_call = false;
    std::optional<Duration> meet_in;
  };
  /// `on_done` is called once, from the loop; null: it was all in vain.
  Dialing(Loop& loop, Plan plan, Dial::OnDone on_done)
      : loop_(loop),
        plan_(std::move(plan)),
        tries_left_(plan_.meet_in ? reverse::Dialer::meeting_tries : 1),
        on_done_(std::move(on_done)),
        timer_(loop.make_timer([this] { try_once(); })) {
    timer_->arm(std::max(plan_.meet_in.value_or(Duration::zero()), Duration::zero()));
  }

 private:
  void try_once() {
    if (!plan_.may_call || tries_left_ == 0) return finish({});
    --tries_left_;
    const Instant begun = loop_.now();
    const Duration patience =
        plan_.meet_in ? reverse::Dialer::meeting_try_lasts : ReverseDialer::patience;
    dial_.emplace(
        loop_, plan_.to, plan_.from, patience, [this, begun](HandleOwner<SocketBlock> socket) {
          if (socket) return finish(std::move(socket));
          // The next one begins when it was agreed, also if this one was refused at once.
          const Duration rest = tries_left_ > 0
                                    ? begun + reverse::Dialer::meeting_try_lasts - loop_.now()
                                    : Duration::zero();
          timer_->arm(std::max(rest, Duration::zero()));
        });
  }
  void finish(HandleOwner<SocketBlock> socket) {
    const auto on_done = std::move(on_done_);
    on_done(std::move(socket));
  }

  Loop& loop_;
  Plan plan_;
  unsigned tries_left_;
  Dial::OnDone on_done_;
  std::optional<Dial> dial_;
  std::unique_ptr<Timer> timer_;
};

}  // namespace

/// Says what is offered over a new connection, and reads the answer.
class ReverseDialer::Greeting {
 public:
  /// Called once: the bytes that came behind the answer if the offer is taken, else nothing.
  using OnAnswer = std::function<void(std::optional<Bytes>)>;

  Greeting(Loop& loop, HandleOwner<SocketBlock> socket, const std::string& text, OnAnswer on_answer)
      : socket_(std::move(socket)),
        answer_(http::RequestLimits{}, "GET"),
        on_answer_(std::move(on_answer)),
        limit_(loop.make_timer([this] { finish({}); })) {
    uv_handle_set_data(reinterpret_cast<uv_handle_t*>(stream()), this);
    limit_->arm(begin(text) ? patience : Duration::zero());
  }
  ~Greeting() {
    if (socket_) uv_handle_set_data(reinterpret_cast<uv_handle_t*>(stream()), nullptr);
  }
  Greeting(const Greeting&) = delete;
  Greeting& operator=(const Greeting&) = delete;

  [[nodiscard]] HandleOwner<SocketBlock> take_socket() {
    uv_read_stop(stream());
    uv_handle_set_data(reinterpret_cast<uv_handle_t*>(stream()), nullptr);
    return std::move(socket_);
  }

 private:
  [[nodiscard]] uv_stream_t* stream() { return reinterpret_cast<uv_stream_t*>(&socket_->handle); }
  [[nodiscard]] static Greeting& of(uv_stream_t* stream) {
    return *static_cast<Greeting*>(uv_handle_get_data(reinterpret_cast<uv_handle_t*>(stream)));
  }

  bool begin(std::string text) {
    const uv_buf_t buffer = uv_buf_init(text.data(), static_cast<unsigned>(text.size()));
    // A new connection has room for so little, or is none.
    if (uv_try_write(stream(), &buffer, 1) != static_cast<int>(text.size())) return false;
    const auto provide = [](uv_handle_t* handle, std::size_t, uv_buf_t* into) {
      auto& memory = of(reinterpret_cast<uv_stream_t*>(handle)).memory_;
      *into = uv_buf_init(memory.data(), static_cast<unsigned>(memory.size()));
    };
    const auto on_read = [](uv_stream_t* at, ssize_t length, const uv_buf_t*) {
      of(at).on_read(length);
    };
    return uv_read_start(stream(), provide, on_read) == 0;
  }
  void on_read(ssize_t length) {
    if (length == 0) return;
    if (length < 0) return finish({});
    const ByteView bytes =
        as_bytes(std::string_view(memory_.data(), static_cast<std::size_t>(length)));
    const auto progress = answer_.feed(bytes);
    if (progress.outcome == http::ResponseParser::Outcome::need_more) return;
    const bool is_taken = progress.outcome == http::ResponseParser::Outcome::complete &&
                          reverse::is_taken(answer_.take_head().head);
    finish(is_taken ? std::optional(to_bytes(bytes.subspan(progress.consumed))) : std::nullopt);
  }
  void finish(std::optional<Bytes> rest) {
    limit_->disarm();
    uv_read_stop(stream());
    const auto on_answer = std::move(on_answer_);
    on_answer(std::move(rest));
  }

  HandleOwner<SocketBlock> socket_;
  http::ResponseParser answer_;
  OnAnswer on_answer_;
  std::unique_ptr<Timer> limit_;
  std::array<char, 2'048> memory_{};
};

/// One offer: connects, asks, and once it is taken belongs to the server, until it ends.
class ReverseDialer::Call final : public reverse::Offer {
 public:
  Call(ReverseDialer& dialer, Dialing::Plan plan, const std::string& token, Events events)
      : loop_(dialer.loop_),
        server_(dialer.server_),
        events_(std::move(events)),
        text_(reverse::offer_text(plan.to, token)),
        news_(loop_.make_timer([this] { tell(); })),
        dialing_(std::in_place, loop_, std::move(plan),
                 [this](HandleOwner<SocketBlock> socket) { on_dialled(std::move(socket)); }) {}
  ~Call() override {
    if (connection_ == nullptr) return;
    connection_->on_close(nullptr);
    connection_->close();
  }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

 private:
  void on_dialled(HandleOwner<SocketBlock> socket) {
    if (!socket) return end();
    greeting_.emplace(loop_, std::move(socket), text_,
                      [this](std::optional<Bytes> rest) { on_answer(std::move(rest)); });
  }
  void on_answer(std::optional<Bytes> rest) {
    if (!rest) return end();
    HandleOwner<SocketBlock> socket = greeting_->take_socket();
    uv_tcp_keepalive(&socket->handle, 1, keep_alive_seconds);
    connection_ = server_.listener_->adopt(std::move(socket));
    if (connection_ == nullptr) return end();
    is_taken_ = true;
    news_->arm(Duration::zero());
    connection_->on_close([this] {
      connection_ = nullptr;
      end();
    });
    // It may even be closed in there.
    connection_->take_early(*rest);
  }
  /// Told when the loop turns: we may be in the middle of a close.
  void end() {
    is_over_ = true;
    news_->arm(Duration::zero());
  }
  void tell() {
    if (is_taken_ && !was_told_) {
      was_told_ = true;
      if (is_over_) news_->arm(Duration::zero());
      return events_.on_taken();
    }
    const auto on_ended = std::move(events_.on_ended);
    on_ended();
  }

  Loop& loop_;
  HttpServer& server_;
  Events events_;
  std::string text_;
  std::unique_ptr<Timer> news_;
  std::optional<Dialing> dialing_;
  std::optional<Greeting> greeting_;
  HttpConnection* connection_ = nullptr;  ///< While the server has it.
  bool is_taken_ = false;
  bool was_told_ = false;
  bool is_over_ = false;
};

/// The other side of a meeting: what comes of it is for the server, as if it had been dialled.
class ReverseDialer::Expectation final : public reverse::Offer {
 public:
  Expectation(ReverseDialer& dialer, Dialing::Plan plan, std::function<void()> on_over)
      : dialing_(dialer.loop_, std::move(plan),
                 [&server = dialer.server_,
                  on_over = std::move(on_over)](HandleOwner<SocketBlock> socket) {
                   if (socket) (void)server.listener_->adopt(std::move(socket));
                   on_over();
                 }) {}

 private:
  Dialing dialing_;
};

ReverseDialer::ReverseDialer(Loop& loop, HttpServer& server, std::optional<net::IpAddress> local,
                             std::function<net::AddressRules()> rules)
    : loop_(loop), server_(server), local_(local), rules_(std::move(rules)) {}

bool ReverseDialer::may_call(const net::Endpoint& to) const {
  return to.port >= lowest_port && rules_().permits(to.address);
}

std::unique_ptr<reverse::Offer> ReverseDialer::offer(const net::Endpoint& to,
                                                     const std::string& token,
                                                     std::optional<Duration> meet_in,
                                                     Events events) {
  auto* const port_of = meet_in ? server_.listener_.get() : nullptr;
  return std::make_unique<Call>(*this, Dialing::Plan{to, {local_, port_of}, may_call(to), meet_in},
                                token, std::move(events));
}

std::unique_ptr<reverse::Offer> ReverseDialer::expect(const net::Endpoint& from, Duration meet_in,
                                                      std::function<void()> on_over) {
  return std::make_unique<Expectation>(
      *this, Dialing::Plan{from, {local_, server_.listener_.get()}, may_call(from), meet_in},
      std::move(on_over));
}

}  // namespace alluvium::uv
