#include "core/uv/http_answer.hpp"

#include "core/base/text.hpp"
#include "core/http/response_head.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::uv {

void HttpAnswer::become(State state) {
  state_ = state;
  sink_.wake();
}

void HttpAnswer::send(http::Response response) {
  if (state_ != State::unanswered) return;
  begin(std::move(response.head), response.body.size());
  write(std::move(response.body));
}

void HttpAnswer::begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) {
  if (state_ != State::unanswered) return;
  is_upgraded_ = head.status == 101;
  const bool bodiless = http::is_bodiless(head.status) && !is_upgraded_;
  const auto wish = head.headers.find("Connection");
  if (wish && equal_ignoring_case(*wish, "close")) terms_.keep_alive = false;
  if (!content_length && !bodiless) terms_.keep_alive = false;

  missing_ = content_length;
  if (is_upgraded_) missing_.reset();
  if (bodiless || terms_.is_head) missing_ = 0;
  sink_.push(Slice(http::format_response_head(
      head, {terms_.minor_version, content_length, terms_.keep_alive, sink_.date()})));
  become(missing_ == 0u ? State::whole : State::body);
}

void HttpAnswer::write(Slice bytes) {
  if (state_ != State::body) return;
  if (missing_) {
    bytes =
        bytes.part(0, static_cast<std::size_t>(std::min<std::uint64_t>(*missing_, bytes.size())));
    *missing_ -= bytes.size();
  }
  sink_.push(std::move(bytes));
  become(missing_ == 0u ? State::whole : State::body);
}

void HttpAnswer::end() {
  if (state_ == State::unanswered) return abort();
  if (state_ != State::body) return;
  // Only the end of the connection tells the client that no more comes: rightly for an answer
  // without a length, and as a broken promise otherwise.
  terms_.keep_alive = false;
  become(State::whole);
}

void HttpAnswer::abort() {
  become(State::aborted);
}

}  // namespace alluvium::uv
