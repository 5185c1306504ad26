#include "core/base/text.hpp"
#include "core/http/response_head.hpp"
#include "tests/sim/conversation.hpp"
#include "tests/sim/network.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::sim {

using http::TransferFailure;

namespace {

constexpr Instant never = Instant::max();

}  // namespace

/// The client's end: destroying it ends the conversation.
class Conversation::Ticket final : public http::Transfer {
 public:
  explicit Ticket(Conversation& conversation) : conversation_(&conversation) {
    conversation.ticket_ = this;
  }
  ~Ticket() override {
    if (conversation_) conversation_->leave();
  }
  void let_go() { conversation_ = nullptr; }

 private:
  Conversation* conversation_;
};

Conversation::Conversation(Network& network, Host& client, http::ClientRequest request,
                           http::TransferObserver& observer, bool is_reversed)
    : network_(network),
      client_(client),
      request_(std::move(request)),
      observer_(observer),
      is_reversed_(is_reversed),
      started_(network.agenda().now()),
      last_activity_(started_) {}

Conversation::~Conversation() {
  if (ticket_) ticket_->let_go();
}

void Conversation::at(Instant when, Event event, Appointment& appointment) {
  Actor& self = *this;
  appointment = network_.agenda().at(when, self, event);
}

void Conversation::on_event(std::uint32_t what) {
  switch (static_cast<Event>(what)) {
    case connected:
      return on_connected();
    case request_arrives:
      return on_request();
    case piece_left:
      return on_piece_left();
    case piece_arrives:
      return on_piece_arrives();
    case piece_through:
      return deliver();
    case window_opens:
      is_window_opening_ = false;
      return push();
    case time_limit:
      return on_limit();
    case client_left:
      forget_server();
      return network_.retire(*this);
    case hopeless:
      return finish(std::move(hopeless_));
  }
}

std::unique_ptr<http::Transfer> Conversation::begin_call() {
  auto ticket = std::make_unique<Ticket>(*this);
  connect();
  arm_limit();
  return ticket;
}

void Conversation::connect() {
  server_ = network_.find(request_.url);
  const auto literal = request_.url.literal_address();
  if (!server_ && !literal) {
    return fail_at_once(TransferFailure::name_unknown, "the name is not known", {});
  }
  if (!request_.rules.permits(server_ ? server_->traits().address : *literal)) {
    return fail_at_once(TransferFailure::forbidden, "this address may not be contacted", {});
  }
  // Nobody says that nobody is there; the connection's time limit tells.
  if (!server_ || (server_->traits().is_behind_nat && !is_reversed_)) return;
  latency_ = Network::latency(client_, *server_);
  if (server_->state() == Host::State::dead || !server_->handler_ ||
      server_->port_ != request_.url.port()) {
    return fail_at_once(TransferFailure::refused, "connection refused", 2 * latency_);
  }
  const bool is_there = is_reversed_ || client_.take_connection(*server_);
  at(client_.now() + (is_there ? Duration::zero() : 2 * latency_), connected, setup_);
}

void Conversation::fail_at_once(TransferFailure failure, std::string message, Duration after) {
  hopeless_ = http::TransferError{failure, std::move(message)};
  at(client_.now() + after, hopeless, setup_);
}

void Conversation::on_connected() {
  is_connecting_ = false;
  last_activity_ = client_.now();
  std::uint64_t bytes = 60 + request_.url.target().size() + request_.body.size();
  for (const auto& [name, value] : request_.headers.fields()) {
    bytes += name.size() + value.size() + 4;
  }
  at(client_.uplink.pass(bytes, client_.now()) + latency_, request_arrives, setup_);
}

void Conversation::arm_limit() {
  Instant next = never;
  const auto consider = [&](Duration limit, Instant since) {
    if (limit > Duration::zero()) next = std::min(next, since + limit);
  };
  if (is_connecting_) consider(request_.connect_timeout, started_);
  consider(request_.stall_timeout, last_activity_);
  consider(request_.total_timeout, started_);
  if (next != never) at(next, time_limit, limit_);
}

