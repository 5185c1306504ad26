#include "core/http/request_parser.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;
using Outcome = RequestParser::Outcome;

namespace {

/// What comes of some bytes: the requests that were complete, and the status of a refusal.
struct Reading {
  std::vector<Request> requests;
  std::vector<bool> keep_alive;
  int refused_with = 0;
  bool unfinished = false;
};

/// Feeds pieces as a connection would: the rest of a piece belongs to the next request.
Reading read_pieces(std::vector<std::string_view> pieces, RequestLimits limits = {}) {
  RequestParser parser(limits);
  Reading reading;
  for (auto piece : pieces) {
    while (!piece.empty()) {
      const auto [outcome, consumed] = parser.feed(as_bytes(piece));
      REQUIRE(consumed <= piece.size());
      if (outcome == Outcome::refused) {
        reading.refused_with = parser.refusal_status();
        CHECK_FALSE(parser.refusal_reason().empty());
        CHECK(parser.feed(as_bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n")).outcome ==
              Outcome::refused);
        return reading;
      }
      if (outcome == Outcome::need_more) {
        REQUIRE(consumed == piece.size());
      } else {
        reading.keep_alive.push_back(parser.keep_alive());
        reading.requests.push_back(parser.take_request());
        CHECK_FALSE(parser.in_request());
      }
      piece.remove_prefix(consumed);
    }
  }
  reading.unfinished = parser.in_request();
  return reading;
}

/// Reads the bytes whole, in two pieces cut at every place, and one by one; all must agree.
Reading read(std::string_view bytes, RequestLimits limits = {}) {
  const Reading whole = read_pieces({bytes}, limits);
  const auto agrees = [&](const Reading& other) {
    CHECK(other.refused_with == whole.refused_with);
    CHECK(other.unfinished == whole.unfinished);
    REQUIRE(other.requests.size() == whole.requests.size());
    for (std::size_t i = 0; i < whole.requests.size(); ++i) {
      CHECK(other.requests[i].method == whole.requests[i].method);
      CHECK(other.requests[i].target == whole.requests[i].target);
      CHECK(other.requests[i].headers.fields() == whole.requests[i].headers.fields());
      CHECK(other.requests[i].body == whole.requests[i].body);
      CHECK(other.keep_alive[i] == whole.keep_alive[i]);
    }
  };
  for (std::size_t cut = 1; cut < bytes.size(); ++cut) {
    agrees(read_pieces({bytes.substr(0, cut), bytes.substr(cut)}, limits));
  }
  std::vector<std::string_view> single;
  for (std::size_t i = 0; i < bytes.size(); ++i) single.push_back(bytes.substr(i, 1));
  agrees(read_pieces(single, limits));
  return whole;
}

const RequestLimits with_bodies{4 * 1024, 16 * 1024, 64, 100};

}  // namespace

TEST_CASE("a request is read whole, however its bytes arrive") {
  const auto reading = read(
      "\r\nPOST /a%20b?x=1&y#frag HTTP/1.1\r\nHost: h:80\r\nX-A:  one \r\nx-a:two\r\nEmpty:\r\n"
      "Content-Length: 5\r\n\r\nhello",
      with_bodies);
  REQUIRE(reading.requests.size() == 1);
  const Request& request = reading.requests[0];
  CHECK(request.method == "POST");
  CHECK(request.target == "/a%20b?x=1&y");
  CHECK(request.path() == "/a%20b");
  CHECK(request.query() == "x=1&y");
  CHECK(request.minor_version == 1);
  CHECK(request.body == "hello");
  CHECK(request.headers.fields() == std::vector<Headers::Field>{{"Host", "h:80"},
                                                                {"X-A", "one"},
                                                                {"x-a", "two"},
                                                                {"Empty", ""},
                                                                {"Content-Length", "5"}});
  CHECK(reading.keep_alive[0]);
  CHECK_FALSE(reading.unfinished);
}

TEST_CASE("pipelined requests are read one after the other") {
  const auto reading = read(
      "POST /1 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc"
      "GET /2 HTTP/1.1\r\nHost: h\r\nUpgrade: TLS/1.0\r\nConnection: Upgrade\r\n\r\n"
      "OPTIONS * HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
      "HEAD /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
      "GET /5 HTTP/1.0\r\n\r\nGET /6",
      with_bodies);
  REQUIRE(reading.requests.size() == 5);
  CHECK(reading.requests[0].body == "abc");
  CHECK(reading.requests[1].target == "/2");
  CHECK(reading.requests[2].target == "*");
  CHECK(reading.requests[4].minor_version == 0);
  CHECK(reading.keep_alive == std::vector<bool>{true, true, true, false, false});
  CHECK(reading.unfinished);
}

TEST_CASE("malformed requests are refused and never handed out") {
  struct Case {
    int status;
    const char* what;
    std::string bytes;
  };
  const std::string host = "Host: h\r\n";
  const std::string get = "GET / HTTP/1.1\r\nHost: h\r\n";
  const std::string post = "POST / HTTP/1.1\r\nHost: h\r\n";
  using namespace std::string_literals;
  const Case cases[] = {
      {400, "length and chunked", post + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"},
      {400, "chunked and length", post + "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"},
      {400, "chunked alone", post + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, "identity", post + "Transfer-Encoding: identity\r\n\r\n"},
      {400, "hidden chunked", post + "Transfer-Encoding: \x0b"s + "chunked\r\n\r\n"},
      {400, "chunked on GET", get + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
      {400, "two lengths", post + "Content-Length: 4\r\nContent-Length: 5\r\n\r\n"},
      {400, "the same length twice", post + "Content-Length: 4\r\nContent-Length: 4\r\n\r\n"},
      {400, "a list of lengths", post + "Content-Length: 4, 4\r\n\r\n"},
      {400, "length with plus", post + "Content-Length: +4\r\n\r\n"},
      {400, "negative length", post + "Content-Length: -1\r\n\r\n"},
      {400, "hexadecimal length", post + "Content-Length: 0x4\r\n\r\n"},
      {400, "empty length", post + "Content-Length:\r\n\r\n"},
      {400, "length beyond 64 bits", post + "Content-Length: 18446744073709551616\r\n\r\n"},
      {400, "bare LF after the request line", "GET / HTTP/1.1\nHost: h\r\n\r\n"},
      {400, "bare LF after a field", "GET / HTTP/1.1\r\nHost: h\nX: y\r\n\r\n"},
      {400, "bare LF at the end", get + "\n"},
      {400, "bare CR in a value", get + "X: a\rb\r\n\r\n"},
      {400, "CR CR LF", get + "X: a\r\r\n\r\n"},
      {400, "blank before the colon", get + "X : y\r\n\r\n"},
      {400, "blank before the colon of the length", post + "Content-Length : 4\r\n\r\nabcd"},
      {400, "folded field", get + "X: a\r\n b\r\n\r\n"},
      {400, "field folded with a tab", get + "X: a\r\n\tb\r\n\r\n"},
      {400, "blank before the first field", "GET / HTTP/1.1\r\n Host: h\r\n\r\n"},
      {400, "NUL in a value", get + "X: a\0b\r\n\r\n"s},
      {400, "NUL in the target", "GET /\0 HTTP/1.1\r\nHost: h\r\n\r\n"s},
      {400, "control character in a value", get + "X: a\x01\r\n\r\n"},
      {400, "field without a colon", get + "nonsense\r\n\r\n"},
      {400, "field without a name", get + ": x\r\n\r\n"},
      {400, "absolute form", "GET http://h/ HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "authority form", "CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"},
      {400, "star with another method", "GET * HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "only a fragment", "GET #x HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "not ASCII in the target", "GET /\xc3\xa4 HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "blank in the target", "GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"},
      {505, "preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
      {505, "HTTP/0.9", "GET /\r\n"},
      {505, "HTTP/1.2", "GET / HTTP/1.2\r\nHost: h\r\n\r\n"},
      {505, "HTTP/2.0", "GET / HTTP/2.0\r\nHost: h\r\n\r\n"},
      {505, "HTTP/1.10", "GET / HTTP/1.10\r\nHost: h\r\n\r\n"},
      {400, "lower case", "GET / http/1.1\r\nHost: h\r\n\r\n"},
      {505, "RTSP", "OPTIONS * RTSP/1.0\r\n\r\n"},
      {505, "ICE", "SOURCE /x ICE/1.0\r\n\r\n"},
      {400, "two hosts", get + host + "\r\n"},
      {400, "two hosts in 1.0", "GET / HTTP/1.0\r\n" + host + host + "\r\n"},
      {400, "no host", "GET / HTTP/1.1\r\n\r\n"},
      {400, "body on GET", get + "Content-Length: 4\r\n\r\nabcd"},
      {400, "body on HEAD", "HEAD / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na"},
      {400, "body on DELETE", "DELETE / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\na"},
      {400, "lower-case method", "get / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "unknown method", "STEAL / HTTP/1.1\r\nHost: h\r\n\r\n"},
      {400, "TLS", "\x16\x03\x01\x02"s + std::string(60, '\x01')},
      {400, "only nonsense", std::string(70, '!')},
      {413, "too long a body", post + "Content-Length: 101\r\n\r\n"},
      {413, "far too long a body", post + "Content-Length: 18446744073709551615\r\n\r\n"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    const auto reading = read(c.bytes, with_bodies);
    CHECK(reading.requests.empty());
    CHECK(reading.refused_with == c.status);
  }
}

TEST_CASE("each limit holds exactly") {
  const RequestLimits limits{30, 200, 3, 10};
  const auto line = [](std::size_t length) {
    const std::string around = "GET / HTTP/1.1";
    return "GET /" + std::string(length - around.size(), 'a') + " HTTP/1.1\r\n";
  };
  CHECK(read(line(30) + "Host: h\r\n\r\n", limits).requests.size() == 1);
  CHECK(read(line(31) + "Host: h\r\n\r\n", limits).refused_with == 414);
  CHECK(read(std::string(31, 'G'), limits).requests.empty());

  const auto head = [&](std::size_t length) {
    const std::string around = line(20) + "Host: h\r\nX: \r\n\r\n";
    return line(20) + "Host: h\r\nX: " + std::string(length - around.size(), 'x') + "\r\n\r\n";
  };
  CHECK(read(head(200), limits).requests.size() == 1);
  CHECK(read(head(201), limits).refused_with == 431);
  std::string blank_lines;
  for (int i = 0; i < 101; ++i) blank_lines += "\r\n";
  CHECK(read(blank_lines, limits).refused_with == 431);

  const std::string three = line(20) + "Host: h\r\nA: 1\r\nB: 2\r\n";
  CHECK(read(three + "\r\n", limits).requests.size() == 1);
  CHECK(read(three + "C: 3\r\n\r\n", limits).refused_with == 431);

  const auto body = [](const char* length) {
    return "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::string(length) +
           "\r\n\r\n0123456789A";
  };
  CHECK(read(body("10"), limits).requests.at(0).body == "0123456789");
  CHECK(read(body("11"), limits).refused_with == 413);
}

TEST_CASE("the limits count again for every request") {
  const RequestLimits limits{30, 60, 3, 0};
  std::string many;
  for (int i = 0; i < 5; ++i) many += "GET /12345 HTTP/1.1\r\nHost: h\r\nA: 1\r\n\r\n";
  CHECK(read(many, limits).requests.size() == 5);
}

TEST_CASE("a connection is in a request from its first byte on, blank lines apart") {
  RequestParser parser(RequestLimits{});
  CHECK_FALSE(parser.in_request());
  static_cast<void>(parser.feed(as_bytes("\r\n")));
  CHECK_FALSE(parser.in_request());
  static_cast<void>(parser.feed(as_bytes("G")));
  CHECK(parser.in_request());
}

TEST_CASE("who takes streams has a source's request with its head, in all its dialects") {
  const RequestLimits limits{.takes_streams = true};
  for (const char* head : {"SOURCE /live ICE/1.0\r\n\r\n", "SOURCE /live HTTP/1.0\r\n\r\n",
                           "PUT /live HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"}) {
    CAPTURE(head);
    const auto reading = read(head, limits);
    REQUIRE(reading.requests.size() == 1);
    CHECK(reading.requests[0].path() == "/live");
    CHECK_FALSE(stream_framing(reading.requests[0]).is_chunked);
    CHECK_FALSE(stream_framing(reading.requests[0]).length);
  }
  CHECK(read("SOURCE /live ICE/1.0\r\n\r\n").refused_with == 505);
  CHECK(read("GET /live ICE/1.0\r\n\r\n", limits).refused_with != 0);
}

TEST_CASE("a stream says how far it goes") {
  const RequestLimits limits{.takes_streams = true};
  const std::string head = "PUT /live HTTP/1.1\r\nHost: a\r\n";
  const auto chunked = read(head + "Transfer-Encoding: chunked\r\n\r\n", limits);
  REQUIRE(chunked.requests.size() == 1);
  CHECK(stream_framing(chunked.requests[0]).is_chunked);
  const auto counted = read(head + "Content-Length: 5000000000\r\n\r\n", limits);
  REQUIRE(counted.requests.size() == 1);
  CHECK(stream_framing(counted.requests[0]).length == 5'000'000'000);
  for (const char* fields :
       {"Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "Content-Length: x\r\n"}) {
    CAPTURE(fields);
    CHECK(read(head + fields + "\r\n", limits).refused_with == 400);
  }
}
