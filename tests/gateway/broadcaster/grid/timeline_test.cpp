#include "gateway/broadcaster/grid/timeline.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;

namespace {

WallTime at(int minute) {
  return WallTime(500'000h) + std::chrono::minutes(minute);
}

/// Files are letters: `a` to `z` and how many minutes they last.
Material material(const std::vector<int>& minutes, Rotation fill) {
  Material material;
  for (const int m : minutes) material.durations.push_back(std::chrono::minutes(m));
  material.fill = std::move(fill);
  return material;
}

/// `a0-5 b5-9`: what is on from which minute to which.
std::string drawn(const Timeline& timeline) {
  std::string text;
  for (const Placement& placement : timeline.placements()) {
    const auto minute = [](WallTime time) {
      return std::to_string((time - at(0)) / std::chrono::minutes(1));
    };
    if (!text.empty()) text += ' ';
    text += static_cast<char>('a' + placement.file);
    text += minute(placement.start) + "-" + minute(placement.end);
  }
  return text;
}

std::string laid_out(const Material& material, const std::vector<TimedShow>& shows, int end,
                     std::vector<Placement> past = {}) {
  const WallTime begin = past.empty() ? at(0) : past.back().end;
  Timeline timeline(material, std::move(past), begin);
  timeline.lay_out(shows, at(end));
  return drawn(timeline);
}

TimedShow show(int start, std::optional<int> end, const Rotation& rotation, bool is_hard = true) {
  TimedShow show{.name = "S", .start = at(start), .is_hard = is_hard, .rotation = &rotation};
  if (end) show.end = at(*end);
  return show;
}

}  // namespace

TEST_CASE("without shows the fill plays in its order, over and over") {
  CHECK(laid_out(material({4, 3}, {1, 0}), {}, 12) == "b0-3 a3-7 b7-10 a10-14");
}

TEST_CASE("a hard show cuts off what is on air, a soft one waits for it") {
  const Rotation talk{1};
  const auto with = material({4, 10}, {0});
  CHECK(laid_out(with, {show(6, {}, talk)}, 20) == "a0-4 a4-6 b6-16 a16-20");
  CHECK(laid_out(with, {show(6, {}, talk, false)}, 20) == "a0-4 a4-8 b8-18 a18-22");
}

TEST_CASE("where there is filler nothing is begun that a hard show would cut off") {
  const Rotation talk{2};
  auto with = material({4, 1, 10}, {0, 1});
  with.has_filler = true;
  CHECK(laid_out(with, {show(7, {}, talk)}, 17) == "a0-4 b4-5 b5-6 b6-7 c7-17");
  with.durations[1] = 5min;
  Timeline timeline(with, {}, at(0));
  timeline.lay_out({show(7, {}, talk)}, at(17));
  CHECK(drawn(timeline) == "a0-4 c7-17");
  REQUIRE(timeline.gaps().size() == 1);
  CHECK(timeline.gaps()[0].start == at(4));
  CHECK(timeline.gaps()[0].end == at(7));
}

TEST_CASE("a show lasts until its end, the next one, or until all of it has been heard") {
  const Rotation songs{1, 2};
  const auto with = material({5, 3, 4}, {0});
  CHECK(laid_out(with, {show(0, 8, songs)}, 16) == "b0-3 c3-7 b7-10 a10-15 a15-20");
  CHECK(laid_out(with, {show(0, {}, songs)}, 16) == "b0-3 c3-7 a7-12 a12-17");
  const Rotation other{0};
  CHECK(laid_out(with, {show(0, 100, songs), show(5, 10, other)}, 10) == "b0-3 c3-5 a5-10");
}

TEST_CASE("a song that a soft end lets play is cut off by a hard show behind it") {
  const Rotation songs{1};
  const Rotation news{2};
  const auto with = material({5, 30, 2}, {0});
  CHECK(laid_out(with, {show(0, 10, songs), show(20, {}, news)}, 21) == "b0-20 c20-22");
  // Also by one behind the end of what is laid out.
  CHECK(laid_out(with, {show(0, 10, songs), show(20, {}, news)}, 15) == "b0-20");
}

TEST_CASE("a show of so many items goes on with the next ones at its next broadcast") {
  const Rotation episodes{1, 2, 3};
  const auto with = material({5, 5, 5, 5}, {0});
  std::vector<TimedShow> shows;
  for (int i = 0; i < 4; ++i) {
    shows.push_back(show(i * 10, {}, episodes));
    shows.back().items = 1;
    shows.back().ordinal = static_cast<std::size_t>(7 + i);
  }
  // The seventh begins with the second, as nothing says what was heard before.
  CHECK(laid_out(with, shows, 40) == "c0-5 a5-10 d10-15 a15-20 b20-25 a25-30 c30-35 a35-40");
}

TEST_CASE("jingles come after so many items") {
  auto with = material({4, 1}, {0});
  with.jingles = {1};
  with.jingle_every = 2;
  CHECK(laid_out(with, {}, 20) == "a0-4 a4-8 b8-9 a9-13 a13-17 b17-18 a18-22");
  const Rotation talk{0, 0, 0};
  CHECK(laid_out(with, {show(0, {}, talk)}, 12) == "a0-4 a4-8 a8-12");
}

TEST_CASE("what is laid out in parts is what is laid out at once") {
  const Rotation songs{1, 2, 3};
  const Rotation news{4};
  for (const bool has_filler : {false, true}) {
    auto with = material({7, 3, 4, 5, 2, 1}, {0, 1, 3});
    with.jingles = {5};
    with.jingle_every = 3;
    with.has_filler = has_filler;
    std::vector<TimedShow> shows;
    for (int hour = 0; hour < 6; ++hour) {
      shows.push_back(show(hour * 60, {}, news, hour % 2 == 0));
      shows.push_back(show(hour * 60 + 20, hour * 60 + 45, songs, hour % 3 == 0));
      shows.back().has_jingles = true;
    }
    const std::string whole = laid_out(with, shows, 300);
    for (int part = 1; part < 300; ++part) {
      Timeline first(with, {}, at(0));
      first.lay_out(shows, at(part));
      CAPTURE(has_filler, part);
      REQUIRE(laid_out(with, shows, 300, first.placements()) == whole);
    }
  }
}

TEST_CASE("of shows at the same time the later one is heard, and the other is told") {
  const Rotation one{0};
  const Rotation two{1};
  const auto with = material({5, 5}, {0});
  Timeline timeline(with, {}, at(0));
  timeline.lay_out({show(0, {}, one), show(0, {}, two)}, at(15));
  CHECK(drawn(timeline) == "b0-5 a5-10 a10-15");
  REQUIRE(timeline.unheard().size() == 1);
  CHECK(timeline.unheard()[0].rotation == &one);
}

TEST_CASE("without anything to fill with a gap is left") {
  const Rotation talk{0};
  const auto with = material({5}, {});
  Timeline timeline(with, {}, at(0));
  timeline.lay_out({show(3, {}, talk)}, at(20));
  CHECK(drawn(timeline) == "a3-8");
  CHECK(timeline.gaps().size() == 2);
}
