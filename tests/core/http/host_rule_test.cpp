#include "core/http/host_rule.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;

namespace {

Request request_for(std::string host) {
  Request request;
  request.headers.add("Host", std::move(host));
  request.local = {net::IpAddress::v4(192, 0, 2, 7), 8000};
  return request;
}

}  // namespace

TEST_CASE("an IPv6 address of ours is understood without its brackets, as some players write it") {
  Request request = request_for("::1");
  request.local = net::Endpoint{*net::IpAddress::parse("::1"), 8000};
  const HostRule rule = HostRule::own_address();
  for (const auto* good : {"::1", "::1:8000", "[::1]", "[::1]:8000", "0:0:0:0:0:0:0:1"}) {
    CAPTURE(good);
    request.headers.set("Host", good);
    CHECK(rule.permits(request));
  }
  for (const auto* bad : {"::2", "::2:8000", "::1:x", "evil::1", ":::1"}) {
    CAPTURE(bad);
    request.headers.set("Host", bad);
    CHECK_FALSE(rule.permits(request));
  }
}

TEST_CASE("a server with its own address answers to that, to localhost and to its names") {
  HostRule rule = HostRule::own_address();
  rule.allow_name("Radio.Example");
  for (const auto* good :
       {"192.0.2.7", "192.0.2.7:8000", "192.0.2.7:1", "192.0.2.7:", "localhost", "LocalHost:99",
        "radio.example", "RADIO.example:80", "[::ffff:192.0.2.7]:8000"}) {
    CAPTURE(good);
    CHECK(rule.permits(request_for(good)));
  }
  for (const auto* bad :
       {"", ":8000", "192.0.2.8", "127.0.0.1", "[::1]", "evil.example", "localhost.evil.example",
        "radio.example.evil", "xradio.example", "192.0.2.7.evil.example", "192.0.2.7:80x",
        "192.0.2.7:80:80", "[192.0.2.7]", "[::1", "user@localhost", "localhost/../x"}) {
    CAPTURE(bad);
    CHECK_FALSE(rule.permits(request_for(bad)));
  }
}

TEST_CASE("a server for any literal answers to addresses in every spelling, and to no names") {
  const HostRule rule = HostRule::any_literal();
  for (const auto* good : {"203.0.113.9", "203.0.113.9:4000", "[2001:db8::1]", "[2001:DB8::1]:80",
                           "localhost:4000", "[::1]:1"}) {
    CAPTURE(good);
    CHECK(rule.permits(request_for(good)));
  }
  for (const auto* bad : {"example.org", "2001:db8::1", "203.0.113", "0x7f.1", "017.0.0.1", "[::g]",
                          "[]", "[", "]", "1.2.3.4.", "1.2.3.4 ", "[::1]x"}) {
    CAPTURE(bad);
    CHECK_FALSE(rule.permits(request_for(bad)));
  }
}

TEST_CASE("only HTTP/1.0 may leave the host out") {
  Request request;
  request.minor_version = 0;
  CHECK(HostRule::own_address().permits(request));
  request.minor_version = 1;
  CHECK_FALSE(HostRule::own_address().permits(request));
}
