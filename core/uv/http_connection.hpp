#pragma once

#include "core/http/handler.hpp"
#include "core/http/request_parser.hpp"
#include "core/http/server_traffic.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "core/uv/handle.hpp"
#include "core/uv/http_answer.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/secured_stream.hpp"
#include "core/uv/write_queue.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

namespace alluvium::uv {

class HttpConnection;

/// A connection's socket, with the way back to the connection.
struct SocketBlock {
  uv_tcp_t handle;
  HttpConnection* connection = nullptr;  ///< Null once that has closed.
};

/// What a connection asks of the server it belongs to.
class HttpConnectionOwner {
 public:
  virtual ~HttpConnectionOwner() = default;
  [[nodiscard]] virtual http::Handler& handler() = 0;
  [[nodiscard]] virtual const HttpServerLimits& limits() const = 0;
  [[nodiscard]] virtual Instant now() const = 0;
  /// For the `Date` field.
  [[nodiscard]] virtual std::string_view date() const = 0;
  /// Memory for one read, valid until the next; no more than may wait during an answer.
  [[nodiscard]] virtual std::span<char> read_buffer() = 0;
  /// What the bytes of that request, and of its answer, are counted for.
  [[nodiscard]] virtual std::size_t class_of(const http::Request& request) const = 0;
  /// To count in.
  [[nodiscard]] virtual http::ServerTraffic& figures() = 0;
  /// Wants `on_turn` called when the loop turns.
  virtual void on_woken(HttpConnection& connection) = 0;
  /// Has closed, and will not be woken again; to be destroyed when the loop turns, not before.
  virtual void on_closed(HttpConnection& connection) = 0;
};

/// One client's TCP connection: reads requests, lets the handler answer them in order, writes.
/// Handlers and exchanges are called from here, but nothing they call back reaches the socket
/// directly: it only leaves bytes and a wake-up, and `advance` does the rest from the loop. So
/// whatever they do is legal, also destroying the server. There may be thousands with an endless
/// answer each, so what only a request needs exists only while one is read. Owned by the server.
class HttpConnection final : private AnswerSink, private WriteQueue::Observer {
 public:
  /// Without `secure` it speaks plain HTTP.
  HttpConnection(HttpConnectionOwner& owner, HandleOwner<SocketBlock> socket, net::Endpoint remote,
                 net::Endpoint local, std::unique_ptr<SecureChannel> secure);
  ~HttpConnection() override;

  /// It was opened from here, for whoever is at its other end to ask on: it may be idle for as long
  /// as it likes. `on_closed` is called once, inside the close; null: nobody is to hear of it.
  void on_close(std::function<void()> on_closed) { on_closed_ = std::move(on_closed); }
  /// These have come already.
  void take_early(ByteView bytes);

  /// The loop has turned since `HttpConnectionOwner::on_woken`.
  void on_turn();
  /// Closes if a time limit has passed.
  void check_timeouts(Instant now);
  /// For so long nobody here read or wrote: that time is not the client's.
  void excuse(Duration standstill);
  /// Destroys the exchange and closes the socket; safe to repeat.
  void close();

  [[nodiscard]] const net::Endpoint& remote() const { return remote_; }
  /// Adds the bytes that are not in the owner's figures yet.
  void add_to(http::ServerTraffic& traffic) const;
  /// Waits for its client, and so may give way to another.
  [[nodiscard]] bool is_waiting() const {
    return (state_ == State::reading && !on_closed_) || state_ == State::lingering;
  }
  [[nodiscard]] Instant waiting_since() const { return waiting_since_; }

  /// Where the owner keeps it, for the owner.
  [[nodiscard]] std::size_t place() const { return place_; }
  void set_place(std::size_t place) { place_ = place; }

 private:
  enum class State {
    reading,    ///< A request, or nothing yet.
    answering,  ///< Further input waits.
    lingering,  ///< All is said; discards input until the client closes too.
    closed,
  };

  void push(Slice bytes) override;
  void wake() override;
  [[nodiscard]] std::size_t queued_bytes() const override;
  [[nodiscard]] std::string_view date() const override { return owner_.date(); }
  void on_written(int status) override;

  /// Does what can be done: writes, ends answers, begins with requests that are waiting.
  void advance();
  [[nodiscard]] int flush();
  void start_reading();
  void stop_reading_if_full();
  void on_read(std::ptrdiff_t length, const char* bytes);
  void on_encrypted(ByteView bytes);
  void on_input(ByteView bytes);
  void on_input_ended();
  void begin_head();
  void parse(ByteView bytes);
  void parse_waiting_input();
  void answer(http::Request request, bool keep_alive);
  void refuse();
  /// Puts the bytes that came and went into the owner's figures.
  void count_bytes();
  bool finish_answer();
  void linger();
  void report_drained();
  void check_progress(Instant now);

  HttpConnectionOwner& owner_;
  HandleOwner<SocketBlock> socket_;
  net::Endpoint remote_;
  net::Endpoint local_;
  std::size_t place_ = 0;
  std::optional<http::RequestParser> parser_;  ///< From a request's first byte to its last.
  std::unique_ptr<SecuredStream> secure_;      ///< Null: plain HTTP.
  WriteQueue writes_;
  State state_ = State::reading;
  std::optional<HttpAnswer> answer_;
  std::unique_ptr<http::Exchange> exchange_;  ///< Destroyed before `answer_`.
  std::function<void()> on_closed_;           ///< Null: nobody here opened it.
  Bytes waiting_input_;
  bool input_ended_ = false;
  bool client_closes_ = false;  ///< It said that it sends nothing more.
  bool head_begun_ = false;     ///< A request has, or the handshake before the first.
  bool reading_stopped_ = false;
  bool woken_ = false;
  bool drain_due_ = false;  ///< Bytes were pushed since the exchange last heard of a drain.
  std::size_t discarded_bytes_ = 0;
  Instant waiting_since_;
  Instant progress_since_;
  std::uint64_t progress_mark_ = 0;  ///< What was sent at `progress_since_`.
  std::size_t class_ = 0;            ///< What bytes are counted for now.
  std::uint64_t received_ = 0;       ///< And how many came that are not counted yet.
  std::uint64_t counted_sent_ = 0;
};

}  // namespace alluvium::uv
