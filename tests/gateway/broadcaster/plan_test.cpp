#include "gateway/broadcaster/plan.hpp"

#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "core/playlist/schedule.hpp"
#include "core/time/w3cdtf.hpp"

#include <numeric>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;

namespace {

http::Url url(const char* text) {
  return http::Url::parse(text).value();
}

WallTime instant(const char* text) {
  return parse_w3cdtf(text)->time;
}

MeasuredFile file(const std::string& name, std::chrono::milliseconds duration) {
  MeasuredFile measured;
  measured.name = name;
  measured.title = "Title of " + name;
  measured.creator = "Somebody";
  measured.facts.length = 1'000;
  measured.facts.type = "audio/mpeg";
  measured.facts.duration = duration;
  measured.facts.root = hash::TreeRoot{hash::sha256(as_bytes(name))};
  return measured;
}

StationPlan station() {
  StationPlan result{.base = url("http://me.example/music/")};
  result.title = "Radio";
  result.anchor = instant("2026-11-22T00:00:00Z");
  return result;
}

/// Of all files in their order.
Result<playlist::Playlist> plan(const std::vector<MeasuredFile>& files,
                                const StationPlan& station) {
  std::vector<std::size_t> order(files.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  return broadcaster::plan(files, order, station);
}

}  // namespace

TEST_CASE("a file's URL says its name, whatever characters that has") {
  struct Case {
    const char* name;
    const char* url;
  };
  for (const Case& c : {
           Case{"a.mp3", "http://me.example/music/a.mp3"},
           Case{"sub/b-1_2~.ogg", "http://me.example/music/sub/b-1_2~.ogg"},
           Case{"two words.mp3", "http://me.example/music/two%20words.mp3"},
           Case{"100% #1?.mp3", "http://me.example/music/100%25%20%231%3F.mp3"},
           Case{"a%20b", "http://me.example/music/a%2520b"},
           Case{"\xc3\xbc.mp3", "http://me.example/music/%C3%BC.mp3"},
           Case{"\xfc.mp3", "http://me.example/music/%FC.mp3"},
           Case{"a+b&c=d;e:f@g.mp3", "http://me.example/music/a%2Bb%26c%3Dd%3Be%3Af%40g.mp3"},
           Case{"x\\y\n", "http://me.example/music/x%5Cy%0A"},
       }) {
    CAPTURE(c.name);
    const auto found = url_below(url("http://me.example/music/"), c.name);
    REQUIRE(found);
    CHECK(found->text() == c.url);
  }
  CHECK_FALSE(url_below(url("http://me.example/"), std::string(2'000, '#')));
}

TEST_CASE("without a period the files play in their order, in a loop, from the anchor on") {
  auto plan_of = station();
  plan_of.gateway = url("http://gw.example:8080");
  const auto made = plan({file("b.mp3", 60s), file("a.mp3", 30s)}, plan_of);
  REQUIRE(made);
  CHECK(made->title == "Radio");
  CHECK(made->link == "http://me.example/music/");
  CHECK(made->anchor == plan_of.anchor);
  CHECK(made->gateway == plan_of.gateway);
  REQUIRE(made->items.size() == 2);
  const playlist::Item& first = made->items[0];
  CHECK(first.url.text() == "http://me.example/music/b.mp3");
  CHECK(first.title == "Title of b.mp3");
  CHECK(first.creator == "Somebody");
  CHECK(first.type == "audio/mpeg");
  CHECK(first.duration == 60s);
  CHECK(first.length == 1'000u);
  CHECK(first.root == hash::TreeRoot{hash::sha256(as_bytes("b.mp3"))});
  CHECK_FALSE(first.start);
  CHECK(playlist::Schedule(*made).loops());
}

TEST_CASE("a period is filled with dated broadcasts, back to back, over and over") {
  auto plan_of = station();
  plan_of.period = Period{.start = instant("2026-12-01T18:00:00Z"), .days = std::chrono::days(1)};
  const auto made = plan({file("a.mp3", 7h), file("b.mp3", 90'500ms)}, plan_of);
  REQUIRE(made);
  REQUIRE(made->items.size() == 7);  // a b a b a b a, the last one beginning before the end
  CHECK(made->anchor == plan_of.period->start);
  WallTime now = plan_of.period->start;
  for (std::size_t i = 0; i < made->items.size(); ++i) {
    const playlist::Item& item = made->items[i];
    CHECK(item.title == (i % 2 == 0 ? "Title of a.mp3" : "Title of b.mp3"));
    CHECK(item.start == now);
    now += *item.duration;
    CHECK(item.end == now);
  }
  CHECK(*made->items.back().start < plan_of.period->start + 24h);
  CHECK(now >= plan_of.period->start + 24h);
}

TEST_CASE("a broadcast that ends with its period is the last one") {
  auto plan_of = station();
  plan_of.period = Period{.start = instant("2026-12-01T00:00:00Z"), .days = std::chrono::days(2)};
  const auto made = plan({file("a.mp3", 6h)}, plan_of);
  REQUIRE(made);
  CHECK(made->items.size() == 8);
}

TEST_CASE("the playlist that is written reads back as it was planned") {
  auto plan_of = station();
  plan_of.gateway = url("http://gw.example:8080");
  plan_of.period = Period{.start = instant("2026-12-01T00:00:00.250Z")};
  auto odd = file("\xc3\xbc <&> 100%.mp3", 20h);
  const auto made = plan({odd, file("b.mp3", 3h)}, plan_of);
  REQUIRE(made);
  const auto read = playlist::read_rss(
      playlist::write_rss(*made, "http://me.example/music/playlist.rss"), plan_of.base);
  REQUIRE(read);
  CHECK(read->warnings.empty());
  CHECK(read->playlist == *made);
}

TEST_CASE("what cannot be planned is said") {
  CHECK_FALSE(plan({}, station()));
  auto plan_of = station();
  plan_of.period = Period{.start = instant("2026-12-01T00:00:00Z")};
  const auto too_many = plan({file("a.mp3", 1ms)}, plan_of);
  REQUIRE_FALSE(too_many);
  CHECK_THAT(too_many.error().message, Catch::Contains("20000 items"));
  CHECK_FALSE(plan({file(std::string(5'000, 'x'), 1s)}, station()));
}
