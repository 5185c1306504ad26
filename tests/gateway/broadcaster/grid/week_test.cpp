#include "gateway/broadcaster/grid/week.hpp"

#include "core/time/w3cdtf.hpp"
#include "gateway/broadcaster/grid/grid_file.hpp"
#include "tests/gateway/broadcaster/instants.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

Show show(const char* at, const char* until = nullptr) {
  Show show;
  show.on.set();
  show.at = *parse_time_of_day(at);
  if (until) show.until = parse_time_of_day(until);
  return show;
}

/// The broadcast that begins on a local day: `start end`, as UTC.
std::string on_day(const Show& show, const std::string& day) {
  const Zone berlin = *Zone::find("Europe/Berlin");
  const WallTime midnight =
      berlin.instant_of(LocalTime(parse_w3cdtf(day)->time.time_since_epoch()));
  const auto found = occurrences({show}, berlin, midnight, midnight);
  const Occurrence& last = found.back();
  return format_w3cdtf(last.start).substr(11, 5) + (last.is_moved ? " moved" : "") +
         (last.end ? " " + format_w3cdtf(*last.end).substr(11, 5) : "");
}

}  // namespace

TEST_CASE("shows on the days on which clocks are set") {
  struct Row {
    const char* at;
    const char* until;
    const char* usual;      ///< 2026-03-28, a day of 24 hours, in winter (UTC+1).
    const char* short_day;  ///< 2026-03-29, 23 hours: 02:00 to 03:00 does not exist.
    const char* long_day;   ///< 2026-10-25, 25 hours: 02:00 to 03:00 comes twice.
  };
  for (const Row& row : {
           Row{"00:00", nullptr, "23:00", "23:00", "22:00"},
           Row{"00:00", "06:00", "23:00 05:00", "23:00 04:00", "22:00 05:00"},  // 6, 5 and 7 hours.
           Row{"01:59", nullptr, "00:59", "00:59", "23:59"},
           Row{"01:30", "02:30", "00:30 01:30", "00:30 01:00", "23:30 00:30"},
           Row{"02:00", nullptr, "01:00", "01:00 moved", "00:00"},
           Row{"02:00", "02:30", "01:00 01:30", "01:00 moved 01:00", "00:00 00:30"},
           Row{"02:30", nullptr, "01:30", "01:00 moved", "00:30"},
           Row{"02:30", "03:00", "01:30 02:00", "01:00 moved 01:00", "00:30 02:00"},
           Row{"02:30", "03:30", "01:30 02:30", "01:00 moved 01:30", "00:30 02:30"},
           Row{"03:00", nullptr, "02:00", "01:00", "02:00"},
           Row{"20:00", "22:00", "19:00 21:00", "18:00 20:00", "19:00 21:00"},
           Row{"23:00", "02:30", "22:00 01:00", "21:00 00:30", "22:00 01:30"},  // To the next day.
       }) {
    CAPTURE(row.at, row.until);
    CHECK(on_day(show(row.at, row.until), "2026-03-28") == row.usual);
    CHECK(on_day(show(row.at, row.until), "2026-03-29") == row.short_day);
    CHECK(on_day(show(row.at, row.until), "2026-10-25") == row.long_day);
  }
  Show hour = show("02:30");
  hour.lasts = 1h;
  CHECK(on_day(hour, "2026-03-29") == "01:00 moved 02:00");
  CHECK(on_day(hour, "2026-10-25") == "00:30 01:30");
}

TEST_CASE("at the same instant what belongs there stands behind what was moved there") {
  const Zone berlin = *Zone::find("Europe/Berlin");
  const WallTime midnight = instant("2026-03-28T23:00:00Z");
  const auto found = occurrences({show("03:00"), show("02:30")}, berlin, midnight, midnight);
  REQUIRE(found.size() == 4);
  CHECK(found[2].show == 1);
  CHECK(found[3].show == 0);
  CHECK(found[2].start == found[3].start);
}

TEST_CASE("broadcasts are counted through, whichever days are looked at") {
  const Zone utc = *Zone::find("UTC");
  Show twice = show("20:00");
  twice.on.reset().set(1).set(4);
  const auto found = occurrences({twice}, utc, instant("1969-12-30"), instant("2026-11-22"));
  // Those before 1970 have no number of their own.
  std::size_t next = 0;
  for (const Occurrence& occurrence : found) {
    if (occurrence.start < instant("1970-01-01")) continue;
    REQUIRE(occurrence.ordinal == next++);
  }
  const auto late = occurrences({twice}, utc, instant("2026-11-20"), instant("2026-11-22"));
  REQUIRE(late.size() == 1);
  CHECK(late[0] == found.back());
}
