#include "core/swarm/timetable.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using std::chrono::milliseconds;
using std::chrono::seconds;
using swarm::Timetable;

namespace {

media::FileFacts facts(std::optional<milliseconds> duration, media::SecondsIndex index = {}) {
  media::FileFacts result;
  result.duration = duration;
  result.seconds = std::move(index);
  return result;
}

std::string run(const hash::ChunkRun& run) {
  return std::to_string(run.begin.value) + "-" + std::to_string(run.end.value - 1);
}

}  // namespace

TEST_CASE("without a seconds index bytes and time are in proportion") {
  const Timetable table(facts(seconds(100)), 1'000'000, {});
  const struct {
    Duration time;
    std::uint64_t offset;
  } cases[] = {{seconds(-5), 0},       {seconds(0), 0},           {milliseconds(1), 10},
               {seconds(50), 500'000}, {seconds(100), 1'000'000}, {seconds(1'000), 1'000'000}};
  for (const auto& c : cases) {
    CAPTURE(c.time.count());
    CHECK(table.offset_at(c.time) == c.offset);
  }
  CHECK(table.time_at(500'000) == seconds(50));
  CHECK(table.time_at(1'000'000) == seconds(100));
  CHECK(table.time_at(UINT64_MAX) == seconds(100));
}

TEST_CASE("with a seconds index each full second has its byte") {
  const Timetable table(facts(seconds(4), {0, 100, 5'000, 5'010}), 6'000, {});
  CHECK(table.offset_at(milliseconds(999)) == 0);
  CHECK(table.offset_at(seconds(1)) == 100);
  CHECK(table.offset_at(milliseconds(2'500)) == 5'000);
  CHECK(table.offset_at(milliseconds(3'999)) == 5'010);
  CHECK(table.offset_at(seconds(4)) == 6'000);
  CHECK(table.time_at(0) == seconds(0));
  CHECK(table.time_at(99) == seconds(0));
  CHECK(table.time_at(100) == seconds(1));
  CHECK(table.time_at(5'005) == seconds(2));
  CHECK(table.time_at(5'999) == seconds(3));
}

TEST_CASE("an index that ends early, or begins late, is taken as far as it goes") {
  const Timetable shorter(facts(seconds(10), {0, 100}), 6'000, {});
  CHECK(shorter.offset_at(seconds(7)) == 100);
  const Timetable later(facts(seconds(10), {50, 100}), 6'000, {});
  CHECK(later.time_at(10) == seconds(0));
  CHECK(later.offset_at(milliseconds(500)) == 50);
}

TEST_CASE("the playlist's duration serves where the facts have none") {
  CHECK(Timetable(facts({}), 100, seconds(10)).offset_at(seconds(5)) == 50);
  CHECK(Timetable(facts(seconds(20)), 100, seconds(10)).duration() == seconds(20));
}

TEST_CASE("what is due covers the whole time asked for, and at least one chunk") {
  // A chunk a second.
  const Timetable table(facts(seconds(10)), 10 * hash::chunk_bytes, {});
  const struct {
    Duration from;
    Duration to;
    const char* due;
  } cases[] = {
      {seconds(0), seconds(3), "0-2"},
      {seconds(0), seconds(0), "0-0"},
      {milliseconds(500), milliseconds(3'500), "0-3"},
      {seconds(8), seconds(11), "8-9"},
      {seconds(10), seconds(13), "9-9"},
      {seconds(500), seconds(503), "9-9"},
      {seconds(-2), seconds(1), "0-0"},
      {seconds(5), seconds(2), "5-5"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.from.count(), c.to.count());
    CHECK(run(table.due_between(c.from, c.to)) == c.due);
  }
}

TEST_CASE("nothing is known of an empty file or one without duration, and nothing breaks") {
  for (const auto& table :
       {Timetable(), Timetable(facts({}), 5'000'000, {}), Timetable(facts(seconds(5)), 0, {})}) {
    CHECK(table.offset_at(milliseconds(1)) == 0);
    CHECK(table.time_at(3) <= seconds(5));
    CHECK(run(table.due_between(seconds(0), seconds(3))) == "0-0");
  }
}

TEST_CASE("the longest files and times do not overflow") {
  const std::uint64_t length = hash::max_file_bytes;
  const auto century = std::chrono::days(36'525);
  const Timetable table(facts(duration_cast<milliseconds>(century)), length, {});
  CHECK(table.offset_at(Duration(century) / 2) == length / 2);
  CHECK(table.time_at(length / 2) == Duration(century) / 2);
}
