#include "gateway/houses.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

constexpr Instant start{1h};

net::Endpoint at(const char* text) {
  return *net::parse_endpoint(text);
}

}  // namespace

TEST_CASE("a house is one public address, or one network of IPv6") {
  Houses houses(1);
  for (const char* who : {"20.0.0.1:7000", "20.0.0.1:7001", "20.0.0.2:7000", "[2001:db8::1]:7000",
                          "[2001:db8::2]:7000", "[2001:db8:0:1::1]:7000"}) {
    houses.enter(at(who), {at("192.168.1.5:7000")}, start);
  }
  REQUIRE(houses.others(at("20.0.0.1:7000"), start).size() == 1);
  CHECK(houses.others(at("20.0.0.1:7000"), start)[0].who == at("20.0.0.1:7001"));
  CHECK(houses.others(at("20.0.0.2:7000"), start).empty());
  CHECK(houses.others(at("[2001:db8::1]:7000"), start).size() == 1);
  CHECK(houses.others(at("20.0.0.3:7000"), start).empty());
}

TEST_CASE("who is not heard of for a minute is no housemate any more, and its last place counts") {
  Houses houses(1);
  houses.enter(at("20.0.0.1:7000"), {at("192.168.1.5:7000")}, start);
  houses.enter(at("20.0.0.1:7000"), {at("192.168.1.6:7000")}, start);
  REQUIRE(houses.others(at("20.0.0.1:1"), start).size() == 1);
  CHECK(houses.others(at("20.0.0.1:1"), start)[0].places[0] == at("192.168.1.6:7000"));
  CHECK(houses.others(at("20.0.0.1:1"), start + Houses::lifetime).empty());
  houses.tidy(start + Houses::lifetime);
  CHECK(houses.size() == 0);
}

TEST_CASE("a house has room for so many, and a gateway for so many houses") {
  Houses houses(1);
  for (std::uint16_t port = 1'024; port < 1'024 + 2 * Houses::most_mates; ++port) {
    houses.enter({net::IpAddress::v4(20, 0, 0, 1), port}, {}, start);
  }
  CHECK(houses.others(at("20.0.0.1:1"), start).size() == Houses::most_mates);
  for (std::uint32_t n = 0; n < Houses::most_houses + 10; ++n) {
    houses.enter(
        {net::IpAddress::v4(30, static_cast<std::uint8_t>(n >> 16),
                            static_cast<std::uint8_t>(n >> 8), static_cast<std::uint8_t>(n)),
         7'000},
        {}, start);
  }
  CHECK(houses.size() == Houses::most_houses);
}
