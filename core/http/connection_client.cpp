#include "core/http/connection_client.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::http {

namespace {

bool is_one_line(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

std::string text_of(const ClientRequest& request) {
  const std::string origin = request.url.origin();
  std::string text = request.method + " " + request.url.target() +
                     " HTTP/1.1\r\nHost: " + origin.substr(origin.find("//") + 2) + "\r\n";
  for (const auto& [name, value] : request.headers.fields()) {
    if (is_one_line(name) && is_one_line(value)) text += name + ": " + value + "\r\n";
  }
  const bool has_body =
      !request.body.empty() || request.method == "POST" || request.method == "PUT";
  if (has_body) text += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  return text + "\r\n" + request.body;
}

}  // namespace

/// One request, from `start` to its end. Owned by who asked.
class ConnectionClient::Call final : public Transfer {
 public:
  Call(ConnectionClient& client, ClientRequest request, TransferObserver& observer)
      : client_(&client),
        request_(std::move(request)),
        observer_(observer),
        started_(client.clock_.now()),
        last_byte_(started_),
        limit_(client.timers_.make_timer([this] { on_limit(); })) {
    arm();
  }
  ~Call() override {
    if (client_) client_->give_up(*this);
  }

  [[nodiscard]] const ClientRequest& request() const { return request_; }

  /// The connection is gone; to be told when the loop turns, as `start` may be on its way.
  void lose_client(TransferFailure failure) {
    client_ = nullptr;
    lost_ = failure;
    limit_->arm(Duration::zero());
  }
  void finish(std::optional<TransferError> error) {
    client_ = nullptr;
    limit_->disarm();
    observer_.on_finished(std::move(error));
  }
  /// False if the transfer is not wanted any more, or is gone.
  [[nodiscard]] bool take_head(const ClientResponse& head, std::uint64_t body_bytes) {
    note_byte();
    if (body_bytes > request_.max_body_bytes) {
      end({TransferFailure::too_large, "the answer is too long"});
      return false;
    }
    const std::weak_ptr<bool> alive = alive_;
    const bool goes_on = observer_.on_head(head);
    if (alive.expired()) return false;
    if (!goes_on) end({TransferFailure::unwanted, "the answer is not wanted"});
    return goes_on;
  }
  [[nodiscard]] bool take_body(ByteView bytes) {
    note_byte();
    const std::weak_ptr<bool> alive = alive_;
    const bool goes_on = observer_.on_body(bytes);
    if (alive.expired()) return false;
    if (!goes_on) end({TransferFailure::unwanted, "the answer is not wanted"});
    return goes_on;
  }

 private:
  void note_byte() {
    last_byte_ = client_->clock_.now();
    arm();
  }
  void end(TransferError error) {
    ConnectionClient* const client = client_;
    client->give_up(*this);
    finish(std::move(error));
  }
  void arm() {
    Instant next = Instant::max();
    if (request_.stall_timeout > Duration::zero()) next = last_byte_ + request_.stall_timeout;
    if (request_.total_timeout > Duration::zero()) {
      next = std::min(next, started_ + request_.total_timeout);
    }
    if (next != Instant::max()) limit_->arm(next - client_->clock_.now());
  }
  void on_limit() {
    if (lost_) return finish(TransferError{*lost_, "the connection is gone"});
    end({TransferFailure::timed_out, "no answer in time"});
  }

