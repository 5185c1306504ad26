#include "core/net/ip_address.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::net;

TEST_CASE("both spellings of an IPv4 address are one value") {
  CHECK(IpAddress::parse("10.1.2.3") == IpAddress::parse("::ffff:10.1.2.3"));
  CHECK(IpAddress::parse("::ffff:10.1.2.3")->text() == "10.1.2.3");
  CHECK(IpAddress::parse("2001:DB8:0:0::1")->text() == "2001:db8::1");
}

TEST_CASE("this machine is 127.0.0.0/8 and ::1, and nothing else") {
  for (const auto* local : {"127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1"}) {
    CAPTURE(local);
    CHECK(IpAddress::parse(local)->is_loopback());
  }
  for (const auto* other : {"126.0.0.1", "128.0.0.1", "0.0.0.0", "::", "::2", "1::1", "::127.0.0.1",
                            "192.168.0.1", "fe80::1"}) {
    CAPTURE(other);
    CHECK_FALSE(IpAddress::parse(other)->is_loopback());
  }
}

TEST_CASE("only complete literals are addresses") {
  for (const auto* bad : {"", "localhost", "1.2.3", "1.2.3.4.5", "01.2.3.4", "0x7f.0.0.1", "127.1",
                          "2130706433", "[::1]", "::1%lo", "1.2.3.4 ", "12345::"}) {
    CAPTURE(bad);
    CHECK_FALSE(IpAddress::parse(bad));
  }
}

TEST_CASE("an endpoint is a host and a port, IPv6 in brackets") {
  CHECK(parse_endpoint("127.0.0.1:8000")->text() == "127.0.0.1:8000");
  CHECK(parse_endpoint("localhost:0")->text() == "127.0.0.1:0");
  CHECK(parse_endpoint("[::1]:8000")->text() == "[::1]:8000");
  CHECK(parse_endpoint("[::]:65535")->text() == "[::]:65535");
  for (const auto* bad : {"", "8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80",
                          "[127.0.0.1]:80", "example.org:80", ":80", "[::1]80", "127.0.0.1:+80"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_endpoint(bad));
  }
}
