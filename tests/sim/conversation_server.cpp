#include "core/http/response_head.hpp"
#include "tests/sim/conversation.hpp"
#include "tests/sim/network.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::sim {

namespace {

/// As much as a socket takes before the reader must have said that it got something.
constexpr std::uint64_t window_bytes = 256 * 1024;

}  // namespace

void Conversation::on_request() {
  if (server_->state() == Host::State::frozen) return;
  is_served_ = true;
  served_place_ = server_->served_.size();
  server_->served_.push_back(this);
  if (server_->state() == Host::State::dead) return on_server_dead();
  http::Request request;
  request.method = request_.method;
  request.target = request_.url.target();
  request.headers = request_.headers;
  const bool is_usual_port = request_.url.port() == 80;
  request.headers.add("Host", is_usual_port
                                  ? request_.url.host()
                                  : request_.url.host() + ":" + std::to_string(server_->port_));
  request.body = std::move(request_.body);
  request.remote = {client_.traits().address, static_cast<std::uint16_t>(40'000)};
  request.local = {server_->traits().address, server_->port_};
  auto exchange = server_->handler_->on_request(request, *this);
  // What was written at once may be all.
  if (is_served_) exchange_ = std::move(exchange);
}

void Conversation::send(http::Response response) {
  begin(std::move(response.head), response.body.size());
  if (!response.body.empty()) write(std::move(response.body));
}

void Conversation::begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) {
  head_.status = head.status;
  head_.headers = std::move(head.headers);
  head_.url = request_.url;
  head_.remote = {server_->traits().address, server_->port_};
  head_.headers.add("Date", network_.date_at(*server_));
  is_kept_ = content_length.has_value();
  head_.headers.set("Connection", is_kept_ ? "keep-alive" : "close");
  if (content_length) head_.headers.set("Content-Length", std::to_string(*content_length));
  head_bytes_ = 20;
  for (const auto& [name, value] : head_.headers.fields()) {
    head_bytes_ += name.size() + value.size() + 4;
  }
  promised_ = content_length;
  if (request_.method == "HEAD" || http::is_bodiless(head.status)) promised_ = 0;
  is_head_waiting_ = true;
  is_ended_ = promised_ == 0u;
  draw_fault(promised_.value_or(0));
  push();
}

void Conversation::draw_fault(std::uint64_t content_length) {
  const HostTraits& traits = server_->traits();
  if (content_length == 0 || traits.resets_per_mille + traits.stalls_per_mille == 0) return;
  const std::uint64_t draw = server_->random().below(1'000);
  const std::uint64_t where = server_->random().below(content_length);
  if (draw >= traits.resets_per_mille + traits.stalls_per_mille) return;
  cut_after_ = where;
  is_cut_silent_ = draw >= traits.resets_per_mille;
}

void Conversation::write(Slice bytes) {
  if (promised_) {
    bytes =
        bytes.part(0, static_cast<std::size_t>(std::min<std::uint64_t>(*promised_, bytes.size())));
    *promised_ -= bytes.size();
    is_ended_ = *promised_ == 0;
  }
  if (bytes.empty()) return;
  queued_bytes_ += bytes.size();
  queue_.push_back(std::move(bytes));
  push();
}

void Conversation::end() {
  if (is_ended_) return;
  // Less than was promised.
  is_broken_ = promised_.has_value();
  is_ended_ = true;
  push();
}

void Conversation::abort() {
  queue_.clear();
  queued_bytes_ = leaving_ ? leaving_->body.size() : 0;
  is_broken_ = true;
  push();
}

Conversation::Piece Conversation::next_piece() {
  Piece piece;
  piece.has_head = std::exchange(is_head_waiting_, false);
  if (piece.has_head) piece.bytes = head_bytes_;
  if (!queue_.empty()) {
    Slice& front = queue_.front();
    piece.body = front.part(0, server_->uplink.piece_bytes());
    front = front.part(piece.body.size());
    if (front.empty()) queue_.pop_front();
  }
  if (cut_after_) cut(piece);
  piece.bytes += piece.body.size();
  if (queue_.empty()) {
    piece.is_reset = is_broken_;
    piece.is_end = is_ended_ && !is_broken_;
  }
  return piece;
}

void Conversation::cut(Piece& piece) {
  if (*cut_after_ >= piece.body.size()) {
    *cut_after_ -= piece.body.size();
    return;
  }
  piece.body = piece.body.part(0, static_cast<std::size_t>(*cut_after_));
  queue_.clear();
  queued_bytes_ = piece.body.size();
  is_broken_ = !is_cut_silent_;
  is_silent_ = is_cut_silent_;
  is_ended_ = false;
}

void Conversation::push() {
  const bool has_some = is_head_waiting_ || !queue_.empty() || is_ended_ || is_broken_;
  if (leaving_ || !has_some || is_silent_ || !server_->is_up()) return;
  waits_for_window_ = unacknowledged_ >= window_bytes;
  if (waits_for_window_) return;
  leaving_ = next_piece();
  at(server_->uplink.pass(leaving_->bytes, server_->now()), piece_left, left_);
}

void Conversation::on_piece_left() {
  Piece piece = std::move(*leaving_);
  leaving_.reset();
  queued_bytes_ -= piece.body.size();
  server_->body_bytes_sent += piece.body.size();
  if (server_->traffic) {
    Sent& sent = (*server_->traffic)[request_.method + ' ' + std::string(request_.url.path())];
    sent.answers += piece.has_head ? 1 : 0;
    sent.head_bytes += piece.bytes - piece.body.size();
    sent.body_bytes += piece.body.size();
  }
  const bool is_last = piece.is_end || piece.is_reset;
  if (ticket_) {
    dispatch(std::move(piece));
  } else {
    unacknowledged_ += piece.bytes;
  }
  if (is_last) {
    forget_server();
    // Nobody is left to hear of it.
    if (!ticket_) {
      network_.agenda().cancel(server_event_);
      network_.retire(*this);
    }
    return;
  }
  push();
  if (queued_bytes_ == 0 && !leaving_ && exchange_ && server_->is_up()) exchange_->on_drained();
}

void Conversation::dispatch(Piece piece) {
  unacknowledged_ += piece.bytes;
  at(server_->now() + latency_, piece_arrives, piece.arrival);
  in_flight_.push_back(std::move(piece));
}

void Conversation::on_server_dead() {
  forget_server();
  if (!ticket_) {
    network_.agenda().cancel(server_event_);
    return network_.retire(*this);
  }
  Piece reset;
  reset.is_reset = true;
  dispatch(std::move(reset));
}

void Conversation::forget_server() {
  network_.agenda().cancel(left_);
  leaving_.reset();
  exchange_.reset();
  if (!std::exchange(is_served_, false)) return;
  Conversation* const last = server_->served_.back();
  server_->served_[served_place_] = last;
  last->served_place_ = served_place_;
  server_->served_.pop_back();
}

}  // namespace alluvium::sim