  ConnectionClient* client_;
  ClientRequest request_;
  TransferObserver& observer_;
  Instant started_;
  Instant last_byte_;
  std::unique_ptr<Timer> limit_;
  std::optional<TransferFailure> lost_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

ConnectionClient::ConnectionClient(ByteSink& sink, const Clock& clock, Timers& timers,
                                   net::Endpoint remote)
    : sink_(sink),
      clock_(clock),
      timers_(timers),
      remote_(remote),
      unwanted_limit_(timers.make_timer([this] { break_off(); })) {}

ConnectionClient::~ConnectionClient() {
  on_closed();
}

std::unique_ptr<Transfer> ConnectionClient::start(ClientRequest request,
                                                  TransferObserver& observer) {
  auto call = std::make_unique<Call>(*this, std::move(request), observer);
  if (is_closed_) {
    call->lose_client(TransferFailure::refused);
    return call;
  }
  calls_.push_back(call.get());
  send_next();
  return call;
}

void ConnectionClient::send_next() {
  if (is_closed_ || current_ || calls_.empty()) return;
  Call* const call = calls_.front();
  calls_.pop_front();
  current_.emplace(call, std::make_unique<ResponseParser>(RequestLimits{}, call->request().method));
  sink_.write(Slice(text_of(call->request())));
}

void ConnectionClient::on_input(ByteView bytes) {
  const std::weak_ptr<ConnectionClient*> self = self_;
  while (!bytes.empty() && !is_closed_) {
    // Nobody has asked for anything.
    if (!current_) return break_off();
    const bool goes_on = current_->has_head ? read_body(bytes) : read_head(bytes);
    if (!goes_on || self.expired()) return;
  }
}

bool ConnectionClient::read_head(ByteView& bytes) {
  const auto progress = current_->parser->feed(bytes);
  bytes = bytes.subspan(progress.consumed);
  if (progress.outcome == ResponseParser::Outcome::need_more) return true;
  if (progress.outcome == ResponseParser::Outcome::refused) {
    Call* const call = std::exchange(current_->call, nullptr);
    const std::string why(current_->parser->refusal_reason());
    const std::weak_ptr<ConnectionClient*> self = self_;
    if (call) call->finish(TransferError{TransferFailure::broken, why});
    if (!self.expired()) break_off();
    return false;
  }
  AnswerHead answer = current_->parser->take_head();
  current_->has_head = true;
  current_->keep_alive = answer.keep_alive;
  current_->missing_bytes = answer.body_bytes;
  const std::weak_ptr<ConnectionClient*> self = self_;
  if (current_->call) {
    ClientResponse head{answer.head.status, std::move(answer.head.headers),
                        current_->call->request().url, remote_};
    if (!current_->call->take_head(head, answer.body_bytes) && self.expired()) return false;
  }
  if (is_closed_) return false;
  if (!current_->call) leave_unwanted();
  if (is_closed_) return false;
  return current_->missing_bytes > 0 || finish_reading();
}

bool ConnectionClient::read_body(ByteView& bytes) {
  const ByteView part = bytes.first(
      static_cast<std::size_t>(std::min<std::uint64_t>(bytes.size(), current_->missing_bytes)));
  bytes = bytes.subspan(part.size());
  current_->missing_bytes -= part.size();
  const std::weak_ptr<ConnectionClient*> self = self_;
  if (current_->call) {
    if (!current_->call->take_body(part) && self.expired()) return false;
    if (is_closed_) return false;
  }
  return current_->missing_bytes > 0 || finish_reading();
}

bool ConnectionClient::finish_reading() {
  const bool keep_alive = current_->keep_alive;
  Call* const call = current_->call;
  current_.reset();
  unwanted_limit_->disarm();
  const std::weak_ptr<ConnectionClient*> self = self_;
  if (call) call->finish(std::nullopt);
  if (self.expired()) return false;
  if (!keep_alive) {
    break_off();
    return false;
  }
  send_next();
  return true;
}

void ConnectionClient::give_up(Call& call) {
  const auto waiting = std::find(calls_.begin(), calls_.end(), &call);
  if (waiting != calls_.end()) {
    calls_.erase(waiting);
    return;
  }
  if (!current_ || current_->call != &call) return;
  current_->call = nullptr;
  unwanted_limit_->arm(longest_unwanted);
  leave_unwanted();
}

void ConnectionClient::leave_unwanted() {
  if (current_->missing_bytes > most_unwanted_bytes) break_off();
}

void ConnectionClient::break_off() {
  sink_.close();
  on_closed();
}

void ConnectionClient::on_closed() {
  if (std::exchange(is_closed_, true)) return;
  unwanted_limit_->disarm();
  // Told when the loop turns: whoever hears of it may destroy anything.
  if (current_ && current_->call) {
    current_->call->lose_client(current_->has_head ? TransferFailure::broken
                                                   : TransferFailure::refused);
  }
  current_.reset();
  for (Call* const call : std::exchange(calls_, {})) call->lose_client(TransferFailure::refused);
}

}  // namespace alluvium::http
