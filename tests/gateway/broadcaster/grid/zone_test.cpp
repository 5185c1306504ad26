#include "gateway/broadcaster/zone/zone.hpp"

#include "core/time/w3cdtf.hpp"
#include "tests/gateway/broadcaster/instants.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

/// `2026-10-25T02:30` as clocks show it.
LocalTime local(const std::string& text) {
  return LocalTime(parse_w3cdtf(text + "Z")->time.time_since_epoch());
}

}  // namespace

TEST_CASE("the time on the wall is an instant, also where clocks are set") {
  struct Row {
    const char* zone;
    const char* local;
    const char* instant;
    bool is_missing;
  };
  for (const Row& row : {
           // The day of 23 hours: 02:00 to 03:00 does not exist.
           Row{"Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59:00Z", false},
           Row{"Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00:00Z", true},
           Row{"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00:00Z", true},
           Row{"Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00:00Z", false},
           // The day of 25 hours: 02:00 to 03:00 comes twice.
           Row{"Europe/Berlin", "2026-10-25T01:59", "2026-10-24T23:59:00Z", false},
           Row{"Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:00:00Z", false},
           Row{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30:00Z", false},
           Row{"Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00:00Z", false},
           Row{"America/New_York", "2026-03-08T02:30", "2026-03-08T07:00:00Z", true},
           Row{"America/New_York", "2026-11-01T01:30", "2026-11-01T05:30:00Z", false},
           // Half an hour, and in the other half of the year.
           Row{"Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z", false},
           Row{"Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z", true},
           // A day that never was.
           Row{"Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00:00Z", true},
           Row{"Asia/Kolkata", "2026-03-29T02:30", "2026-03-28T21:00:00Z", false},
           Row{"UTC", "2026-03-29T02:30", "2026-03-29T02:30:00Z", false},
       }) {
    CAPTURE(row.zone, row.local);
    const auto zone = Zone::find(row.zone);
    REQUIRE(zone);
    CHECK(format_w3cdtf(zone->instant_of(local(row.local))) == row.instant);
    CHECK(zone->is_missing(local(row.local)) == row.is_missing);
  }
}

TEST_CASE("a zone says its clock's time, its days and when it is set") {
  const Zone berlin = *Zone::find("Europe/Berlin");
  CHECK(berlin.text(instant("2026-10-25T00:30:00Z")) == "Sun 2026-10-25 02:30:00 CEST");
  CHECK(berlin.text(instant("2026-10-25T01:30:00Z")) == "Sun 2026-10-25 02:30:00 CET");
  CHECK(berlin.local(instant("2026-07-01T10:00:00Z")) == local("2026-07-01T12:00"));
  CHECK(format_w3cdtf(berlin.day_start(instant("2026-07-01T22:30:00Z"))) == "2026-07-01T22:00:00Z");
  const auto changes = berlin.changes_after(instant("2026-01-01T00:00:00Z"), 2);
  REQUIRE(changes.size() == 2);
  CHECK(format_w3cdtf(changes[0]) == "2026-03-29T01:00:00Z");
  CHECK(format_w3cdtf(changes[1]) == "2026-10-25T01:00:00Z");
  CHECK(Zone::find("Asia/Tokyo")->changes_after(instant("2026-01-01T00:00:00Z"), 2).empty());
}

TEST_CASE("a zone that does not exist is said") {
  for (const char* name : {"", "Europe/Bonn", "../etc/passwd", "CEST+1", "europe/berlin"}) {
    CAPTURE(name);
    CHECK_FALSE(Zone::find(name));
  }
}
