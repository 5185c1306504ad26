#include "core/playlist/schedule.hpp"

#include "core/base/random.hpp"
#include "core/base/text.hpp"

#include <chrono>
#include <sstream>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::playlist;
using namespace std::chrono_literals;
using std::chrono::milliseconds;
using std::chrono::minutes;

namespace {

const WallTime midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};
const WallTime year_9999 = std::chrono::sys_days{std::chrono::year{9999} / 12 / 31};

/// Items as text: a letter, then as wanted `@30` (starts 30 minutes after midnight), `=40` (ends
/// then), `+10` (lasts ten minutes), `~` (filler), `!` (live). Other minutes are counted from
/// midnight too.
Playlist playlist_of(const std::string& text) {
  Playlist playlist;
  playlist.anchor = midnight;
  std::istringstream words(text);
  for (std::string word; words >> word;) {
    Item item;
    item.url = http::Url::parse("http://h/" + word.substr(0, 1)).value();
    item.title = word.substr(0, 1);
    std::istringstream fields(word.substr(1));
    for (char kind = 0; fields >> kind;) {
      if (kind == '~') {
        item.is_filler = true;
        continue;
      }
      if (kind == '!') {
        item.is_live = true;
        continue;
      }
      int value = 0;
      fields >> value;
      if (kind == '@') item.start = midnight + minutes(value);
      if (kind == '=') item.end = midnight + minutes(value);
      if (kind == '+') item.duration = minutes(value);
    }
    playlist.items.push_back(item);
  }
  return playlist;
}

/// What is on in each of twelve slices of ten minutes from `begin` on, a dot where nothing is.
std::string drawn(const Playlist& playlist, const Schedule& schedule, minutes begin = 0min) {
  std::string picture;
  for (int i = 0; i < 12; ++i) {
    const auto slot = schedule.on_air(midnight + begin + i * 10min);
    picture += slot ? playlist.items[slot->item].title : ".";
  }
  return picture;
}

struct Rule {
  const char* says;
  const char* items;
  const char* picture;
  std::size_t warnings = 0;
};

