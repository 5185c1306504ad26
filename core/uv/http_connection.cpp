#include "core/uv/http_connection.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::uv {

namespace {

/// Input that may wait while an answer is being made.
constexpr std::size_t waiting_input_limit = 16 * 1024;

/// After the last answer the client's remaining input is read and thrown away, so that closing does
/// not reset the connection before the answer has been read. This is as long, and as much, as we
/// put up with.
constexpr Duration linger_timeout = std::chrono::seconds(2);
constexpr std::size_t linger_limit = 256 * 1024;

constexpr std::uint64_t least_bytes_per_second = 1024;

/// An upgraded connection on which nothing moves is tried so often.
constexpr unsigned keep_alive_seconds = 60;

uv_stream_t* stream_of(SocketBlock& socket) {
  return reinterpret_cast<uv_stream_t*>(&socket.handle);
}

}  // namespace

HttpConnection::HttpConnection(HttpConnectionOwner& owner, HandleOwner<SocketBlock> socket,
                               net::Endpoint remote, net::Endpoint local,
                               std::unique_ptr<SecureChannel> secure)
    : owner_(owner),
      socket_(std::move(socket)),
      remote_(remote),
      local_(local),
      secure_(secure ? std::make_unique<SecuredStream>(std::move(secure)) : nullptr),
      writes_(stream_of(*socket_), *this),
      waiting_since_(owner.now()),
      progress_since_(owner.now()) {
  socket_->connection = this;
  start_reading();
}

HttpConnection::~HttpConnection() {
  close();
}

void HttpConnection::take_early(ByteView bytes) {
  received_ += bytes.size();
  if (!bytes.empty()) on_input(bytes);
}

void HttpConnection::start_reading() {
  reading_stopped_ = false;
  uv_read_start(
      stream_of(*socket_),
      [](uv_handle_t* handle, std::size_t, uv_buf_t* buffer) {
        auto* connection = reinterpret_cast<SocketBlock*>(handle)->connection;
        const auto memory = connection->owner_.read_buffer();
        // While an answer is being made no more may be taken than is allowed to wait.
        const auto limit = connection->state_ == State::answering
                               ? waiting_input_limit - connection->waiting_input_.size()
                               : memory.size();
        *buffer =
            uv_buf_init(memory.data(), static_cast<unsigned int>(std::min(memory.size(), limit)));
      },
      [](uv_stream_t* stream, ssize_t length, const uv_buf_t* buffer) {
        auto* connection = reinterpret_cast<SocketBlock*>(stream)->connection;
        if (connection) connection->on_read(length, buffer->base);
      });
}

void HttpConnection::on_read(std::ptrdiff_t length, const char* bytes) {
  if (length == 0 || state_ == State::closed) return;
  if (length == UV_EOF) return on_input_ended();
  if (length < 0) return close();
  const auto count = static_cast<std::size_t>(length);
  received_ += count;
  // What is thrown away need not be understood.
  if (secure_ && state_ != State::lingering) return on_encrypted(as_bytes({bytes, count}));
  on_input(as_bytes({bytes, count}));
}

void HttpConnection::on_encrypted(ByteView bytes) {
  Bytes plain;
  if (secure_->is_shaking_hands()) begin_head();
  const auto channel = secure_->receive(bytes, plain);
  if (!plain.empty()) on_input(plain);
  if (state_ == State::closed) return;
  if (channel == SecureChannel::State::ended) return on_input_ended();
  if (channel == SecureChannel::State::failed) {
    ++owner_.figures().refusals.malformed;
    if (state_ == State::answering) return close();
    // The client is told why, if it reads on.
    if (flush() < 0) return close();
    return linger();
  }
  advance();
}

void HttpConnection::on_input(ByteView bytes) {
  switch (state_) {
    case State::reading:
      parse(bytes);
      return advance();
    case State::answering:
      if (exchange_ && answer_->is_upgraded()) return exchange_->on_input(bytes);
      waiting_input_.insert(waiting_input_.end(), bytes.begin(), bytes.end());
      return stop_reading_if_full();
    case State::lingering:
      discarded_bytes_ += bytes.size();
      if (discarded_bytes_ > linger_limit) close();
      return;
    case State::closed:
      return;
  }
}

