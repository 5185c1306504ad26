#include "core/time/w3cdtf.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;

namespace {

struct Reading {
  std::string written;
  std::string normal;
  bool zone_missing = false;
};

const std::vector<Reading> readings = {
    {"2026-11-22T05:38:45Z", "2026-11-22T05:38:45Z"},
    {" \n2026-11-22T05:38:45Z\t", "2026-11-22T05:38:45Z"},
    {"2026-11-22T05:38Z", "2026-11-22T05:38:00Z"},
    {"2026-11-22T05:38:45+01:00", "2026-11-22T04:38:45Z"},
    {"2026-11-22T05:38:45-09:30", "2026-11-22T15:08:45Z"},
    {"2026-01-01T00:00+14:00", "2025-12-31T10:00:00Z"},
    {"2026-11-22T05:38:45-00:00", "2026-11-22T05:38:45Z"},
    {"2026-11-22T05:38:45.5Z", "2026-11-22T05:38:45.500Z"},
    {"2026-11-22T05:38:45.007+00:00", "2026-11-22T05:38:45.007Z"},
    {"2026-11-22T05:38:45.9999999999999999999999Z", "2026-11-22T05:38:45.999Z"},
    {"2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
    {"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
    {"0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"},
    {"9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"},
    {"2026", "2026-01-01T00:00:00Z", true},
    {"2026-11", "2026-11-01T00:00:00Z", true},
    {"2026-11-22", "2026-11-22T00:00:00Z", true},
    {"2026-11-22T05:38", "2026-11-22T05:38:00Z", true},
    {"2026-11-22T05:38:45", "2026-11-22T05:38:45Z", true},
    {"2026-11-22T05:38:45.25", "2026-11-22T05:38:45.250Z", true},
};

}  // namespace

TEST_CASE("every W3C form is read, as UTC where the zone is missing") {
  for (const auto& [written, normal, zone_missing] : readings) {
    CAPTURE(written);
    const auto instant = parse_w3cdtf(written);
    REQUIRE(instant.ok());
    CHECK(format_w3cdtf(instant->time) == normal);
    CHECK(instant->zone_missing == zone_missing);
  }
}

TEST_CASE("a beginning of an instant is another instant or an error, never something else") {
  const std::string whole = "2026-11-22T05:38:45.125+01:00";
  const std::vector<std::size_t> complete = {4, 7, 10, 16, 19, 21, 22, 23, whole.size()};
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    CAPTURE(length);
    const bool expected = std::find(complete.begin(), complete.end(), length) != complete.end();
    CHECK(parse_w3cdtf(whole.substr(0, length)).ok() == expected);
  }
}

TEST_CASE("what is not a W3C instant is refused and quoted") {
  for (const auto* bad : {"",
                          "now",
                          "22.11.2026",
                          "2026-11-22 05:38:45Z",
                          "2026-11-22t05:38:45z",
                          "2026-1-22",
                          "20261122T053845Z",
                          "2026-13-01",
                          "2026-00-01",
                          "2026-02-29",
                          "2026-04-31T00:00Z",
                          "2026-11-00",
                          "2026-11-22T24:00Z",
                          "2026-11-22T05:60Z",
                          "2026-11-22T05:38:61Z",
                          "2026-11-22T05Z",
                          "2026-11-22T05:38:45.Z",
                          "2026-11-22T05:38:45,5Z",
                          "2026-11-22T05:38:45+0100",
                          "2026-11-22T05:38:45+01",
                          "2026-11-22T05:38:45+24:00",
                          "2026-11-22T05:38:45ZZ",
                          "2026-11-22Z",
                          "2026-11T05:38Z",
                          "0000-01-01",
                          "-001-01-01",
                          "12026-01-01",
                          "0001-01-01T00:00+00:01",
                          "9999-12-31T23:59:60Z",
                          "9999-12-31T23:59-00:01",
                          "2026-11-22T05:38:45\xc2\xa0Z",
                          "Sun, 22 Nov 2026 05:38:45 GMT"}) {
    CAPTURE(bad);
    const auto instant = parse_w3cdtf(bad);
    REQUIRE_FALSE(instant.ok());
    CHECK_THAT(instant.error().message, Catch::Contains("2026-11-22T05:38:45Z"));
  }
  CHECK_THAT(parse_w3cdtf("ev\x1bil").error().message, Catch::Contains("\"ev\\x1bil\""));
}

TEST_CASE("an instant that no four-digit year can name is written as the nearest one") {
  CHECK(format_w3cdtf(WallTime::max()) == "9999-12-31T23:59:59.999Z");
  CHECK(format_w3cdtf(WallTime::min()) == "0001-01-01T00:00:00Z");
}