const Rule rules[] = {
    {"nothing is on in an empty playlist", "", "............"},
    {"an item lasts from its start to its end", "A@20=50", "..AAA......."},
    {"an item lasts as long as its duration", "A@20+30", "..AAA......."},
    {"the end outranks the duration", "A@20=40+90", "..AA........"},
    {"without end and duration it lasts to the next start", "A@10 B@40+20", ".AAABB......"},
    {"a last item of unknown length has no end", "A@10 B@40", ".AAABBBBBBBB"},
    {"an item without a start follows the one before it", "A@10+20 B+30 C+10", ".AABBBC....."},
    {"it follows the end that was said", "A@10=30 B+30", ".AABBB......"},
    {"the first one without a start counts from the anchor", "A+20 B@50+10", "AA...B......"},
    {"a gap is silent", "A@0+10 B@50+10 C@110+10", "A....B.....C"},
    {"the order of the list is not the order of time", "C@80+20 A@10+10 B@40+20", ".A..BB..CC.."},
    {"the later start wins and the earlier one is over", "A@0+120 B@30+20", "AAABB......."},
    {"the later start wins whatever the order", "B@30+20 A@0+120", "AAABB......."},
    {"who follows a cut item still counts from its full length", "A@0+60 B@30+10 C@100+10 D+10",
     "AAAB......CD"},
    {"of equal starts the later item wins", "A@20+60 B@20+20", "..BB........", 1},
    {"of three equal starts the last one wins", "A@20 B@20+30 C@20+10 D@60+10", "..C...D.....", 2},
    {"an item that ends before it starts is left out", "A@20=10 B@40+10", "....B.......", 1},
    {"an item of no length is left out", "A@20=20 B@40+10", "....B.......", 1},
    {"who follows one that was left out takes its place", "A@20=10 B+20", "..BB........", 1},
    {"after an unknown end only a start helps", "A@0 B+10 C+10 D@40+10 E+10", "AAAADE......", 2},
    {"a start in the past of the list does not matter", "A@-60+90 B+20", "AAABB......."},
    {"filler is on while nothing is scheduled", "A@20+20 F~+10 B+10", "FFAABFFFFFFF"},
    {"fillers follow each other in the order of the list", "A@0+10 F~+20 G~+10 B@90+10",
     "AFFGFFGFFBFF"},
    {"filler gives way to the next item's start", "F~+50 A@20+20 B@60+10", "FFAAFFBFFFFF"},
    {"after each item filler begins anew", "F~+10 G~+20 A@0+10 B@20+10 C@60+20", "AFBFGGCCFGGF"},
    {"before the first item filler counts from the anchor", "F~+10 G~+20 A@50+10", "FGGFGAFGGFGG"},
    {"filler fills where an overlapping item has ended", "A@0+120 B@30+20 F~+10", "AAABBFFFFFFF"},
    {"there is no filler beside an item without end", "A@20 F~+10", "FFAAAAAAAAAA"},
    {"filler alone plays for ever", "F~+10 G~+20", "FGGFGGFGGFGG"},
    {"filler has no start and no end of its own", "F~@30=50+20 A@40+10", "FFFFAFFFFFFF"},
    {"filler of unknown length is left out", "A@20+20 F~ G~=50", "..AA........", 2},
    {"filler of unknown length does not disturb the others", "A@20+20 F~ G~+10", "GGAAGGGGGGGG", 1},
    {"without any start the list loops", "A+20 B+10", "AABAABAABAAB"},
    {"a loop has no room for filler", "F~@0+10 A+20 B+10", "AABAABAABAAB"},
    {"one item loops on itself", "A+30", "AAAAAAAAAAAA"},
    {"a loop skips what has no length", "A+20 B C+10", "AACAACAACAAC", 1},
    {"a loop skips what has an end alone", "A+20 B=90 C+10", "AACAACAACAAC", 1},
    {"a loop of nothing is nothing", "A B", "............", 2},
    {"a loop of nothing leaves all time to filler", "A F~+10", "FFFFFFFFFFFF", 1},
    {"what is scheduled goes on behind a live show", "A@10+80 L!@30+20", ".AALLAAAA..."},
    {"a live show is heard though what is scheduled starts later", "A@0+20 L!@10+40 B@30+30",
     "ALLLLB......"},
    {"an item that a live show covers is not heard", "A@0+10 L!@10+50 B@20+20", "ALLLLL......"},
    {"a live show interrupts a loop", "A+20 B+10 L!@30+20", "AABLLBAABAAB"},
    {"of two live shows the later start wins", "A@0+120 L!@20+60 M!@50+10", "AALLLMAAAAAA"},
    {"filler begins anew behind a live show", "F~+10 G~+20 L!@20+20 A@80+10", "FGLLFGGFAFGG"},
    {"live shows alone leave gaps", "L!@20+20 M!@60+10", "..LL..M....."},
    {"a live part without an end is left out", "A@0+30 L!@10 M!+10", "AAA.........", 2},
    {"a live part that ends before it starts is left out", "A@0+30 L!@20=10", "AAA.........", 1},
    {"an item without an end goes on behind a live show", "A@10 L!@30+20", ".AALLAAAAAAA"},
};

}  // namespace

TEST_CASE("the rules of the schedule") {
  for (const auto& rule : rules) {
    CAPTURE(rule.says, rule.items);
    const Playlist playlist = playlist_of(rule.items);
    const Schedule schedule(playlist);
    CHECK(drawn(playlist, schedule) == rule.picture);
    CHECK(schedule.warnings().size() == rule.warnings);
  }
}