void HttpConnection::stop_reading_if_full() {
  if (waiting_input_.size() < waiting_input_limit) return;
  reading_stopped_ = true;
  uv_read_stop(stream_of(*socket_));
}

void HttpConnection::on_input_ended() {
  // A client that says all it has to say and closes its side still gets an answer that is already
  // made; one still in the making is withdrawn.
  if (state_ != State::answering || !answer_->is_whole()) return close();
  input_ended_ = true;
  advance();
}

void HttpConnection::begin_head() {
  if (head_begun_) return;
  head_begun_ = true;
  waiting_since_ = owner_.now();
}

void HttpConnection::parse(ByteView bytes) {
  if (!parser_) parser_.emplace(owner_.limits().request);
  const auto [outcome, consumed] = parser_->feed(bytes);
  if (parser_->in_request()) begin_head();
  switch (outcome) {
    case http::RequestParser::Outcome::need_more:
      return;
    case http::RequestParser::Outcome::refused:
      return refuse();
    case http::RequestParser::Outcome::complete:
      waiting_input_ = to_bytes(bytes.subspan(consumed));
      http::Request request = parser_->take_request();
      const bool keep_alive = parser_->keep_alive();
      parser_.reset();
      // What one read brings may be more than may wait, if it was encrypted.
      stop_reading_if_full();
      return answer(std::move(request), keep_alive);
  }
}

void HttpConnection::answer(http::Request request, bool keep_alive) {
  state_ = State::answering;
  class_ = owner_.class_of(request);
  head_begun_ = false;
  request.remote = remote_;
  request.local = local_;
  client_closes_ = !keep_alive;
  progress_since_ = owner_.now();
  progress_mark_ = writes_.sent_bytes();
  answer_.emplace(static_cast<AnswerSink&>(*this),
                  HttpAnswer::Terms{request.minor_version, request.method == "HEAD", keep_alive});
  // What is answered at once leaves at once, by the `advance` that follows: it need not wake us.
  const bool was_woken = std::exchange(woken_, true);
  auto exchange = owner_.handler().on_request(request, *answer_);
  // The handler may have brought the server down, and with it this connection.
  if (state_ == State::closed) return;
  if (!exchange && !answer_->is_whole()) answer_->abort();
  woken_ = was_woken;
  exchange_ = std::move(exchange);
  if (!answer_->is_upgraded()) return;
  // Nobody else would notice that the client is gone.
  uv_tcp_keepalive(&socket_->handle, 1, keep_alive_seconds);
  // Who has asked for another protocol must wait until it is spoken.
  if (!waiting_input_.empty()) answer_->abort();
}

void HttpConnection::refuse() {
  state_ = State::answering;
  const int status = parser_->refusal_status();
  const bool is_too_large = status == 413 || status == 414 || status == 431;
  auto& refusals = owner_.figures().refusals;
  ++(is_too_large ? refusals.too_large : refusals.malformed);
  answer_.emplace(static_cast<AnswerSink&>(*this), HttpAnswer::Terms{});
  answer_->send(http::text_response(status, parser_->refusal_reason()));
  parser_.reset();
}

void HttpConnection::push(Slice bytes) {
  if (state_ == State::closed) return;
  if (secure_) {
    secure_->push(std::move(bytes));
  } else {
    writes_.push(std::move(bytes));
  }
  drain_due_ = true;
}

std::size_t HttpConnection::queued_bytes() const {
  if (state_ == State::closed) return 0;
  return writes_.queued_bytes() + (secure_ ? secure_->queued_bytes() : 0);
}

void HttpConnection::wake() {
  if (state_ == State::closed || woken_) return;
  woken_ = true;
  owner_.on_woken(*this);
}

void HttpConnection::on_written(int status) {
  status < 0 ? close() : advance();
}

void HttpConnection::on_turn() {
  woken_ = false;
  advance();
}

