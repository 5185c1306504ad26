#include "gateway/broadcaster/grid/grid_file.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::broadcaster;
using namespace std::chrono_literals;

namespace {

const std::string head =
    "title = \"R\"\nzone = \"Europe/Berlin\"\nfolder = \"music\"\nbase = \"http://me.example/m\"\n";

std::string problem(const std::string& toml) {
  const auto grid = parse_grid(toml, "/srv");
  return grid ? "none" : grid.error().message;
}

}  // namespace

TEST_CASE("a weekly plan is read from TOML") {
  const auto grid = parse_grid(head + R"(
gateway = "http://gw.example:8080/gateway/head"
output = "out/radio.rss"
days = 3
past_days = 2
hold = "1h"
seed = 9
sealed = true
fill = "songs"
fill_order = "tags"
filler = "loop.mp3"
jingles = "jingles"
jingle_every = 2
[[show]]
name = "Morning"
on = ["mon", "Friday"]
at = "7:00"
until = 09:30:00
play = "shows/morning"
start = "soft"
order = "shuffle"
jingles = true
[[show]]
on = "weekend"
at = "23:15:30"
for = "1h30m"
play = "late.m3u"
items = 2
[[show]]
at = "12:00"
play = "news.mp3"
)",
                               "/srv");
  REQUIRE(grid);
  CHECK(grid->title == "R");
  CHECK(grid->folder == "/srv/music");
  CHECK(grid->output == "/srv/out/radio.rss");
  CHECK(grid->base.text() == "http://me.example/m/");
  CHECK(grid->gateway->text() == "http://gw.example:8080/");
  CHECK(grid->days.count() == 3);
  CHECK(grid->past.count() == 2);
  CHECK(grid->hold == 60min);
  CHECK(grid->is_sealed);
  CHECK(grid->fill_order == Order::tags);
  REQUIRE(grid->shows.size() == 3);
  const Show& morning = grid->shows[0];
  CHECK(morning == Show{.name = "Morning",
                        .on = std::bitset<7>("0100010"),
                        .at = 7h,
                        .until = 9h + 30min,
                        .lasts = std::nullopt,
                        .play = "shows/morning",
                        .is_hard = false,
                        .items = 0,
                        .order = Order::shuffle,
                        .has_jingles = true});
  CHECK(grid->shows[1].on == std::bitset<7>("1000001"));
  CHECK(grid->shows[1].at == 23h + 15min + 30s);
  CHECK(grid->shows[1].lasts == 90min);
  CHECK(grid->shows[1].items == 2);
  CHECK(grid->shows[2].on.all());
  CHECK(grid->shows[2].is_hard);
  CHECK(grid->shows[2].name == "news.mp3");
}

TEST_CASE("where nothing else is said the playlist lies in the folder") {
  CHECK(parse_grid(head + "fill = \".\"", "/srv")->output == "/srv/music/playlist.rss");
}

TEST_CASE("what is wrong with a plan is said with its line") {
  const std::string show = head + "[[show]]\nplay = \"a\"\nat = \"7:00\"\n";
  CHECK(problem(show) == "none");
  CHECK(problem(head) == "there is neither a [[show]] nor a fill, so nothing would be heard");
  CHECK_THAT(problem("title = \"R\""), Catch::Contains("zone is missing"));
  CHECK(problem(show + "strat = \"hard\"") ==
        "line 8: there is no strat here; did you mean start?");
  CHECK(problem(show + "start = \"hart\"") == "line 8: start is to be \"hard\" or \"soft\"");
  CHECK_THAT(problem(show + "on = \"someday\""), Catch::StartsWith("line 8: on is to be days"));
  CHECK_THAT(problem(show + "until = \"25:00\""), Catch::StartsWith("line 8: until is to be"));
  CHECK_THAT(problem(show + "for = \"soon\""), Catch::StartsWith("line 8: for is to be a length"));
  CHECK_THAT(problem(show + "until = \"9:00\"\nfor = \"1h\""), Catch::Contains("left out"));
  CHECK_THAT(problem(head + "days = 0"),
             Catch::StartsWith("line 5: days is to be a number from 1"));
  CHECK_THAT(problem(head + "days = \"1\""), Catch::Contains("days is to be"));
  CHECK_THAT(problem(head + "sealed = 1"), Catch::Contains("true or false"));
  CHECK_THAT(problem(head + "fill = 3"), Catch::Contains("a text"));
  CHECK_THAT(problem(head + "show = 3"), Catch::Contains("[[show]]"));
  CHECK_THAT(problem(head + "[[show]]\nplay = \"a\""), Catch::Contains("at is missing"));
  CHECK_THAT(problem(head + "x ="), Catch::StartsWith("line 5"));
}

TEST_CASE("times of day and lengths are written as people do") {
  CHECK(parse_time_of_day("7:00") == 7h);
  CHECK(parse_time_of_day("24:00") == 24h);
  CHECK(parse_time_of_day("00:00:01") == 1s);
  for (const char* text : {"", "7", "7:0", "24:01", "12:60", "-1:00", "1:00:00:00", "a:00"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_time_of_day(text));
  }
  CHECK(parse_length("90m") == 90min);
  CHECK(parse_length("1h30m") == 90min);
  CHECK(parse_length("45s") == 45s);
  for (const char* text : {"", "0m", "90", "m", "30m1h", "1h1h", "999999999999h", "1d", "169h"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_length(text));
  }
}
