#include "core/http/response_parser.hpp"

#include "core/base/text.hpp"
#include "core/http/head_callbacks.hpp"
#include "core/http/head_guard.hpp"
#include "core/http/response_head.hpp"

#include <string>
#include <utility>

#include <llhttp.h>

namespace alluvium::http {

struct ResponseParser::State {
  State(RequestLimits given, std::string_view method)
      : limits(given), guard(limits, HeadGuard::Message::response), answers_head(method == "HEAD") {
    llhttp_init(&tokens, HTTP_RESPONSE, &callbacks());
    tokens.data = this;
  }

  static const llhttp_settings_t& callbacks();

  void refuse(std::string_view why) {
    if (phase == Phase::refused) return;
    phase = Phase::refused;
    reason = why;
  }
  void finish_field() {
    answer.head.headers.add(std::exchange(name, {}), std::string(trimmed(value)));
    value.clear();
  }
  void finish_head();
  void judge_framing();

  enum class Phase { head, complete, refused };

  RequestLimits limits;
  HeadGuard guard;
  llhttp_t tokens{};
  Phase phase = Phase::head;
  bool answers_head;
  bool tokens_ended = false;
  AnswerHead answer;
  std::string name;
  std::string value;
  std::string_view reason;
};

const llhttp_settings_t& ResponseParser::State::callbacks() {
  static const llhttp_settings_t settings = head_callbacks<State>();
  return settings;
}

void ResponseParser::State::finish_head() {
  if (phase == Phase::refused) return;
  if (!tokens_ended) return refuse("the answer is not well-formed HTTP");
  answer.head.status = llhttp_get_status_code(&tokens);
  phase = Phase::complete;
  const int status = answer.head.status;
  const bool is_final = status >= 200 && status <= 599;
  if (!is_final && status != 101) return refuse("the answer's status makes no sense");
  judge_framing();
  // What comes after a change of protocols is no longer HTTP's.
  answer.keep_alive = status != 101 && llhttp_should_keep_alive(&tokens) != 0;
}

void ResponseParser::State::judge_framing() {
  const Headers& headers = answer.head.headers;
  if (headers.has("Transfer-Encoding")) return refuse("the answer has a transfer coding");
  const auto lengths = headers.find_all("Content-Length");
  if (lengths.size() > 1) return refuse("the answer has several lengths");
  std::optional<std::uint64_t> length;
  if (!lengths.empty()) {
    length = parse_uint(lengths.front());
    if (!length) return refuse("the answer's length is malformed");
  }
  if (answers_head || is_bodiless(answer.head.status)) return;
  if (!length) return refuse("the answer has no length");
  answer.body_bytes = *length;
}

ResponseParser::ResponseParser(RequestLimits limits, std::string_view method)
    : state_(std::make_unique<State>(limits, method)) {}
ResponseParser::~ResponseParser() = default;

ResponseParser::Progress ResponseParser::feed(ByteView bytes) {
  const auto text = as_text(bytes);
  auto verdict = HeadGuard::Verdict::more;
  std::size_t taken = 0;
  if (state_->phase == State::Phase::head) {
    while (taken < text.size() && verdict == HeadGuard::Verdict::more) {
      verdict = state_->guard.take(text[taken++]);
    }
    const auto error = llhttp_execute(&state_->tokens, text.data(), taken);
    if (error != HPE_OK && !state_->tokens_ended) {
      state_->refuse("the answer is not well-formed HTTP");
    }
    if (verdict == HeadGuard::Verdict::refused) {
      state_->refuse("the answer's head is malformed or too long");
    }
    if (verdict == HeadGuard::Verdict::end_of_head) state_->finish_head();
  }
  switch (state_->phase) {
    case State::Phase::complete:
      return {Outcome::complete, taken};
    case State::Phase::refused:
      return {Outcome::refused, taken};
    case State::Phase::head:
      break;
  }
  return {Outcome::need_more, taken};
}

AnswerHead ResponseParser::take_head() {
  return std::move(state_->answer);
}

std::string_view ResponseParser::refusal_reason() const {
  return state_->reason;
}

}  // namespace alluvium::http