void HttpConnection::advance() {
  while (state_ != State::closed) {
    if (answer_ && answer_->is_aborted()) return close();
    if (flush() < 0) return close();
    if (state_ != State::answering || !writes_.empty()) return;
    if (!answer_->is_whole()) return report_drained();
    if (!finish_answer()) return;
    parse_waiting_input();
  }
}

int HttpConnection::flush() {
  return secure_ ? secure_->flush(writes_) : writes_.flush();
}

void HttpConnection::add_to(http::ServerTraffic& traffic) const {
  traffic.by_class[class_].received += received_;
  traffic.by_class[class_].sent += writes_.sent_bytes() - counted_sent_;
}

void HttpConnection::count_bytes() {
  add_to(owner_.figures());
  received_ = 0;
  counted_sent_ = writes_.sent_bytes();
}

bool HttpConnection::finish_answer() {
  const bool again = answer_->keeps_connection() && !input_ended_;
  exchange_.reset();
  if (state_ == State::closed) return false;
  answer_.reset();
  count_bytes();
  class_ = 0;
  drain_due_ = false;
  if (!again) {
    // To wait for the client's end of the connection would cost as much as a short answer does.
    const bool is_all_said = client_closes_ && waiting_input_.empty() && !secure_;
    is_all_said ? close() : linger();
    return false;
  }
  state_ = State::reading;
  waiting_since_ = owner_.now();
  if (reading_stopped_) start_reading();
  return true;
}

void HttpConnection::parse_waiting_input() {
  if (waiting_input_.empty()) return;
  const Bytes input = std::exchange(waiting_input_, {});
  parse(input);
}

void HttpConnection::report_drained() {
  if (!drain_due_ || !exchange_) return;
  drain_due_ = false;
  // What it writes now leaves when the loop turns: a producer that always has more must not keep
  // the others waiting.
  exchange_->on_drained();
}

void HttpConnection::linger() {
  if (input_ended_) return close();
  state_ = State::lingering;
  waiting_since_ = owner_.now();
  waiting_input_ = {};
  if (secure_) {
    secure_->end();
    if (flush() < 0) return close();
  }
  auto shutdown = std::make_unique<uv_shutdown_t>();
  const auto done = [](uv_shutdown_t* request, int) {
    const std::unique_ptr<uv_shutdown_t> freed(request);
  };
  if (uv_shutdown(shutdown.get(), stream_of(*socket_), done) < 0) return close();
  (void)shutdown.release();  // Called back always, also when the socket is closed before.
  if (reading_stopped_) start_reading();
}

void HttpConnection::check_timeouts(Instant now) {
  switch (state_) {
    case State::reading: {
      const auto& limits = owner_.limits();
      const auto limit = head_begun_ ? limits.head_timeout : limits.idle_timeout;
      if (now - waiting_since_ <= limit || (on_closed_ && !head_begun_)) return;
      if (head_begun_) ++owner_.figures().refusals.slow_heads;
      return close();
    }
    case State::answering:
      return check_progress(now);
    case State::lingering:
      if (now - waiting_since_ > linger_timeout) close();
      return;
    case State::closed:
      return;
  }
}

void HttpConnection::excuse(Duration standstill) {
  waiting_since_ += standstill;
  progress_since_ += standstill;
}

void HttpConnection::check_progress(Instant now) {
  const auto limit = owner_.limits().slow_reader_timeout;
  const auto sent = writes_.sent_bytes();
  const bool waiting = !writes_.empty();
  if (waiting && now - progress_since_ < limit) return;
  const auto seconds = std::chrono::duration<double>(limit).count();
  const auto least = static_cast<std::uint64_t>(seconds * least_bytes_per_second);
  if (waiting && sent - progress_mark_ < least) {
    ++owner_.figures().refusals.slow_readers;
    return close();
  }
  progress_since_ = now;
  progress_mark_ = sent;
}

void HttpConnection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  exchange_.reset();
  count_bytes();
  socket_->connection = nullptr;
  owner_.on_closed(*this);
  socket_.reset();
  if (const auto on_closed = std::exchange(on_closed_, nullptr)) on_closed();
}

}  // namespace alluvium::uv
