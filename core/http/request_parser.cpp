#include "core/http/request_parser.hpp"

#include "core/base/text.hpp"
#include "core/http/head_callbacks.hpp"
#include "core/http/head_guard.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <llhttp.h>

namespace alluvium::http {

namespace {

bool takes_no_body(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "DELETE" || method == "OPTIONS";
}

bool carries_stream(std::string_view method) {
  return method == "SOURCE" || method == "PUT";
}

bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

}  // namespace

/// llhttp reads the head only, and is stopped at its end: bodies here have a length or do not
/// exist, so counting them needs no parser. llhttp's own status is not consulted, since an error
/// raised in a callback comes back under other names; `status` is ours.
struct RequestParser::State {
  explicit State(RequestLimits given) : limits(given), guard(limits) { reset(); }

  static const llhttp_settings_t& callbacks();

  void reset();
  void refuse(int code, std::string_view why);
  std::size_t feed_head(std::string_view bytes);
  void feed_tokens(std::string_view bytes);
  void finish_field();
  void finish_head();
  void judge_target();
  void judge_host();
  void judge_framing();
  std::size_t feed_body(std::string_view bytes);

  enum class Phase { head, body, complete, refused };

  RequestLimits limits;
  HeadGuard guard;
  llhttp_t tokens{};
  Phase phase = Phase::head;
  Request request;
  std::string name;
  std::string value;
  bool tokens_ended = false;  ///< llhttp saw the end of the head.
  bool keep_alive = false;
  std::size_t body_missing = 0;
  int status = 0;
  std::string_view reason;
};

const llhttp_settings_t& RequestParser::State::callbacks() {
  static const llhttp_settings_t settings = [] {
    llhttp_settings_t s = head_callbacks<State>();
    s.on_method = [](llhttp_t* p, const char* at, std::size_t length) {
      static_cast<State*>(p->data)->request.method.append(at, length);
      return 0;
    };
    s.on_url = [](llhttp_t* p, const char* at, std::size_t length) {
      static_cast<State*>(p->data)->request.target.append(at, length);
      return 0;
    };
    return s;
  }();
  return settings;
}

void RequestParser::State::reset() {
  llhttp_init(&tokens, HTTP_REQUEST, &callbacks());
  tokens.data = this;
  guard = HeadGuard(limits);
  phase = Phase::head;
  request = {};
  name.clear();
  value.clear();
  tokens_ended = false;
  body_missing = 0;
}

void RequestParser::State::refuse(int code, std::string_view why) {
  if (phase == Phase::refused) return;
  phase = Phase::refused;
  status = code;
  reason = why;
}

std::size_t RequestParser::State::feed_head(std::string_view bytes) {
  auto verdict = HeadGuard::Verdict::more;
  std::size_t taken = 0;
  while (taken < bytes.size() && verdict == HeadGuard::Verdict::more) {
    verdict = guard.take(bytes[taken++]);
  }
  // llhttp sees everything before the byte the guard stops at, so that the status does not depend
  // on how the bytes were cut into pieces.
  const bool stopped = verdict == HeadGuard::Verdict::refused;
  feed_tokens(bytes.substr(0, stopped ? taken - 1 : taken));
  if (stopped) refuse(guard.refusal_status(), guard.refusal_reason());
  if (verdict == HeadGuard::Verdict::end_of_head) finish_head();
  return taken;
}

void RequestParser::State::feed_tokens(std::string_view bytes) {
  const auto error = llhttp_execute(&tokens, bytes.data(), bytes.size());
  if (error == HPE_OK || tokens_ended) return;
  if (error == HPE_INVALID_VERSION) return refuse(505, HeadGuard::wrong_version);
  refuse(400, "The request is not well-formed HTTP.");
}

void RequestParser::State::finish_field() {
  request.headers.add(std::exchange(name, {}), std::string(trimmed(value)));
  value.clear();
}

void RequestParser::State::finish_head() {
  if (phase == Phase::refused) return;
  if (!tokens_ended) return refuse(400, "The request is not well-formed HTTP.");
  request.minor_version = llhttp_get_http_minor(&tokens);
  keep_alive = llhttp_should_keep_alive(&tokens) != 0;
  phase = Phase::body;
  judge_target();
  judge_host();
  judge_framing();
  if (phase == Phase::body && body_missing == 0) phase = Phase::complete;
}

void RequestParser::State::judge_target() {
  auto& target = request.target;
  target.resize(std::min(target.size(), target.find('#')));
  const bool whole_server = target == "*" && request.method == "OPTIONS";
  if (!whole_server && (target.empty() || target.front() != '/')) {
    return refuse(400, "The request target must be a path.");
  }
  if (!is_visible_ascii(target)) refuse(400, "The request target must be visible ASCII.");
}

void RequestParser::State::judge_host() {
  const auto hosts = request.headers.find_all("Host").size();
  if (hosts > 1) return refuse(400, "There must not be more than one Host field.");
  if (hosts == 0 && request.minor_version == 1) refuse(400, "The Host field is missing.");
}

void RequestParser::State::judge_framing() {
  const bool is_stream = limits.takes_streams && carries_stream(request.method);
  const auto codings = request.headers.find_all("Transfer-Encoding");
  if (!codings.empty()) {
    const bool is_chunked = codings.size() == 1 && equal_ignoring_case(codings[0], "chunked");
    if (!is_stream || !is_chunked || request.headers.has("Content-Length")) {
      return refuse(400, "Transfer codings are not taken here.");
    }
    return;
  }
  const auto lengths = request.headers.find_all("Content-Length");
  if (lengths.empty()) return;
  const auto length = parse_uint(lengths.front());
  if (lengths.size() > 1 || !length) return refuse(400, "The Content-Length is malformed.");
  if (*length > 0 && takes_no_body(request.method)) {
    return refuse(400, "This method takes no body.");
  }
  if (is_stream) return;
  if (*length > limits.body_bytes) return refuse(413, "The body is too long.");
  body_missing = static_cast<std::size_t>(*length);
}

std::size_t RequestParser::State::feed_body(std::string_view bytes) {
  const auto part = bytes.substr(0, body_missing);
  request.body += part;
  body_missing -= part.size();
  if (body_missing == 0) phase = Phase::complete;
  return part.size();
}

StreamFraming stream_framing(const Request& request) {
  StreamFraming framing;
  framing.is_chunked = request.headers.has("Transfer-Encoding");
  if (const auto length = request.headers.find("Content-Length")) {
    framing.length = parse_uint(*length);
  }
  return framing;
}

RequestParser::RequestParser(RequestLimits limits) : state_(std::make_unique<State>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::Progress RequestParser::feed(ByteView bytes) {
  const auto text = as_text(bytes);
  std::size_t consumed = 0;
  if (state_->phase == State::Phase::head) consumed += state_->feed_head(text);
  if (state_->phase == State::Phase::body) consumed += state_->feed_body(text.substr(consumed));
  switch (state_->phase) {
    case State::Phase::complete:
      return {Outcome::complete, consumed};
    case State::Phase::refused:
      return {Outcome::refused, consumed};
    default:
      return {Outcome::need_more, consumed};
  }
}

Request RequestParser::take_request() {
  Request request = std::move(state_->request);
  state_->reset();
  return request;
}

bool RequestParser::keep_alive() const {
  return state_->keep_alive;
}

bool RequestParser::in_request() const {
  return state_->phase != State::Phase::head || state_->guard.begun();
}

int RequestParser::refusal_status() const {
  return state_->status;
}

std::string_view RequestParser::refusal_reason() const {
  return state_->reason;
}

}  // namespace alluvium::http
