#include "gateway/broadcaster/grid/grid_station.hpp"

#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "core/playlist/schedule.hpp"
#include "core/time/w3cdtf.hpp"
#include "tests/gateway/broadcaster/instants.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
using test::instant;

namespace {

/// A station with a fill of ten songs, a show each evening and one early on Sundays.
struct Station {
  Grid grid;
  GridFiles files;
  Zone zone = *Zone::find("Europe/Berlin");

  Station() {
    grid.title = "Radio";
    grid.base = http::Url::parse("http://me.example/music/").value();
    grid.fill = "songs";
    grid.fill_order = Order::name;
    for (int i = 0; i < 10; ++i) add("songs", "song" + std::to_string(i), 3min + i * 7s);
    for (int i = 0; i < 3; ++i) add("talk", "talk" + std::to_string(i), 50min);
    add("news", "news", 5min);
    show("talk", "20:00", 1);
    show("news", "02:30", 1);
    grid.shows.back().on = std::bitset<7>("0000001");
  }
  void add(const std::string& source, const std::string& name, std::chrono::milliseconds length) {
    MeasuredFile file;
    file.name = name;
    file.title = "T " + name;
    file.facts.duration = length;
    file.facts.length = 1'000;
    file.facts.type = "audio/mpeg";
    file.facts.root = hash::TreeRoot{hash::sha256(as_bytes(name))};
    files.sources[source].push_back(files.files.size());
    files.files.push_back(file);
  }
  void show(const std::string& play, const char* at, std::size_t items) {
    Show show{.name = play, .play = play, .items = items};
    show.on.set();
    show.at = std::chrono::hours((at[0] - '0') * 10 + at[1] - '0') +
              std::chrono::minutes((at[3] - '0') * 10 + at[4] - '0');
    grid.shows.push_back(show);
  }
  PlannedGrid plan(const std::string& now, const playlist::Playlist* earlier = nullptr,
                   bool is_edited = false) const {
    const auto planned = plan_grid(
        grid, zone, files, {.now = instant(now), .earlier = earlier, .is_edited = is_edited});
    REQUIRE(planned);
    return *planned;
  }
};

/// When a file is on, as UTC.
std::string starts_of(const playlist::Playlist& playlist, const std::string& name) {
  std::string text;
  for (const playlist::Item& item : playlist.items) {
    if (item.title != "T " + name) continue;
    text += (text.empty() ? "" : " ") + format_w3cdtf(*item.start).substr(5, 11);
  }
  return text;
}

/// Whether one item follows the other without a gap or an overlap.
void check_back_to_back(const playlist::Playlist& playlist) {
  for (std::size_t i = 1; i < playlist.items.size(); ++i) {
    REQUIRE(playlist.items[i].start == playlist.items[i - 1].end);
  }
}

}  // namespace

TEST_CASE("a grid becomes a playlist of instants from today's beginning on") {
  const Station station;
  const auto planned = station.plan("2026-11-16T12:00:00Z");
  check_back_to_back(planned.playlist);
  CHECK(planned.notes.empty());
  const auto& items = planned.playlist.items;
  // What was over before there was a playlist is not claimed to have been on.
  CHECK(*items.front().start <= instant("2026-11-16T12:00:00Z"));
  CHECK(*items.front().end > instant("2026-11-16T12:00:00Z"));
  CHECK(*items.back().end >= instant("2026-11-23T23:00:00Z"));
  CHECK(*items.back().start < instant("2026-11-23T23:00:00Z"));
  const auto read = playlist::read_rss(playlist::write_rss(planned.playlist, "http://me.example/p"),
                                       station.grid.base);
  REQUIRE(read);
  CHECK(read->playlist == planned.playlist);
}

