#include "gateway/broadcaster/live/live_clock.hpp"

#include "tests/gateway/broadcaster/instants.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

const WallTime noon = instant("2026-11-23T12:00:00Z");
constexpr LiveLead lead{.first = 2'500ms, .least = 1'500ms};

}  // namespace

TEST_CASE("a show is on air its lead after its first part was cut") {
  LiveClock clock(lead);
  CHECK_FALSE(clock.end());
  const AirTime air = clock.next(0s, 2s, noon);
  CHECK(air.start == noon + 2'500ms);
  CHECK(air.end == noon + 4'500ms);
  CHECK(air.begins_run);
  CHECK(clock.end() == air.end);
}

TEST_CASE("parts follow each other without a hole though their source is late by now and then") {
  LiveClock clock(lead);
  WallTime end = clock.next(0s, 2s, noon).end;
  Duration media = 2s;
  for (const auto late : {0ms, 400ms, 1'000ms, 700ms, 0ms}) {
    const WallTime cut = noon + std::chrono::floor<std::chrono::milliseconds>(media) + late;
    const AirTime air = clock.next(media, media + 2s, cut);
    CHECK(air.start == end);
    CHECK_FALSE(air.begins_run);
    CHECK(air.start >= cut + lead.least);
    end = air.end;
    media += 2s;
  }
}

TEST_CASE("after a standstill the show is as far behind its source as in the beginning") {
  LiveClock clock(lead);
  const WallTime end = clock.next(0s, 2s, noon).end;
  const AirTime air = clock.next(2s, 4s, noon + 3'001ms);
  CHECK(air.start == noon + 3'001ms + lead.first);
  CHECK(air.start > end);
  CHECK(air.begins_run);
}

TEST_CASE("a source that is faster than time is on air without a hole, ever further behind") {
  LiveClock clock(lead);
  WallTime end = clock.next(0s, 2s, noon).end;
  for (Duration media = 2s; media < 20s; media += 2s) {
    const AirTime air = clock.next(media, media + 2s, noon);
    CHECK(air.start == end);
    end = air.end;
  }
}

TEST_CASE("lengths that are no whole milliseconds do not add up to an error") {
  LiveClock clock(lead);
  // 77 frames of MP3 at 44.1 kHz.
  const auto media_at = [](std::int64_t part) {
    return Duration(part * 77 * 1'152 * 1'000'000 / 44'100);
  };
  WallTime end;
  for (std::int64_t part = 0; part < 5'000; ++part) {
    const AirTime air =
        clock.next(media_at(part), media_at(part + 1),
                   noon + std::chrono::floor<std::chrono::milliseconds>(media_at(part + 1)));
    if (part > 0) REQUIRE(air.start == end);
    end = air.end;
  }
  CHECK(std::chrono::abs(end - (noon + lead.first + media_at(1) + media_at(5'000))) <= 1ms);
}

TEST_CASE("the next recording goes on where the last one ends, if it is there in time") {
  LiveClock clock(lead);
  const WallTime end = clock.next(0s, 2s, noon).end;
  const AirTime air = clock.next(0s, 2s, noon + 2s);
  CHECK(air.start == end);
  CHECK(air.begins_run);
}

TEST_CASE("time that a damaged recording lacks is not waited for") {
  LiveClock clock(lead);
  const WallTime end = clock.next(0s, 2s, noon).end;
  const AirTime air = clock.next(60s, 62s, noon + 2s);
  CHECK(air.start == end);
  CHECK(air.end == end + 2s);
}
