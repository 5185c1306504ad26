#include "tests/support/fake_transfer.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::test {

using http::TransferFailure;

namespace {

constexpr Duration round_trip = std::chrono::milliseconds(1);
constexpr Duration retry = std::chrono::milliseconds(300);

http::Request as_received(const http::ClientRequest& sent, const http::Url& url,
                          const net::Endpoint& client, const net::Endpoint& server) {
  http::Request request;
  request.method = sent.method;
  request.target = url.target();
  request.headers = sent.headers;
  const bool is_literal_v6 = url.host().find(':') != std::string::npos;
  const std::string host = is_literal_v6 ? "[" + url.host() + "]" : url.host();
  request.headers.add("Host", host + ":" + std::to_string(url.port()));
  request.body = sent.body;
  request.remote = client;
  request.local = server;
  return request;
}

}  // namespace

FakeTransfer::FakeTransfer(FakeNetwork& network, http::ClientRequest request,
                           http::TransferObserver& observer)
    : network_(network),
      request_(std::move(request)),
      observer_(observer),
      url_(request_.url),
      next_(network.time_.make_timer([this] { deliver(); })),
      stall_(network.time_.make_timer(
          [this] { fail(TransferFailure::timed_out, "nothing arrived for too long"); })),
      total_(network.time_.make_timer(
          [this] { fail(TransferFailure::timed_out, "it took too long"); })) {
  ++network_.open_transfers_;
  if (request_.total_timeout > Duration::zero()) total_->arm(request_.total_timeout);
  connect();
}

FakeTransfer::~FakeTransfer() {
  if (!has_ended_) --network_.open_transfers_;
}

void FakeTransfer::connect() {
  const auto refuse = [this](TransferFailure failure, std::string message) {
    push(round_trip, End{http::TransferError{failure, std::move(message)}});
  };
  const net::Endpoint remote{network_.address(url_), url_.port()};
  const auto* server = network_.server(url_);
  if (!request_.rules.permits(remote.address)) {
    return refuse(TransferFailure::forbidden, "this address may not be contacted");
  }
  const bool is_there = server != nullptr && network_.has(request_.family);
  if (!is_there) return refuse(TransferFailure::refused, "connection refused");
  stall_->arm(request_.stall_timeout > Duration::zero() ? request_.stall_timeout
                                                        : std::chrono::hours(24 * 365));
  // As on a connection that was there before: the worst case.
  is_connecting_ = is_lost();
  if (is_connecting_) return;
  if (std::holds_alternative<FakeNetwork::Silence>(*server)) return push({}, Silence{});
  const auto request = as_received(request_, url_, network_.client_, remote);
  if (const auto* script = std::get_if<Scripted>(server)) return play((*script)(request));
  exchange_ = std::get<http::Handler*>(*server)->on_request(request, *this);
}

bool FakeTransfer::is_lost() {
  if (!network_.is_down_) {
    retry_after_ = Duration::zero();
    return false;
  }
  retry_after_ = retry_after_ == Duration::zero() ? retry : 2 * retry_after_;
  next_->arm(retry_after_);
  return true;
}

void FakeTransfer::play(const Script& script) {
  http::ResponseHead head{script.status, script.headers};
  if (script.says_length && !head.headers.has("Content-Length")) {
    head.headers.add("Content-Length", std::to_string(script.body.size()));
  }
  push(script.head_after, Head{std::move(head)});
  const std::string_view body =
      request_.method == "HEAD" ? "" : std::string_view(script.body).substr(0, script.end_after);
  for (std::size_t at = 0; at < body.size(); at += script.piece_bytes) {
    push(script.between_pieces, Slice(body.substr(at, script.piece_bytes)));
  }
  switch (script.end) {
    case Script::End::whole:
      return push(script.between_pieces, End{});
    case Script::End::stall:
      return push({}, Silence{});
    case Script::End::reset:
      return push(script.between_pieces,
                  End{http::TransferError{TransferFailure::broken, "connection reset"}});
  }
}

void FakeTransfer::push(Duration after, std::variant<Head, Slice, End, Silence> what) {
  if (const auto* bytes = std::get_if<Slice>(&what)) queued_bytes_ += bytes->size();
  steps_.push_back({after, std::move(what)});
  if (steps_.size() == 1) arm_next();
}

void FakeTransfer::arm_next() {
  if (!steps_.empty() && !std::holds_alternative<Silence>(steps_.front().what)) {
    next_->arm(steps_.front().after);
  }
}