TEST_CASE("shows keep their local time over the days on which clocks are set") {
  Station station;
  station.grid.shows[0].items = 0;  // All three, so each of them each evening.
  const auto spring = station.plan("2026-03-27T12:00:00Z");
  check_back_to_back(spring.playlist);
  CHECK(starts_of(spring.playlist, "talk0").starts_with("03-27T19:00 03-28T19:00 03-29T18:00 "));
  CHECK(starts_of(spring.playlist, "news") == "03-29T01:00");
  REQUIRE(spring.notes.size() == 1);
  CHECK(spring.notes[0] ==
        "news begins at a time that does not exist on that day, as clocks are set forward past "
        "it: it begins when they are, on Sun 2026-03-29 03:00:00 CEST");
  const auto autumn = station.plan("2026-10-23T12:00:00Z");
  check_back_to_back(autumn.playlist);
  CHECK(starts_of(autumn.playlist, "talk0").starts_with("10-23T18:00 10-24T18:00 10-25T19:00 "));
  CHECK(starts_of(autumn.playlist, "news") == "10-25T00:30");
  CHECK(autumn.notes.empty());
}

TEST_CASE("a later run of the same day changes nothing, and one of the next day only adds") {
  const Station station;
  const auto first = station.plan("2026-11-16T12:00:00Z").playlist;
  for (const char* now : {"2026-11-16T12:00:01Z", "2026-11-16T19:20:00Z", "2026-11-16T22:59:59Z"}) {
    CAPTURE(now);
    CHECK(station.plan(now, &first).playlist == first);
  }
  const auto second = station.plan("2026-11-17T10:00:00Z", &first).playlist;
  REQUIRE(second.items.size() > first.items.size());
  for (std::size_t i = 0; i < first.items.size(); ++i) REQUIRE(second.items[i] == first.items[i]);
  check_back_to_back(second);
  // Day after day it is what one run would have made.
  playlist::Playlist rolled = first;
  for (int day = 17; day <= 20; ++day) {
    rolled = station.plan("2026-11-" + std::to_string(day) + "T10:00:00Z", &rolled).playlist;
  }
  Station far = station;
  far.grid.days = std::chrono::days(11);
  auto once = far.plan("2026-11-16T12:00:00Z").playlist;
  std::erase_if(once.items, [&](const auto& item) { return *item.start < *rolled.items[0].start; });
  REQUIRE(rolled.items == once.items);
  CHECK(*rolled.items[0].end > instant("2026-11-18T23:00:00Z"));
}

TEST_CASE("episodes go on from one broadcast to the next, over many runs") {
  Station station;
  station.grid.days = std::chrono::days(1);
  playlist::Playlist rolled = station.plan("2026-11-01T12:00:00Z").playlist;
  std::string order;
  for (int day = 2; day <= 9; ++day) {
    rolled = station.plan("2026-11-0" + std::to_string(day) + "T12:00:00Z", &rolled).playlist;
    for (const auto& item : rolled.items) {
      if (!item.title.starts_with("T talk") ||
          *item.start < instant("2026-11-0" + std::to_string(day)))
        continue;
      if (*item.start > instant("2026-11-0" + std::to_string(day)) + 24h) continue;
      order += item.title.back();
    }
  }
  REQUIRE(order.size() == 8);
  for (std::size_t i = 1; i < order.size(); ++i) {
    CHECK((order[i] - '0') == (order[i - 1] - '0' + 1) % 3);
  }
}

TEST_CASE("an edited grid holds from two hours on, and what is before stays") {
  Station station;
  const auto first = station.plan("2026-11-16T12:00:00Z").playlist;
  station.show("news", "13:30", 1);
  station.show("news", "16:00", 1);
  const auto unedited = station.plan("2026-11-16T12:10:00Z", &first).playlist;
  CHECK(unedited == first);
  const auto edited = station.plan("2026-11-16T12:10:00Z", &first, true).playlist;
  check_back_to_back(edited);
  CHECK(starts_of(edited, "news").starts_with("11-16T15:00 11-17T12:30 11-17T15:00"));
  for (std::size_t i = 0; i < first.items.size(); ++i) {
    if (*first.items[i].start >= instant("2026-11-16T14:10:00Z")) break;
    REQUIRE(edited.items[i] == first.items[i]);
  }
}

