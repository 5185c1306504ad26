#include "core/reverse/handshake.hpp"

#include "core/http/request_parser.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::reverse;

TEST_CASE("an offer is a request that any HTTP server can read, and carries its token") {
  http::RequestParser parser({});
  const std::string text = offer_text({net::IpAddress::v4(192, 0, 2, 1), 7'000}, "to.ken");
  REQUIRE(parser.feed(as_bytes(text)).outcome == http::RequestParser::Outcome::complete);
  const http::Request request = parser.take_request();
  CHECK(request.path() == path);
  CHECK(request.headers.find("Host") == "192.0.2.1:7000");
  CHECK(offered_token(request) == "to.ken");
}

TEST_CASE("what only looks like an offer has no token") {
  http::Request offer;
  offer.method = "GET";
  offer.headers = {{"Connection", "keep-alive, Upgrade"},
                   {"Upgrade", "websocket, PTTH/1.0"},
                   {"Authorization", "bearer  x "}};
  CHECK(offered_token(offer) == "x");
  const auto changed = [&](const char* field, const char* value) {
    http::Request other = offer;
    other.headers.set(field, value);
    return offered_token(other).has_value();
  };
  CHECK_FALSE(changed("Connection", "close"));
  CHECK_FALSE(changed("Upgrade", "websocket"));
  CHECK_FALSE(changed("Upgrade", "PTTH/1.01"));
  CHECK_FALSE(changed("Authorization", "Basic eDp5"));
  offer.headers.add("Authorization", "Bearer y");
  CHECK_FALSE(offered_token(offer));
}

TEST_CASE("an offer is taken by 101 and the name of the protocol, and by nothing else") {
  http::ResponseHead head = taken();
  CHECK_FALSE(is_taken(head));  // The connection itself adds its field.
  head.headers.add("Connection", "Upgrade");
  CHECK(is_taken(head));
  head.status = 200;
  CHECK_FALSE(is_taken(head));
  CHECK_FALSE(is_taken({101, {{"Connection", "Upgrade"}, {"Upgrade", "websocket"}}}));
}
