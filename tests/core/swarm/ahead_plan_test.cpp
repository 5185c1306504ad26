#include "core/swarm/ahead_plan.hpp"

#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

const WallTime noon{std::chrono::milliseconds(1'767'268'800'000)};

/// Letters with the minute of their start and their length, `A0+10`; in lower case it is filler.
playlist::Playlist playlist_of(const std::string& text) {
  playlist::Playlist playlist;
  playlist.anchor = noon;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    playlist::Item item;
    item.url = http::Url::parse("http://h/" + word.substr(0, 1)).value();
    item.is_filler = word[0] >= 'a';
    std::istringstream fields(word.substr(1));
    int value = 0;
    if (fields.peek() != '+') {
      fields >> value;
      item.start = noon + minutes(value);
    }
    fields.ignore();
    fields >> value;
    item.duration = minutes(value);
    playlist.items.push_back(item);
  }
  return playlist;
}

struct PlanScene {
  playlist::Playlist playlist;
  playlist::Schedule schedule;
  Random random;
  swarm::AheadPlan plan;
  std::size_t in_reach = 0;  ///< Files, when last looked at.

  PlanScene(const std::string& items, std::optional<Duration> reach, std::uint64_t seed = 1)
      : playlist(playlist_of(items)), schedule(playlist), random(seed), plan(reach, random) {}

  std::string open(WallTime now) {
    std::string letters;
    in_reach = 0;
    for (const auto& coming : plan.look(playlist, schedule, now)) {
      if (coming.is_first) ++in_reach;
      if (coming.is_open) letters += playlist.items[coming.slot.item].url.path().substr(1);
    }
    return letters;
  }
  /// When, in the time from `from` on, a walk in steps of a second first sees so many open.
  WallTime opened(std::size_t count, WallTime from = noon) {
    for (WallTime now = from; now < from + 24h; now += 1s) {
      if (open(now).size() >= count) return now;
    }
    return noon + 999h;
  }
};

}  // namespace

TEST_CASE("in reach is what starts soon, and always the next two") {
  const struct {
    const char* items;
    minutes reach;
    std::size_t in_reach;
  } cases[] = {
      {"A0+10 B10+10 C20+10 D30+10 E40+10", 30min, 3},
      {"A0+10 B10+10 C20+10 D30+10 E40+10", 40min, 4},
      {"A0+10 B10+10 C20+10 D30+10 E40+10", 5min, 2},
      {"A0+60 B60+60 C120+60 D180+60", 30min, 2},
      {"A0+60", 30min, 0},
      {"", 30min, 0},
      {"A0+10 B10+10 A20+10 B30+10", 60min, 1},
      {"A+1 B+1 C+1", 30min, 2},
      {"A+1", 30min, 0},
      {"f+10 B60+10 C70+10 D80+10", 30min, 2},
      {"A0+60 f+10 B120+10 C130+10 D140+10", 30min, 3},
      {"A0+10 f+1 g+1 B12+10", 30min, 3},
  };
  for (const auto& c : cases) {
    CAPTURE(c.items, c.reach.count());
    PlanScene scene(c.items, c.reach);
    (void)scene.open(noon + 1s);
    CHECK(scene.in_reach == c.in_reach);
  }
}

TEST_CASE("each begins somewhere between coming into reach and half a minute before its start") {
  std::set<std::int64_t> seconds;
  milliseconds sum{0};
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    PlanScene scene("A0+20 B20+20", 30min, seed);
    const WallTime at = scene.opened(1);
    CHECK(at >= noon);
    CHECK(at <= noon + 20min - 20s + 1s);
    seconds.insert((at - noon) / 1s);
    sum += at - noon;
  }
  CHECK(seconds.size() > 150);
  CHECK(sum / 200 > 8min);
  CHECK(sum / 200 < 12min);
}

TEST_CASE("the moment is drawn once for each slot, whatever else is asked meanwhile") {
  PlanScene once("A0+20 B20+20", 30min, 5);
  const WallTime at = once.opened(1);
  PlanScene often("A0+20 B20+20", 30min, 5);
  for (WallTime now = noon; now < at - 1s; now += 100ms) REQUIRE(often.open(now).empty());
  CHECK(often.open(at) == "B");
  // A playlist that counts its items otherwise changes nothing.
  often.playlist.items.insert(often.playlist.items.begin(), playlist_of("Z-60+10").items[0]);
  often.schedule = playlist::Schedule(often.playlist);
  CHECK(often.open(at - 1s).empty());
  CHECK(often.open(at) == "B");
}

TEST_CASE("who comes late for a random moment begins at once") {
  PlanScene scene("A0+20 B20+20 C40+20", 30min);
  CHECK(scene.open(noon + 20min - 15s).substr(0, 1) == "B");
}

TEST_CASE("without a reach the next one alone is opened, 20 to 30 s before its start") {
  std::set<std::int64_t> seconds;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    PlanScene scene("A0+20 B20+20 C40+20", std::nullopt, seed);
    const WallTime at = scene.opened(1);
    CHECK(at >= noon + 20min - 30s);
    CHECK(at <= noon + 20min - 19s);
    CHECK(scene.open(noon + 20min - 1s) == "B");
    CHECK(scene.in_reach == 1);
    seconds.insert((at - noon) / 1s);
  }
  CHECK(seconds.size() > 5);
}

TEST_CASE(
    "of several broadcasts of one file the first is fetched, the others in their last moments") {
  PlanScene scene("A0+20 B20+5 B25+5 A30+5", 60min);
  (void)scene.open(noon);
  CHECK(scene.in_reach == 1);
  CHECK(scene.open(noon + 20min - 31s).size() <= 1);
  CHECK(scene.open(noon + 20min - 1s) == "B");
  CHECK(scene.open(noon + 25min - 31s).empty());
  CHECK(scene.open(noon + 25min - 1s) == "B");
  CHECK(scene.in_reach == 1);
}

TEST_CASE("a day of items of a second is no more work than it must be") {
  PlanScene scene("", 24h);
  for (int i = 0; i < 10'000; ++i) {
    playlist::Item item;
    item.url = http::Url::parse("http://h/" + std::to_string(i)).value();
    item.duration = 1s;
    if (i == 0) item.start = noon;
    scene.playlist.items.push_back(item);
  }
  scene.schedule = playlist::Schedule(scene.playlist);
  (void)scene.open(noon);
  CHECK(scene.in_reach == 64);
}