TEST_CASE("a file that is gone or another one is replaced where it is still to come") {
  Station station;
  const auto first = station.plan("2026-11-16T12:00:00Z").playlist;
  MeasuredFile& talk = station.files.files[10];
  talk.facts.root = hash::TreeRoot{};
  talk.facts.duration = 40min;
  const auto changed = station.plan("2026-11-16T13:00:00Z", &first).playlist;
  check_back_to_back(changed);
  std::size_t same = 0;
  while (changed.items[same] == first.items[same]) ++same;
  CHECK(first.items[same].title == "T talk0");
  CHECK(changed.items[same].root == hash::TreeRoot{});
  CHECK(changed.items[same].start == first.items[same].start);
  // What is on air now stays as it was announced.
  const std::string during = format_w3cdtf(*first.items[same].start + 1min);
  CHECK(starts_of(station.plan(during, &first).playlist, "talk0")
            .starts_with(format_w3cdtf(*first.items[same].start).substr(5, 11)));
  const auto meanwhile = station.plan(during, &first).playlist.items;
  CHECK(std::count(meanwhile.begin(), meanwhile.end(), first.items[same]) == 1);
}

TEST_CASE("a show on air whose file is replaced meanwhile is not heard again behind it") {
  Station station;
  const auto first = station.plan("2026-11-16T12:00:00Z").playlist;
  std::size_t on = 0;
  while (!first.items[on].title.starts_with("T talk")) ++on;
  // All files become others while the talk is on.
  for (MeasuredFile& file : station.files.files) file.facts.root = hash::TreeRoot{};
  const std::string during = format_w3cdtf(*first.items[on].start + 1min);
  const auto replanned = station.plan(during, &first).playlist;
  check_back_to_back(replanned);
  const auto at = std::find(replanned.items.begin(), replanned.items.end(), first.items[on]);
  REQUIRE(at != replanned.items.end());
  CHECK((at + 1)->title.starts_with("T song"));
}

TEST_CASE("a playlist that ran out long ago is begun anew today") {
  const Station station;
  const auto old = station.plan("2026-01-05T12:00:00Z").playlist;
  const auto fresh = station.plan("2026-11-16T12:00:00Z", &old).playlist;
  CHECK(*fresh.items.front().end > instant("2026-11-16T12:00:00Z"));
  check_back_to_back(fresh);
}

TEST_CASE("gaps without filler are told, with filler they are left to it") {
  Station station;
  station.grid.fill.clear();
  const auto silent = station.plan("2026-11-16T12:00:00Z");
  REQUIRE_FALSE(silent.notes.empty());
  CHECK_THAT(silent.notes[0], Catch::StartsWith("Nothing is on from "));
  station.grid.filler = "songs";
  const auto filled = station.plan("2026-11-16T12:00:00Z");
  CHECK(filled.notes.empty());
  CHECK(filled.playlist.items.back().is_filler);
  CHECK_FALSE(filled.playlist.items.back().start);
  const playlist::Schedule schedule(filled.playlist);
  CHECK(schedule.on_air(instant("2026-11-16T12:00:00Z"))->is_filler);
  CHECK(station.plan("2026-11-16T13:00:00Z", &filled.playlist).playlist == filled.playlist);
}

TEST_CASE("of shows at the same time the later is heard, unless it has nothing to play") {
  Station station;
  station.show("talk", "09:00", 1);
  station.grid.shows.back().name = "Early";
  station.show("nothing", "09:00", 0);
  const auto planned = station.plan("2026-11-16T12:00:00Z");
  CHECK(planned.notes ==
        std::vector<std::string>{"nothing is not broadcast: there is nothing to play for it"});
  station.show("news", "09:00", 1);
  CHECK(station.plan("2026-11-16T12:00:00Z").notes.at(1) ==
        "Early is not heard on Tue 2026-11-17 09:00:00 CET and 6 more times: another show begins "
        "at the same time");
}

TEST_CASE("a sealed grid names what has begun, run by run") {
  Station station;
  station.grid.is_sealed = true;
  const auto first = station.plan("2026-11-16T12:00:00Z").playlist;
  CHECK_FALSE(first.items[0].title.empty());
  CHECK(first.items[1].title.empty());
  const auto second = station.plan(format_w3cdtf(*first.items[1].start), &first).playlist;
  CHECK(second.items[1].title.starts_with("T "));
  CHECK(second.items[2].title.empty());
  CHECK(second.items[2].root == first.items[2].root);
}