TEST_CASE("the next slot is the first that a walk through time meets") {
  for (const auto& rule : rules) {
    CAPTURE(rule.says, rule.items);
    const Schedule schedule(playlist_of(rule.items));
    for (minutes t = -20min; t < 120min; t += 5min) {
      CAPTURE(t.count());
      std::optional<Slot> met;
      for (minutes later = t + 5min; later <= 240min && !met; later += 5min) {
        const auto slot = schedule.on_air(midnight + later);
        if (slot && slot->heard_from() > midnight + t) met = slot;
      }
      const auto next = schedule.next_after(midnight + t);
      REQUIRE(next == met);
    }
  }
}

TEST_CASE("a slot is the same at each of its instants") {
  for (const auto& rule : rules) {
    CAPTURE(rule.says, rule.items);
    const Schedule schedule(playlist_of(rule.items));
    for (minutes t = -20min; t < 240min; t += 5min) {
      const auto slot = schedule.on_air(midnight + t);
      if (slot) CHECK(schedule.on_air(slot->heard_from()) == slot);
      if (slot && slot->end) CHECK(schedule.on_air(*slot->end - 1ms) == slot);
    }
  }
}

TEST_CASE("a slot is on from its start to just before its end") {
  const Schedule schedule(playlist_of("A@10+20 B+10"));
  const Slot a{0, midnight + 10min, midnight + 30min};
  const Slot b{1, midnight + 30min, midnight + 40min};
  CHECK_FALSE(schedule.on_air(a.start - 1ms));
  CHECK(schedule.on_air(a.start) == a);
  CHECK(schedule.on_air(*a.end - 1ms) == a);
  CHECK(schedule.on_air(*a.end) == b);
  CHECK_FALSE(schedule.on_air(*b.end));
  CHECK(schedule.next_after(a.start - 1ms) == a);
  CHECK(schedule.next_after(a.start) == b);
  CHECK_FALSE(schedule.next_after(b.start));
  CHECK_FALSE(schedule.loops());
}

TEST_CASE("a cut slot says when it is really over, and an open one that it is open") {
  const Schedule schedule(playlist_of("A@0+60 B@30"));
  CHECK(schedule.on_air(midnight) == Slot{0, midnight, midnight + 30min});
  CHECK(schedule.on_air(midnight + 24h) == Slot{1, midnight + 30min, std::nullopt});
}

TEST_CASE("a loop runs before its anchor as well as after it") {
  const Playlist playlist = playlist_of("A+20 B+10");
  const Schedule schedule(playlist);
  CHECK(schedule.loops());
  CHECK(drawn(playlist, schedule, -120min) == "AABAABAABAAB");
  CHECK(schedule.on_air(midnight - 1ms) == Slot{1, midnight - 10min, midnight});
  CHECK(schedule.next_after(midnight - 1ms) == Slot{0, midnight, midnight + 20min});
  CHECK(schedule.next_after(midnight + 20min) == Slot{0, midnight + 30min, midnight + 50min});
  // Far away, exactly a whole number of rounds on.
  const auto centuries = 876'000h;
  CHECK(schedule.on_air(midnight + centuries + 25min) ==
        Slot{1, midnight + centuries + 20min, midnight + centuries + 30min});
}

TEST_CASE("without an anchor a loop and a first item count from the epoch") {
  for (const auto* items : {"A+20 B+10", "A+20 B@29999999+10"}) {
    CAPTURE(items);
    Playlist playlist = playlist_of(items);
    playlist.anchor.reset();
    CHECK(Schedule(playlist).on_air(WallTime(5min))->start == WallTime());
  }
}

TEST_CASE("before the first item filler runs as it does after it, counted from the anchor") {
  const Playlist playlist = playlist_of("F~+10 G~+20 A@30+10");
  const Schedule schedule(playlist);
  CHECK(drawn(playlist, schedule, -90min) == "FGGFGGFGGFGG");
  CHECK(schedule.on_air(midnight - 1ms) == Slot{1, midnight - 20min, midnight, true});
  const Playlist filler_only = playlist_of("F~+10 G~+20");
  CHECK(drawn(filler_only, Schedule(filler_only), -60min) == "FGGFGGFGGFGG");
}

