#include "core/http/response_parser.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;
using Outcome = ResponseParser::Outcome;

namespace {

ResponseParser::Progress fed(ResponseParser& parser, std::string_view text, std::size_t piece) {
  ResponseParser::Progress progress{Outcome::need_more, 0};
  std::size_t consumed = 0;
  while (consumed < text.size() && progress.outcome == Outcome::need_more) {
    progress = parser.feed(as_bytes(text.substr(consumed, piece)));
    consumed += progress.consumed;
  }
  return {progress.outcome, consumed};
}

Outcome outcome_of(std::string_view text) {
  ResponseParser parser({}, "GET");
  return fed(parser, text, text.size()).outcome;
}

}  // namespace

TEST_CASE("the head of an answer is read in pieces of any size, and its body left alone") {
  const std::string_view head =
      "HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\nX-One:  1 \r\n\r\n";
  const std::string text = std::string(head) + "hello";
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, text.size()}) {
    ResponseParser parser({}, "GET");
    const auto progress = fed(parser, text, piece);
    REQUIRE(progress.outcome == Outcome::complete);
    CHECK(progress.consumed == head.size());
    const AnswerHead answer = parser.take_head();
    CHECK(answer.head.status == 206);
    CHECK(answer.head.headers.find("x-one") == "1");
    CHECK(answer.body_bytes == 5);
    CHECK(answer.keep_alive);
  }
}

TEST_CASE("what has no body needs no length") {
  ResponseParser to_head({}, "HEAD");
  REQUIRE(fed(to_head, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", 99).outcome ==
          Outcome::complete);
  CHECK(to_head.take_head().body_bytes == 0);
  for (const char* text : {"HTTP/1.1 204 No Content\r\n\r\n", "HTTP/1.1 304 Not Modified\r\n\r\n",
                           "HTTP/1.1 101 Switching Protocols\r\nUpgrade: PTTH/1.0\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(outcome_of(text) == Outcome::complete);
  }
}

TEST_CASE("the connection is said to end by Connection: close, or by HTTP/1.0") {
  for (const char* text : {"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
                           "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n"}) {
    ResponseParser parser({}, "GET");
    REQUIRE(fed(parser, text, 99).outcome == Outcome::complete);
    CHECK_FALSE(parser.take_head().keep_alive);
  }
}

TEST_CASE("an answer that is not exactly what a peer sends is refused") {
  for (const std::string text :
       {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/2.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        "ICY 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
        "HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 0\r\n\r\n", "GET / HTTP/1.1\r\n\r\n",
        "HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n"}) {
    CAPTURE(text);
    CHECK(outcome_of(text) == Outcome::refused);
  }
  CHECK(outcome_of("HTTP/1.1 200 OK\r\nA: " + std::string(20'000, 'a')) == Outcome::refused);
}
