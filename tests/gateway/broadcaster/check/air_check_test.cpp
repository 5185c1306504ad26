#include "gateway/broadcaster/check/air_check.hpp"

#include "core/time/w3cdtf.hpp"
#include "gateway/broadcaster/as_run/as_run.hpp"
#include "tests/gateway/broadcaster/instants.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

const WallTime now = instant("2026-11-16T12:00:00Z");

Zone berlin() {
  return *Zone::find("Europe/Berlin");
}

/// An item that begins so many minutes after `now`; without any it is part of a loop.
playlist::Item item(const std::string& name, std::optional<int> start, int minutes,
                    std::optional<int> end = {}) {
  playlist::Item item{.url = http::Url::parse("http://me.example/" + name).value()};
  item.title = name;
  item.duration = std::chrono::minutes(minutes);
  if (start) item.start = now + std::chrono::minutes(*start);
  if (end) item.end = now + std::chrono::minutes(*end);
  return item;
}

std::vector<std::string> found(const std::vector<playlist::Item>& items, int minutes = 60) {
  playlist::Playlist playlist;
  playlist.anchor = now;
  playlist.items = items;
  std::vector<std::string> sentences;
  const std::vector<Window> windows{{now, now + std::chrono::minutes(minutes)}};
  for (const Finding& finding :
       check_air(playlist, playlist::Schedule(playlist), windows, berlin())) {
    sentences.push_back((finding.at ? berlin().text(*finding.at).substr(15, 5) + " " : "") +
                        finding.kind + ": " + finding.sentence);
  }
  return sentences;
}

using Sentences = std::vector<std::string>;

}  // namespace

TEST_CASE("a schedule that is full has nothing wrong with it") {
  CHECK(found({item("a", 0, 30), item("b", 30, 40)}).empty());
  CHECK(found({item("a", {}, 3), item("b", {}, 4)}).empty());
  CHECK(found({item("a", 0, 30, 20), item("b", 20, 40, 60)}).empty());
}

TEST_CASE("gaps are told with their local time") {
  CHECK(found({item("a", 0, 10), item("b", 15, 60)}) ==
        Sentences{"13:10 gap: nothing is on for 5:00, until Mon 2026-11-16 13:15:00 CET; listeners "
                  "hear silence"});
  CHECK(found({item("a", 0, 10)}) ==
        Sentences{"13:10 end: nothing is on any more: the playlist ends here; listeners hear "
                  "silence"});
  auto filler = item("f", {}, 2);
  filler.is_filler = true;
  CHECK(found({item("a", 0, 10), item("b", 15, 60), filler}).empty());
  CHECK(found({}).size() == 1);
  // Filler of a moment costs no time.
  filler.duration = 1ms;
  CHECK(found({item("a", 0, 10), item("b", 50'000, 60), filler}, 49'000).empty());
  // What is shorter than a second is rounding.
  auto late = item("b", 10, 60);
  *late.start += 999ms;
  CHECK(found({item("a", 0, 10), late}).empty());
}

TEST_CASE("overlaps are told, cuts that are meant are not") {
  CHECK(found({item("a", 0, 30), item("b", 20, 60)}) ==
        Sentences{"13:20 overlap: \"a\" is still on when \"b\" begins, and is cut off 10:00 before "
                  "its end"});
  CHECK(found({item("b", 20, 60), item("a", 0, 30, 20)}).empty());
}

TEST_CASE("an item that is over before its time is told") {
  CHECK(found({item("a", 0, 10, 30), item("b", 30, 60)}) ==
        Sentences{"13:10 short: \"a\" is over 20:00 before its time is; listeners hear silence"});
}

TEST_CASE("what is not on air in the time looked at is not told") {
  CHECK(found({item("a", -300, 10), item("b", -295, 100), item("c", 0, 90), item("d", 80, 9)})
            .empty());
}

TEST_CASE("looked at are the coming days and the next two on which clocks are set") {
  const auto windows = windows_to_check(berlin(), now, std::chrono::days(7));
  REQUIRE(windows.size() == 3);
  CHECK(windows[0] == Window{now, now + 168h});
  CHECK(windows[1] == Window{instant("2027-03-27T23:00:00Z"), instant("2027-03-28T22:00:00Z")});
  CHECK(windows[2] == Window{instant("2027-10-30T22:00:00Z"), instant("2027-10-31T23:00:00Z")});
  const auto near =
      windows_to_check(berlin(), instant("2026-10-20T12:00:00Z"), std::chrono::days(7));
  REQUIRE(near.size() == 2);
  CHECK(near[0].end == instant("2026-10-27T12:00:00Z"));
  CHECK(windows_to_check(*Zone::find("Asia/Tokyo"), now, std::chrono::days(7)).size() == 1);
}

TEST_CASE("a gap on a day on which clocks are set is found, if the playlist reaches it") {
  playlist::Playlist playlist;
  for (int hour = 0; hour < 24; ++hour) {
    // As if that day had 24 hours: an hour is missing.
    auto one = item("h" + std::to_string(hour), {}, 60);
    one.start = instant("2027-10-30T22:00:00Z") + std::chrono::hours(hour);
    playlist.items.push_back(one);
  }
  const auto windows = windows_to_check(berlin(), now, std::chrono::days(7));
  playlist.items.push_back(item("now", 0, 7 * 24 * 60));
  playlist.items.push_back(item("later", 400 * 24 * 60, 60));
  const auto findings = check_air(playlist, playlist::Schedule(playlist), windows, berlin());
  REQUIRE(findings.size() == 2);  // All of the day in spring as well.
  CHECK(findings[1].at == instant("2027-10-31T22:00:00Z"));
  CHECK(findings[1].kind == "gap");
}

TEST_CASE("the files of the coming days are found with when they are first on air") {
  playlist::Playlist playlist;
  playlist.items = {item("past", -60, 30), item("on", -30, 60), item("next", 30, 60),
                    item("far", 30'000, 60), item("filler", {}, 5)};
  playlist.items.back().is_filler = true;
  const auto on_air = items_on_air(playlist, playlist::Schedule(playlist), {{now, now + 168h}});
  CHECK(on_air == std::map<std::size_t, WallTime>{{1, now}, {2, now + 30min}, {4, now + 90min}});
}

TEST_CASE("what was on air becomes a table") {
  playlist::Playlist playlist;
  playlist.items = {item("a", 0, 10), item("b", 10, 10, 15), item("c", 20, 5)};
  playlist.items[0].title = "Say \"=x\", twice";
  playlist.items[0].creator = "=cmd()";
  playlist.items[1].root = hash::TreeRoot{};
  const std::string csv = as_run_csv(playlist, now, now + 20min, berlin());
  CHECK(csv ==
        "start,start_local,end,seconds,kind,title,creator,url,identifier\r\n"
        "2026-11-16T12:00:00Z,Mon 2026-11-16 13:00:00 CET,2026-11-16T12:10:00Z,600.0,programme,"
        "\"Say \"\"=x\"\", twice\",'=cmd(),http://me.example/a,\r\n"
        "2026-11-16T12:10:00Z,Mon 2026-11-16 13:10:00 CET,2026-11-16T12:15:00Z,300.0,programme,"
        "b,,http://me.example/b," +
            hash::TreeRoot{}.urn() + "\r\n");
  CHECK(as_run_csv(playlist, now + 21min, now + 60min, berlin()).find("/c") == std::string::npos);
}
