#include "gateway/broadcaster/live/live_playlist.hpp"

#include "core/playlist/schedule.hpp"
#include "tests/gateway/broadcaster/instants.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

const WallTime noon = instant("2026-11-23T12:00:00Z");

playlist::Item item(const std::string& name) {
  playlist::Item made{.url = http::Url::parse("http://me.example/" + name).value()};
  made.title = name;
  made.duration = 10min;
  return made;
}

playlist::Item item_at(const std::string& name, WallTime start) {
  playlist::Item made = item(name);
  made.start = start;
  return made;
}

playlist::Item part(const std::string& name, WallTime start) {
  playlist::Item made = item_at(name, start);
  made.duration = 2s;
  made.end = start + 2s;
  return made;
}

/// Ten minutes each, from half an hour before noon to an hour and a half after it.
playlist::Playlist schedule() {
  playlist::Playlist made;
  made.title = "Radio";
  made.link = "http://me.example/";
  made.gateway = http::Url::parse("http://gw.example").value();
  for (int i = -3; i < 9; ++i) {
    made.items.push_back(item_at("i" + std::to_string(i), noon + i * 10min));
  }
  return made;
}

std::string titles(const playlist::Playlist& playlist) {
  std::string all;
  for (const auto& each : playlist.items) all += (all.empty() ? "" : " ") + each.title;
  return all;
}

}  // namespace

TEST_CASE("without a show the playlist is the schedule, looked at now and then") {
  const LivePlaylist live;
  playlist::Playlist expected = schedule();
  expected.refresh = 3s;
  CHECK(live.at(noon, schedule(), {}) == expected);
  SECTION("and more often as soon as there is a source") {
    expected.refresh = 1s;
    CHECK(live.at(noon, schedule(), {.is_expected = true}) == expected);
  }
}

TEST_CASE("during a show of unknown end the next half hour of the schedule is left out") {
  LivePlaylist live;
  live.add(part("p0", noon + 1min));
  live.add(part("p1", noon + 1min + 2s));
  const auto made = live.at(noon + 1min, schedule(), {.is_on = true, .since = noon + 1min});
  // What is on air stays: listeners have it, and come back to it.
  CHECK(titles(made) == "p0 p1 i-3 i-2 i-1 i0 i4 i5 i6 i7 i8");
  CHECK(made.refresh == 1s);
  CHECK(made.gateway == schedule().gateway);
}

TEST_CASE("what would have begun since a show did is left out until the show is over") {
  const LivePlaylist live;
  const ShowState show{.is_on = true, .since = noon + 1min};
  CHECK(titles(live.at(noon + 25min, schedule(), show)) == "i-3 i-2 i-1 i0 i6 i7 i8");
  CHECK(titles(live.at(noon + 25min, schedule(), {})) == titles(schedule()));
}

TEST_CASE("what begins at a show's planned end is kept") {
  LivePlaylist live;
  live.add(part("p0", noon + 1min));
  const ShowState show{.is_on = true, .since = noon + 1min, .until = noon + 20min};
  CHECK(titles(live.at(noon + 1min, schedule(), show)) == "p0 i-3 i-2 i-1 i0 i2 i3 i4 i5 i6 i7 i8");
  SECTION("and left out when the show goes on beyond it") {
    CHECK(titles(live.at(noon + 21min, schedule(), show)) == "i-3 i-2 i-1 i0 i6 i7 i8");
  }
}

TEST_CASE("when the source goes the schedule is back while the last parts are still to be heard") {
  LivePlaylist live;
  live.add(part("p0", noon + 1s));
  const auto made = live.at(noon, schedule(), {.is_on = false});
  CHECK(titles(made) == "p0 i-3 i-2 i-1 i0 i1 i2 i3 i4 i5 i6 i7 i8");
  CHECK(made.refresh == 1s);
  CHECK(live.at(noon + 13s, schedule(), {}).refresh == 3s);
}

TEST_CASE("parts that are over leave the playlist first and the web space later") {
  LivePlaylist live;
  live.add(part("p0", noon));
  live.add(part("p1", noon + 2s));
  CHECK(titles(live.at(noon + 11s, {}, {})) == "p0 p1");
  CHECK(titles(live.at(noon + 12s, {}, {})) == "p1");
  CHECK(titles(live.at(noon + 14s, {}, {})).empty());
  CHECK(live.take_expired(noon + 71s).empty());
  REQUIRE(live.take_expired(noon + 72s).size() == 1);
  CHECK(live.take_expired(noon + 72s).empty());
  CHECK(live.take_expired(noon + 74s).size() == 1);
}

TEST_CASE("during a show the playlist ends two hours ahead") {
  playlist::Playlist long_one = schedule();
  long_one.items.push_back(item_at("soon", noon + 2h));
  long_one.items.push_back(item_at("late", noon + 2h + 1ms));
  const LivePlaylist live;
  CHECK(titles(live.at(noon, long_one, {.is_on = true, .since = noon})).ends_with("i8 soon"));
  CHECK(titles(live.at(noon, long_one, {})).ends_with("i8 soon late"));
}

TEST_CASE("a loop is left out as a whole, as without one of its items all others would move") {
  playlist::Playlist loop;
  for (const char* name : {"a", "b", "c"}) loop.items.push_back(item(name));
  loop.items.push_back(item("f"));
  loop.items.back().is_filler = true;
  const LivePlaylist live;
  const ShowState show{.is_on = true, .since = noon};
  // Who is behind still hears what was on before the show.
  CHECK(titles(live.at(noon + 9s, loop, show)) == "a b c f");
  CHECK(titles(live.at(noon + 10s, loop, show)) == "f");
  CHECK(titles(live.at(noon + 10s, loop, {})) == "a b c f");
  SECTION("and is back before a planned end") {
    const ShowState planned{.is_on = true, .since = noon, .until = noon + 20min};
    CHECK(titles(live.at(noon + 10s, loop, planned)) == "a b c f");
  }
}

TEST_CASE("what others count their own start from is not left out") {
  playlist::Playlist mixed;
  mixed.items = {item_at("a", noon + 1min), item("follows"), item_at("b", noon + 20min),
                 item_at("c", noon + 25min)};
  const LivePlaylist live;
  const auto made = live.at(noon, mixed, {.is_on = true});
  CHECK(titles(made) == "a follows");
  const playlist::Schedule before(mixed);
  const playlist::Schedule after(made);
  CHECK(before.on_air(noon + 12min)->start == after.on_air(noon + 12min)->start);
}

TEST_CASE("filler is in the playlist whatever is on") {
  playlist::Playlist filled = schedule();
  filled.items.push_back(item("jingle"));
  filled.items.back().is_filler = true;
  const LivePlaylist live;
  CHECK(titles(live.at(noon, filled, {.is_on = true, .since = noon})) ==
        "i-3 i-2 i-1 i0 i4 i5 i6 i7 i8 jingle");
}
