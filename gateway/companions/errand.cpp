#include "gateway/companions/errand.hpp"

#include "core/base/text.hpp"
#include "core/http/prefer.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace alluvium::gateway {

namespace {

/// Who did not answer is asked again after so long.
constexpr Duration retry_after = std::chrono::milliseconds(200);
/// Who waits for a file to be hashed waits for it there; a leader that stands still is replaced.
constexpr Duration longest_answer = http::longest_wait + std::chrono::seconds(4);
constexpr Duration connect_patience = std::chrono::milliseconds(500);
constexpr std::uint64_t max_answer_bytes = 8 * 1024 * 1024;

/// What concerns one connection only, is added by whoever sends the message, or says who asked.
bool is_of_the_connection(std::string_view name) {
  constexpr std::array<std::string_view, 12> names = {
      "Connection", "Content-Length",    "Date",    "Forwarded",       "Host",      "Keep-Alive",
      "TE",         "Transfer-Encoding", "Upgrade", "X-Forwarded-For", "X-Real-IP", pass_header};
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view one) { return equal_ignoring_case(name, one); });
}

/// Whether the answer is the leader's.
bool is_an_answer(const http::Fetch::Result& result) {
  const auto* response = std::get_if<http::WholeResponse>(&result);
  return response != nullptr && !is_no_answer(response->head.headers);
}

void pass_back(const http::Request& request, const http::WholeResponse& response,
               http::Responder& responder) {
  http::ResponseHead head{response.head.status, {}};
  for (const auto& [name, value] : response.head.headers.fields()) {
    if (!is_of_the_connection(name)) head.headers.add(name, value);
  }
  const auto length = response.head.headers.find("Content-Length");
  const auto bytes = length ? parse_uint(*length) : std::nullopt;
  if (request.method != "HEAD" || !bytes) {
    return responder.send({std::move(head), Slice(response.body)});
  }
  // Of a head the length is what it speaks of.
  responder.begin(std::move(head), *bytes);
  responder.end();
}

}  // namespace

Errand::Errand(Companions& companions, http::Request request, bool handed,
               http::Responder& responder, Companions::Serve serve)
    : companions_(companions),
      request_(std::move(request)),
      handed_(handed),
      responder_(responder),
      serve_(std::move(serve)),
      deadline_(companions.surroundings_.clock.now() + Companions::longest_wait),
      number_(++companions.errands_begun_),
      timer_(companions.surroundings_.timers.make_timer([this] { on_timer(); })) {
  companions_.errands_.emplace(number_, this);
}

Errand::~Errand() {
  companions_.errands_.erase(number_);
}

void Errand::on_drained() {
  if (here_) here_->on_drained();
}

void Errand::look() {
  if (stage_ == Stage::is_here || stage_ == Stage::is_over) return;
  // Whoever is being asked may not lead any more.
  if (stage_ == Stage::is_there && there_ == companions_.seat().id) return;
  fetch_.reset();
  using Course = Companions::Course;
  switch (companions_.course(handed_, in_vain_)) {
    case Course::here:
      return serve_here();
    case Course::there:
      return hand_on();
    case Course::nowhere:
      stage_ = Stage::is_over;
      return responder_.send(no_answer(503, "this gateway does not lead"));
    case Course::wait:
      break;
  }
  if (left() <= Duration::zero()) return serve_here();
  if (!std::exchange(has_waited_, true)) ++companions_.counters_.waited;
  stage_ = Stage::waits;
  timer_->arm(std::min(left(), retry_after));
}

Duration Errand::left() const {
  return deadline_ - companions_.surroundings_.clock.now();
}

void Errand::on_timer() {
  if (left() > Duration::zero()) in_vain_.clear();
  look();
}

void Errand::hand_on() {
  const auto& seat = companions_.seat();
  stage_ = Stage::is_there;
  there_ = seat.id;
  timer_->disarm();
  auto url = http::Url::parse(seat.url + request_.target);
  if (!url) return serve_here();
  http::ClientRequest sent;
  sent.method = request_.method;
  sent.url = std::move(*url);
  for (const auto& [name, value] : request_.headers.fields()) {
    if (!is_of_the_connection(name)) sent.headers.add(name, value);
  }
  sent.headers.add(std::string(pass_header), make_pass(seat.secret, request_));
  sent.body = request_.body;
  sent.rules = net::AddressRules::everything();
  sent.max_body_bytes = max_answer_bytes;
  const Duration patience = std::max<Duration>(left(), retry_after);
  sent.connect_timeout = std::min(patience, connect_patience);
  sent.stall_timeout = {};
  const bool reads = request_.method == "GET" || request_.method == "HEAD";
  sent.total_timeout = reads ? longest_answer : patience;
  fetch_ = std::make_unique<http::Fetch>(
      companions_.surroundings_.client, std::move(sent),
      [this](http::Fetch::Result result) { on_answer(std::move(result)); });
}

void Errand::on_answer(http::Fetch::Result result) {
  const auto ended = std::move(fetch_);
  if (!is_an_answer(result)) {
    in_vain_ = there_;
    stage_ = Stage::waits;
    return look();
  }
  stage_ = Stage::is_over;
  ++companions_.counters_.handed_on;
  pass_back(request_, std::get<http::WholeResponse>(result), responder_);
}

void Errand::serve_here() {
  stage_ = Stage::is_here;
  timer_->disarm();
  if (!companions_.leads()) ++companions_.counters_.alone;
  here_ = serve_(request_, responder_);
}

}  // namespace alluvium::gateway
