#include "core/http/response_head.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;

TEST_CASE("dates are written as HTTP wants them") {
  const auto at = [](std::int64_t seconds) { return WallTime(std::chrono::seconds(seconds)); };
  CHECK(format_http_date(at(784111777)) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(format_http_date(at(0)) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(format_http_date(at(-1)) == "Wed, 31 Dec 1969 23:59:59 GMT");
  CHECK(format_http_date(at(951782400)) == "Tue, 29 Feb 2000 00:00:00 GMT");
  CHECK(format_http_date(at(253402300799)) == "Fri, 31 Dec 9999 23:59:59 GMT");
}

TEST_CASE("a head has the handler's fields and the connection's own") {
  const ResponseHead head{206, {{"Content-Type", "audio/mpeg"}, {"X-A", "1"}, {"X-A", "2"}}};
  CHECK(format_response_head(head, {1, 500, true, "now"}) ==
        "HTTP/1.1 206 Partial Content\r\nDate: now\r\nConnection: keep-alive\r\n"
        "Content-Length: 500\r\nContent-Type: audio/mpeg\r\nX-A: 1\r\nX-A: 2\r\n\r\n");
  CHECK(format_response_head({200, {}}, {0, std::nullopt, false, "now"}) ==
        "HTTP/1.0 200 OK\r\nDate: now\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a handler cannot contradict the connection about framing") {
  const ResponseHead head{200,
                          {{"content-length", "7"},
                           {"Transfer-Encoding", "chunked"},
                           {"CONNECTION", "upgrade"},
                           {"Date", "never"}}};
  CHECK(format_response_head(head, {1, 5, true, "now"}) ==
        "HTTP/1.1 200 OK\r\nDate: now\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\n");
}

TEST_CASE("text from outside cannot end a line of the head") {
  const ResponseHead head{200, {{"icy-name", "a\r\nSet-Cookie: b\n\rc\x7f\tgr\xc3\xbc\xc3\x9f"}}};
  const std::string text = format_response_head(head, {1, std::nullopt, false, "now"});
  CHECK(text.find("icy-name: a  Set-Cookie: b  c  gr\xc3\xbc\xc3\x9f\r\n\r\n") !=
        std::string::npos);
}

TEST_CASE("answers without a body have no length") {
  for (const int status : {204, 304}) {
    CHECK(is_bodiless(status));
    CHECK(format_response_head({status, {}}, {1, 0, true, "now"}).find("Length") ==
          std::string::npos);
  }
}

TEST_CASE("a date is read as it is written, and in no other way") {
  for (const auto seconds : {0LL, -1LL, 784111777LL, 951782400LL, 253402300799LL, 1767268800LL}) {
    const WallTime time{std::chrono::seconds(seconds)};
    CHECK(parse_http_date(format_http_date(time)) == time);
  }
  for (const char* text : {"", "Sun, 06 Nov 1994 08:49:37 GM", "Sun, 06 Nov 1994 08:49:37 GMT ",
                           "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994",
                           "Mon, 06 Nov 1994 08:49:37 GMT", "Sun, 06 nov 1994 08:49:37 GMT",
                           "Sun, 6  Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
                           "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:60 GMT",
                           "Sun, 06 Nov 1994 08:49:37 UTC", "Thu, 30 Feb 1994 08:49:37 GMT",
                           "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov -994 08:49:37 GMT",
                           "Sun; 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08.49.37 GMT",
                           "Sun, 06 Nov 1994 +8:49:37 GMT"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_http_date(text));
  }
}