TEST_CASE("filler gives way at the exact start and comes back at the exact end") {
  const Schedule schedule(playlist_of("F~+10 A@25+10"));
  const Slot first{0, midnight + 10min, midnight + 20min, true};
  const Slot cut{0, midnight + 20min, midnight + 25min, true};
  const Slot a{1, midnight + 25min, midnight + 35min};
  const Slot again{0, midnight + 35min, midnight + 45min, true};
  CHECK(schedule.on_air(first.start) == first);
  CHECK(schedule.on_air(cut.start) == cut);
  CHECK(schedule.on_air(a.start - 1ms) == cut);
  CHECK(schedule.on_air(a.start) == a);
  CHECK(schedule.on_air(*a.end - 1ms) == a);
  CHECK(schedule.on_air(*a.end) == again);
  CHECK(schedule.next_after(midnight + 12min) == cut);
  CHECK(schedule.next_after(midnight + 24min) == a);
  CHECK(schedule.next_after(midnight + 25min) == again);
}

TEST_CASE("what comes next for people is never filler") {
  const Schedule schedule(playlist_of("F~+10 A@20+10 B@60+10"));
  CHECK(schedule.next_programme_after(midnight)->item == 1);
  CHECK(schedule.next_programme_after(midnight + 20min)->item == 2);
  CHECK(schedule.next_programme_after(midnight + 35min)->item == 2);
  CHECK_FALSE(schedule.next_programme_after(midnight + 60min));
  CHECK_FALSE(Schedule(playlist_of("F~+10")).next_programme_after(midnight));
  CHECK(Schedule(playlist_of("A+20 B+10")).next_programme_after(midnight + 5min)->item == 1);
}

TEST_CASE("filler is named in the order of the list") {
  CHECK(Schedule(playlist_of("A+1 F~ B+1 G~")).filler() == std::vector<std::size_t>{1, 3});
}

TEST_CASE("what is left out is said with the item's name") {
  const Schedule schedule(playlist_of("A+20 B"));
  REQUIRE(schedule.warnings().size() == 1);
  CHECK_THAT(schedule.warnings()[0], Catch::StartsWith("item 2 (B) is left out: "));
}

TEST_CASE("dates and durations at the ends of time are bounded, never wrapped") {
  Playlist playlist = playlist_of("A@0 B C");
  playlist.items[0].duration = milliseconds::max();
  playlist.items[1].start = WallTime::max();
  playlist.items[1].duration = milliseconds::max();
  playlist.items[2].start = WallTime::min();
  playlist.items[2].duration = 1ms;
  const Schedule schedule(playlist);
  CHECK(schedule.on_air(midnight)->item == 0);
  CHECK(schedule.on_air(year_9999)->item == 0);
  CHECK(schedule.on_air(WallTime::min())->item == 2);
  CHECK_FALSE(schedule.on_air(WallTime::max()));
  CHECK_FALSE(schedule.next_after(WallTime::max()));
  CHECK(schedule.next_after(WallTime::min())->item == 0);

  Playlist loop = playlist_of("A B C D");
  loop.anchor = WallTime::max();
  loop.items[0].duration = milliseconds::max();
  loop.items[1].duration = 1ms;
  loop.items[2].duration = milliseconds::min();
  loop.items[3].duration = 0ms;
  const Schedule endless(loop);
  CHECK(endless.loops());
  CHECK(endless.warnings().size() == 3);
  CHECK(endless.on_air(WallTime::max())->item == 0);
  CHECK(endless.on_air(WallTime::min())->item == 0);
  CHECK(endless.next_after(WallTime::max())->item == 0);
}

TEST_CASE("filler fills up to both ends of time") {
  Playlist playlist = playlist_of("A@0+10 F~+10 G~");
  playlist.items[2].duration = milliseconds::max();
  const Schedule schedule(playlist);
  for (const auto t : {WallTime::min(), WallTime::max()}) {
    REQUIRE(schedule.on_air(t));
    CHECK(schedule.on_air(t)->is_filler);
  }
  CHECK_FALSE(schedule.next_after(WallTime::max()));
  CHECK(schedule.warnings().size() == 1);
}