void FakeTransfer::deliver() {
  if (is_connecting_) {
    if (!is_lost()) connect();
    return;
  }
  if (is_lost()) return;
  const std::weak_ptr<char> life = life_;
  const Step step = std::move(steps_.front());
  steps_.pop_front();
  note_activity();
  if (const auto* head = std::get_if<Head>(&step.what)) {
    deliver_head(head->head);
  } else if (const auto* bytes = std::get_if<Slice>(&step.what)) {
    queued_bytes_ -= bytes->size();
    deliver_body(*bytes);
  } else if (const auto* end = std::get_if<End>(&step.what)) {
    // As libcurl: an answer that is shorter than it said has not come whole.
    const bool is_short = !end->error && announced_ && body_bytes_ < *announced_;
    if (is_short) return fail(TransferFailure::broken, "ended early");
    return finish(end->error);
  }
  if (life.expired() || has_ended_) return;
  if (exchange_ && queued_bytes_ == 0) exchange_->on_drained();
  arm_next();
}

bool FakeTransfer::follow(const http::ResponseHead& head) {
  const auto location = head.headers.find("Location");
  if (request_.max_redirects == 0 || head.status / 100 != 3 || !location) return false;
  if (++redirects_ > request_.max_redirects) {
    fail(TransferFailure::broken, "too many redirects");
    return true;
  }
  auto target = url_.resolve(*location);
  if (!target) {
    fail(TransferFailure::broken, target.error().message);
    return true;
  }
  url_ = std::move(*target);
  exchange_.reset();
  steps_.clear();
  queued_bytes_ = 0;
  connect();
  return true;
}

void FakeTransfer::deliver_head(const http::ResponseHead& head) {
  if (follow(head)) return;
  const auto length = head.headers.find("Content-Length");
  if (length && request_.method != "HEAD") announced_ = parse_uint(*length);
  http::ClientResponse response;
  response.status = head.status;
  response.headers = head.headers;
  response.url = url_;
  response.remote = {network_.address(url_), url_.port()};
  const std::weak_ptr<char> life = life_;
  const bool goes_on = observer_.on_head(response);
  if (life.expired() || has_ended_) return;
  if (!goes_on) fail(TransferFailure::unwanted, "the answer is not what was asked for");
}

void FakeTransfer::deliver_body(const Slice& bytes) {
  const std::uint64_t room = announced_ ? *announced_ - body_bytes_ : UINT64_MAX;
  const ByteView view = bytes.view().first(std::min<std::uint64_t>(room, bytes.size()));
  body_bytes_ += view.size();
  if (body_bytes_ > request_.max_body_bytes) {
    return fail(TransferFailure::too_large, "the answer is too long");
  }
  if (view.empty()) return;
  const std::weak_ptr<char> life = life_;
  const bool goes_on = observer_.on_body(view);
  if (life.expired() || has_ended_) return;
  if (!goes_on) fail(TransferFailure::unwanted, "the answer is not what was asked for");
}

void FakeTransfer::note_activity() {
  if (request_.stall_timeout > Duration::zero()) stall_->arm(request_.stall_timeout);
}

void FakeTransfer::fail(TransferFailure failure, std::string message) {
  finish(http::TransferError{failure, std::move(message)});
}

void FakeTransfer::finish(std::optional<http::TransferError> error) {
  has_ended_ = true;
  --network_.open_transfers_;
  next_->disarm();
  stall_->disarm();
  total_->disarm();
  steps_.clear();
  exchange_.reset();
  observer_.on_finished(std::move(error));
}

void FakeTransfer::send(http::Response response) {
  const std::size_t size = response.body.size();
  begin(std::move(response.head), size);
  if (size > 0) write(std::move(response.body));
}

void FakeTransfer::begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) {
  if (content_length) head.headers.set("Content-Length", std::to_string(*content_length));
  promised_ = content_length;
  if (request_.method == "HEAD") promised_ = 0;
  push(round_trip, Head{std::move(head)});
  if (promised_ == 0u) push({}, End{});
}

void FakeTransfer::write(Slice bytes) {
  if (promised_ == 0u) return;
  if (promised_) {
    bytes =
        bytes.part(0, static_cast<std::size_t>(std::min<std::uint64_t>(*promised_, bytes.size())));
    *promised_ -= bytes.size();
  }
  if (!bytes.empty()) push({}, std::move(bytes));
  if (promised_ == 0u) push({}, End{});
}

void FakeTransfer::end() {
  if (promised_ == 0u) return;
  promised_ = 0;
  push({}, End{});
}

void FakeTransfer::abort() {
  push({}, End{http::TransferError{TransferFailure::broken, "connection closed"}});
}

}  // namespace alluvium::test
