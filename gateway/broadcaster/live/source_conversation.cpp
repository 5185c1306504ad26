#include "gateway/broadcaster/live/source_conversation.hpp"

#include "core/base/text.hpp"
#include "core/http/response_head.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace alluvium::broadcaster {

namespace {

constexpr std::string_view methods = "OPTIONS, PUT, SOURCE, GET";

std::string field(const http::Request& request, std::string_view name) {
  return tidy_text(request.headers.find(name).value_or(""));
}

}  // namespace

SourceConversation::SourceConversation(const Surroundings& surroundings,
                                       const net::IpAddress& client)
    : surroundings_(surroundings), client_(client), parser_({.takes_streams = true}) {}

SourceConversation::~SourceConversation() {
  end_stream();
}

SourceConversation::Reaction SourceConversation::feed(ByteView bytes, Instant now) {
  while (!bytes.empty() && state_ == State::asking) feed_head(bytes, now);
  if (!bytes.empty() && state_ == State::streaming) feed_stream(bytes);
  return std::exchange(reaction_, {});
}

void SourceConversation::feed_head(ByteView& bytes, Instant now) {
  const auto progress = parser_.feed(bytes);
  bytes = bytes.subspan(progress.consumed);
  switch (progress.outcome) {
    case http::RequestParser::Outcome::need_more:
      return;
    case http::RequestParser::Outcome::refused:
      return refuse(parser_.refusal_status(), parser_.refusal_reason());
    case http::RequestParser::Outcome::complete: {
      const bool keep_alive = parser_.keep_alive();
      return answer(parser_.take_request(), keep_alive, now);
    }
  }
}

void SourceConversation::answer(const http::Request& request, bool keep_alive, Instant now) {
  minor_version_ = request.minor_version;
  if (request.method == "OPTIONS") {
    return say({200, {{"Allow", std::string(methods)}}}, {}, keep_alive);
  }
  const bool is_show = request.method == "PUT" || request.method == "SOURCE";
  const bool is_title = request.method == "GET" && request.path() == "/admin/metadata";
  if (!is_show && !is_title) {
    return refuse(request.method == "GET" || request.method == "HEAD" ? 404 : 405,
                  "Sources send their shows here; listeners hear them with the playlist.");
  }
  using Verdict = SourceLogin::Verdict;
  switch (surroundings_.login.judge(request.headers.find("Authorization"), client_, now)) {
    case Verdict::right:
      return is_show ? answer_source(request) : answer_title(request);
    case Verdict::too_soon:
      return refuse(429, "The password was wrong a moment ago; wait a minute and try again.");
    case Verdict::missing:
    case Verdict::wrong:
      break;
  }
  say({401, {{"WWW-Authenticate", "Basic realm=\"live\""}}},
      "The name or the password is not the one of --user and --password-file.\n", false);
}

void SourceConversation::answer_source(const http::Request& request) {
  if (request.path() != surroundings_.mount) {
    return refuse(404, "Shows are sent to " + surroundings_.mount + " here.");
  }
  const SourceInfo info{field(request, "Content-Type"), field(request, "ice-name"),
                        field(request, "User-Agent")};
  if (const auto refusal = surroundings_.desk.refusal_of(info)) {
    return refuse(refusal->status, refusal->sentence);
  }
  const auto framing = http::stream_framing(request);
  if (framing.is_chunked) chunks_.emplace();
  missing_ = framing.length;
  state_ = State::streaming;
  const bool waits =
      request.minor_version == 1 &&
      equal_ignoring_case(request.headers.find("Expect").value_or(""), "100-continue");
  if (waits) {
    reaction_.answer += "HTTP/1.1 100 Continue\r\n\r\n";
    owes_answer_ = true;
  } else {
    // At once, as Icecast does: some sources wait for it before they send anything.
    reaction_.answer += http::format_response_head({}, {.minor_version = minor_version_});
  }
  surroundings_.desk.on_source(info);
  if (missing_ == 0) end_stream();
}

void SourceConversation::answer_title(const http::Request& request) {
  const auto update = read_title_update(request.query());
  if (!update || update->mode != "updinfo") {
    return refuse(400, "This is no request of the form mode=updinfo&mount=...&song=...");
  }
  if (update->mount != surroundings_.mount || !surroundings_.desk.on_title(update->title)) {
    return refuse(404, "There is no show at that mount.");
  }
  // Some sources read it.
  say({200, {{"Content-Type", "text/xml"}}},
      "<?xml version=\"1.0\"?>\n<iceresponse><message>Metadata update successful</message>"
      "<return>1</return></iceresponse>\n",
      false);
}

void SourceConversation::feed_stream(ByteView bytes) {
  auto state = http::ChunkedBody::State::going_on;
  Bytes content;
  if (chunks_) {
    state = chunks_->feed(bytes, content);
    bytes = content;
  } else if (missing_) {
    bytes = bytes.first(static_cast<std::size_t>(std::min<std::uint64_t>(*missing_, bytes.size())));
    *missing_ -= bytes.size();
  }
  const bool is_of_use = bytes.empty() || surroundings_.desk.on_sound(bytes);
  const bool is_whole = state == http::ChunkedBody::State::ended || missing_ == 0;
  if (!is_of_use || state == http::ChunkedBody::State::malformed) owes_answer_ = false;
  if (!is_of_use || is_whole || state == http::ChunkedBody::State::malformed) end_stream();
}

void SourceConversation::end_stream() {
  if (state_ != State::streaming) return;
  state_ = State::closed;
  reaction_.closes = true;
  if (owes_answer_) {
    reaction_.answer +=
        http::format_response_head({}, {.minor_version = minor_version_, .content_length = 0});
  }
  surroundings_.desk.on_source_end();
}

void SourceConversation::refuse(int status, std::string_view sentence) {
  say({status, {{"Content-Type", "text/plain; charset=utf-8"}}}, std::string(sentence) + "\n",
      false);
}

void SourceConversation::say(const http::ResponseHead& head, std::string_view body,
                             bool keep_alive) {
  reaction_.answer += http::format_response_head(
      head,
      {.minor_version = minor_version_, .content_length = body.size(), .keep_alive = keep_alive});
  reaction_.answer += body;
  if (keep_alive) return;
  reaction_.closes = true;
  state_ = State::closed;
}

}  // namespace alluvium::broadcaster