void Conversation::on_limit() {
  if (!client_.is_up()) return;
  const Instant now = client_.now();
  const auto is_over = [&](Duration limit, Instant since) {
    return limit > Duration::zero() && now >= since + limit;
  };
  if (is_connecting_ && is_over(request_.connect_timeout, started_)) {
    return fail(TransferFailure::timed_out, "no connection in time");
  }
  if (is_over(request_.stall_timeout, last_activity_)) {
    return fail(TransferFailure::timed_out, "nothing arrived for too long");
  }
  if (is_over(request_.total_timeout, started_)) {
    return fail(TransferFailure::timed_out, "it took too long");
  }
  arm_limit();
}

void Conversation::on_piece_arrives() {
  Piece& piece = in_flight_[waiting_for_downlink_++];
  // It has been passing for as long as it took.
  const Instant through =
      client_.downlink.pass(piece.bytes, client_.now() - client_.downlink.time_for(piece.bytes));
  if (through <= client_.now() && waiting_for_downlink_ == 1) return deliver();
  at(through, piece_through, piece.arrival);
}

void Conversation::deliver() {
  // Whoever stands still neither reads nor acknowledges.
  if (!client_.is_up()) return;
  const Piece piece = std::move(in_flight_.front());
  in_flight_.pop_front();
  --waiting_for_downlink_;
  unacknowledged_ -= piece.bytes;
  last_activity_ = client_.now();
  if (waits_for_window_ && is_served_ && !std::exchange(is_window_opening_, true)) {
    at(client_.now() + latency_, window_opens, server_event_);
  }
  if (piece.has_head) deliver_head();
  if (ticket_ && !piece.body.empty()) deliver_body(piece.body);
  if (!ticket_) return;
  const bool is_short = piece.is_end && announced_ && body_bytes_ < *announced_;
  if (piece.is_reset || is_short) {
    return fail(has_head_ ? TransferFailure::broken : TransferFailure::refused,
                is_short ? "ended early" : "connection reset");
  }
  if (!piece.is_end) return;
  if (is_kept_ && !is_reversed_) client_.keep_connection(*server_);
  finish(std::nullopt);
}

void Conversation::deliver_head() {
  has_head_ = true;
  if (request_.max_redirects > 0 && head_.status / 100 == 3 && head_.headers.has("Location")) {
    return fail(TransferFailure::broken, "the simulation knows no redirects");
  }
  if (request_.method != "HEAD" && !http::is_bodiless(head_.status)) {
    const auto length = head_.headers.find("Content-Length");
    if (length) announced_ = parse_uint(*length);
  }
  const bool goes_on = observer_.on_head(head_);
  if (ticket_ && !goes_on) fail(TransferFailure::unwanted, "the answer is not wanted");
}

void Conversation::deliver_body(const Slice& body) {
  body_bytes_ += body.size();
  if (request_.headers.has("Range")) client_.part_bytes_received += body.size();
  if (body_bytes_ > request_.max_body_bytes) {
    return fail(TransferFailure::too_large, "the answer is too long");
  }
  const bool goes_on = observer_.on_body(body.view());
  if (ticket_ && !goes_on) fail(TransferFailure::unwanted, "the answer is not wanted");
}

void Conversation::fail(TransferFailure failure, std::string message) {
  finish(http::TransferError{failure, std::move(message)});
}

void Conversation::finish(std::optional<http::TransferError> error) {
  network_.trace().note({static_cast<std::uint64_t>(client_.now().time_since_epoch().count()),
                         client_.number(), server_ ? server_->number() : UINT32_MAX,
                         static_cast<std::uint64_t>(head_.status), body_bytes_,
                         error ? 1 + static_cast<std::uint64_t>(error->failure) : 0});
  ticket_->let_go();
  leave();
  observer_.on_finished(std::move(error));
}

void Conversation::leave() {
  ticket_ = nullptr;
  cancel_client_events();
  if (is_served_) return at(client_.now() + latency_, client_left, server_event_);
  forget_server();
  network_.retire(*this);
}

void Conversation::cancel_client_events() {
  Agenda& agenda = network_.agenda();
  for (Piece& piece : in_flight_) agenda.cancel(piece.arrival);
  in_flight_.clear();
  waiting_for_downlink_ = 0;
  agenda.cancel(setup_);
  agenda.cancel(limit_);
  agenda.cancel(server_event_);
}

}  // namespace alluvium::sim
