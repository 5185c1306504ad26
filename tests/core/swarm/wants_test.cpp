#include "core/swarm/wants.hpp"

#include "tests/core/swarm/picker_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

struct WantScene : PickerScene {
  swarm::Directions directions;

  explicit WantScene(std::string_view held) : PickerScene(held) {
    state().directions = &directions;
  }
  /// `0-1@1000 2@3000`: runs and milliseconds.
  [[nodiscard]] std::string wanted(Duration at = {}) {
    std::string text;
    for (const auto& want : swarm::wants_of(state(), Instant(at))) {
      if (!text.empty()) text += ' ';
      text += std::to_string(want.run.begin.value);
      if (want.run.size() > 1) text += '-' + std::to_string(want.run.end.value - 1);
      text += '@' + std::to_string(want.by / 1ms);
    }
    return text;
  }
};

}  // namespace

TEST_CASE("what is due is wanted by when it is due, the rest by and by") {
  WantScene scene("..........");
  scene.urgent(1, 4);
  scene.state().critical = {{1}, {2}};
  CHECK(scene.wanted() == "1@1000 2-3@3000 4-9@10000 0@10000");
}

TEST_CASE("what is played after the windows is wanted by when its block is due") {
  WantScene scene(std::string(16 * 3, '.'));
  scene.urgent(16, 18);
  scene.state().critical = {{16}, {17}};
  scene.state().pace = swarm::Pace{{16}, 0ms, 1s};
  // Nobody waits for what has been played.
  CHECK(scene.wanted().starts_with("16@1000 17@3000 18-31@5000 "));
  CHECK(scene.wanted().find("32-47@16000") != std::string::npos);
  CHECK(scene.wanted().find("0-15@10000") != std::string::npos);
  scene.state().pace = swarm::Pace{{16}, 2min, 1s};
  CHECK(scene.wanted().find("32-47@136000") != std::string::npos);
}

TEST_CASE("nothing is wanted that is held, under way, known to be somewhere, or answered") {
  WantScene scene("##..........");
  scene.urgent(2, 6).covered("..a.........");
  scene.peer('A', "...#........");
  scene.directions.take({{4}, {5}}, swarm::FromOrigin{1s, 1}, Instant{});
  scene.directions.take({{5}, {6}}, swarm::FromNobody{100ms}, Instant{});
  CHECK(scene.wanted() == "6-11@10000");
  // Nobody yet, it was said: asked again after a while.
  CHECK(scene.wanted(100ms) == "5@3000 6-11@10000");
}

TEST_CASE("a chunk that is late is wanted from somewhere else") {
  WantScene scene("........");
  scene.urgent(0, 2).covered("lt......");
  CHECK(scene.wanted() == "0@3000 2-7@10000");
}

TEST_CASE("beyond the window the next block comes first, others in an order of our own") {
  const auto blocks = [](char self) {
    WantScene scene(std::string(16 * 20, '.'));
    scene.state().self = endpoint_of(self);
    scene.urgent(0, 3);
    return scene.wanted();
  };
  CHECK(blocks('A').starts_with("0-2@3000 3-"));
  CHECK(blocks('B').starts_with("0-2@3000 3-"));
  CHECK(blocks('A') != blocks('B'));
}

TEST_CASE("no more is asked about than can be fetched soon") {
  WantScene scene(std::string(16 * 20, '.'));
  scene.directions.take({{0}, {40}}, swarm::FromOrigin{1s, 1}, Instant{});
  const auto wants = swarm::wants_of(scene.state(), Instant{});
  std::uint32_t chunks = 0;
  for (const auto& want : wants) chunks += want.run.size();
  CHECK(chunks <= 16);
  scene.directions.take({{40}, {48}}, swarm::FromOrigin{1s, 1}, Instant{});
  CHECK(scene.wanted().empty());
  scene.directions.forget({{0}, {48}});
  scene.state().bulk_requests = 0;
  CHECK(scene.wanted().empty());
}