TEST_CASE("what comes next is where the filler at hand ends") {
  Random random(11);
  for (int round = 0; round < 200; ++round) {
    Playlist playlist = playlist_of("F~+1 G~+2 A@0 B@0 C@0");
    for (auto& item : playlist.items) {
      item.duration = milliseconds(1 + random.below(50));
      if (item.start) item.start = midnight + milliseconds(random.below(200));
    }
    const Schedule schedule(playlist);
    for (WallTime t = midnight - 100ms; t < midnight + 300ms; t += 1ms) {
      const auto slot = schedule.on_air(t);
      const auto next = schedule.next_after(t);
      REQUIRE(slot);
      REQUIRE(next);
      REQUIRE((slot->start <= t && t < *slot->end));
      REQUIRE(next->start == *slot->end);
      REQUIRE(schedule.on_air(next->start) == next);
    }
  }
}

TEST_CASE("an item on the last day that can be written ends with it") {
  Playlist playlist = playlist_of("A");
  playlist.items[0].start = year_9999 + 23h;
  playlist.items[0].duration = 48h;
  const auto slot = Schedule(playlist).on_air(year_9999 + 23h);
  REQUIRE(slot);
  CHECK(slot->end == year_9999 + 24h);
}

TEST_CASE("twenty thousand items in any order agree with asking each of them") {
  Random random(7);
  Playlist playlist;
  const auto url = http::Url::parse("http://h/a").value();
  for (int i = 0; i < 20'000; ++i) {
    Item item;
    item.url = url;
    item.start = midnight + milliseconds(random.below(10'000'000));
    item.duration = milliseconds(1 + random.below(2000));
    playlist.items.push_back(item);
  }
  const Schedule schedule(playlist);
  for (int round = 0; round < 500; ++round) {
    const WallTime t = midnight + milliseconds(random.below(10'000'000));
    // The latest start not after t has the word, and among equals the last in the list.
    std::optional<std::size_t> expected;
    for (std::size_t i = 0; i < playlist.items.size(); ++i) {
      const Item& item = playlist.items[i];
      if (*item.start > t) continue;
      if (!expected || *item.start >= *playlist.items[*expected].start) expected = i;
    }
    if (expected) {
      const Item& item = playlist.items[*expected];
      if (*item.start + *item.duration <= t) expected.reset();
    }
    const auto slot = schedule.on_air(t);
    REQUIRE(slot.has_value() == expected.has_value());
    if (slot) REQUIRE(slot->item == *expected);
  }
}

TEST_CASE("what goes on behind a live show has kept its start") {
  const Schedule schedule(playlist_of("A@10+80 L!@30+20"));
  const auto before = schedule.on_air(midnight + 20min);
  const auto behind = schedule.on_air(midnight + 60min);
  REQUIRE((before && behind));
  CHECK(before->end == midnight + 30min);
  CHECK(before->heard_from() == midnight + 10min);
  CHECK(behind->start == midnight + 10min);
  CHECK(behind->heard_from() == midnight + 50min);
  CHECK(behind->end == midnight + 90min);
  CHECK(schedule.next_programme_after(midnight + 40min) == behind);
}

TEST_CASE("a live show may go on where nothing that starts behind it is scheduled") {
  const Schedule schedule(playlist_of("A@0+80 L!@30+20 B@100+10 F~+10"));
  CHECK_FALSE(schedule.may_be_live(midnight + 29min));
  CHECK(schedule.may_be_live(midnight + 40min));
  CHECK(schedule.may_be_live(midnight + 50min));
  CHECK(schedule.may_be_live(midnight + 70min));
  CHECK(schedule.may_be_live(midnight + 90min));
  CHECK_FALSE(schedule.may_be_live(midnight + 100min));
}
