#include "gateway/coming_items.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

const WallTime noon = WallTime(std::chrono::milliseconds(1'767'268'800'000));

playlist::Item item(const std::string& name, std::chrono::milliseconds duration,
                    std::optional<WallTime> start = {}) {
  playlist::Item made;
  made.url = test::url("http://a/" + name);
  made.duration = duration;
  made.start = start;
  return made;
}

std::string names(const playlist::Playlist& list, WallTime now) {
  std::string text;
  for (const auto& coming : coming_items(list, now)) {
    const auto& url = list.items[coming.item].url;
    text += (text.empty() ? "" : " ") + std::string(url.path().substr(1));
  }
  return text;
}

}  // namespace

TEST_CASE("what is on comes first, then what starts within an hour") {
  playlist::Playlist list;
  list.items = {item("past", 30min, noon - 60min), item("on", 20min, noon - 10min),
                item("next", 40min, noon + 10min), item("soon", 30min, noon + 50min),
                item("later", 30min, noon + 80min)};
  CHECK(names(list, noon) == "on next soon");
}

TEST_CASE("the next two are hashed however late they start") {
  playlist::Playlist list;
  list.items = {item("tomorrow", 30min, noon + 24h), item("after", 30min, noon + 25h),
                item("far", 30min, noon + 26h)};
  CHECK(names(list, noon) == "tomorrow after");
}

TEST_CASE("in a loop every file is named once") {
  playlist::Playlist list;
  list.anchor = noon;
  list.items = {item("a", 1min), item("b", 1min), item("c", 1min)};
  CHECK(names(list, noon + 90s) == "b c a");
}

TEST_CASE("filler is needed at any time") {
  playlist::Playlist list;
  list.items = {item("on", 20min, noon), item("filler", 1min)};
  list.items[1].is_filler = true;
  CHECK(names(list, noon) == "on filler");
  CHECK(names(list, noon - 10min) == "filler on");
}

TEST_CASE("what is coming is due when it starts, filler at any time") {
  playlist::Playlist list;
  list.items = {item("on", 20min, noon - 10min), item("next", 40min, noon + 10min),
                item("filler", 1min)};
  list.items[2].is_filler = true;
  const auto coming = coming_items(list, noon);
  REQUIRE(coming.size() == 3);
  CHECK(coming[0].due == noon - 10min);
  CHECK(coming[1].due == noon + 10min);
  CHECK_FALSE(coming[2].due);
}

TEST_CASE("an empty playlist needs nothing") {
  CHECK(names({}, noon).empty());
}
