#include "tests/core/swarm/engine_scene.hpp"
#include "tests/support/fake_disk.hpp"

#include <chrono>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// A station that plays for ever, and a listener whose player needs each chunk in the second in
/// which it is due.
struct FaultScene : EngineScene {
  FaultScene() : EngineScene(std::make_shared<FakeDisk>()) {
    for (const char name : {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'}) {
      add_item("/" + std::string(1, name) + ".mp3", seconds(70));
    }
    station.items[0].start.reset();
    station.anchor = rig.time.wall_now();
  }
  void on_turn() override {
    EngineScene::on_turn();
    if (engine->schedule() == nullptr) return;
    const WallTime now = engine->programme_now();
    const auto slot = engine->schedule()->on_air(now);
    auto* item = slot ? engine->on_air_item(*slot) : nullptr;
    if (item == nullptr || !item->is_known()) {
      is_playing = false;
      return;
    }
    const auto second = static_cast<std::uint32_t>((now - slot->start) / seconds(1));
    item->set_need({{second}, now, false});
    const auto chunk = item->read({second});
    is_playing = chunk && files.at(station.items[slot->item].title).is_chunk(second, chunk->view());
  }
  /// How long until what is due has been there for a second; an hour if that does not come.
  Duration recovery() {
    const Instant begin = rig.time.now();
    Instant since = begin;
    while (rig.time.now() < begin + seconds(60)) {
      run(milliseconds(50));
      if (!is_playing) since = rig.time.now();
      if (rig.time.now() - since >= seconds(1)) return since - begin;
    }
    return hours(1);
  }
  /// The cable is pulled; or, after a while, the router says that there is nothing behind it.
  void lose_network(Duration span, bool is_refused) {
    rig.network.set_down(true);
    run(span / 2);
    if (is_refused) {
      rig.network.set_down(false);
      refuse();
    }
    run(span / 2);
  }
  void give_network() {
    rig.network.set_down(false);
    serve();
  }
  void play() {
    start();
    run(seconds(30));
    REQUIRE(is_playing);
  }

  bool is_playing = false;  ///< The right second of the right item is at hand.
};

constexpr Duration wanted = seconds(3);

}  // namespace

TEST_CASE("after a clock that was set by an hour the right item is there within 3 s") {
  FaultScene scene;
  SECTION("with coming items fetched ahead") {
    scene.ahead = minutes(30);
  }
  SECTION("without") {}
  const auto by = GENERATE(hours(1), hours(-1));
  const auto after = GENERATE(seconds(0), seconds(17), seconds(39), seconds(44));
  scene.play();
  scene.run(after);
  const auto playlists = scene.rig.network.requests_to(scene.host + "/station.rss").size();
  scene.rig.time.step_wall(by);
  CHECK(scene.recovery() <= wanted);
  // The station is looked at anew at once, and with it the time its server has.
  CHECK(scene.rig.network.requests_to(scene.host + "/station.rss").size() > playlists);
}

TEST_CASE("after the process stood still for a minute the right item is there within 3 s") {
  FaultScene scene;
  SECTION("with coming items fetched ahead") {
    scene.ahead = minutes(30);
  }
  SECTION("without") {}
  const auto after = GENERATE(seconds(0), seconds(9), seconds(17), seconds(39), seconds(44));
  scene.play();
  scene.run(after);
  scene.rig.time.suspend(minutes(1));
  CHECK(scene.recovery() <= wanted);
}

TEST_CASE("after the computer slept for eight hours the right item is there within 3 s") {
  FaultScene scene;
  scene.play();
  scene.rig.network.set_down(true);
  // Asleep, the monotonic clock stands still; awake, the network takes a moment.
  scene.rig.time.step_wall(hours(8));
  scene.run(milliseconds(700));
  scene.rig.network.set_down(false);
  CHECK(scene.recovery() <= wanted);
}

TEST_CASE("after the network was away for 30 s the right item is there within 3 s") {
  FaultScene scene;
  bool is_named = true;
  SECTION("trees are named in the playlist") {
    for (auto& item : scene.station.items) item.root = scene.files.at(item.title).root();
  }
  SECTION("trees are named by the gateway") {}
  SECTION("nobody names any tree") {
    scene.station.gateway.reset();
    is_named = false;
  }
  // The item changes within; what is asked for then is asked for in vain.
  const bool is_refused = GENERATE(false, true);
  const auto after = GENERATE(range(0, 30));
  CAPTURE(is_refused, after);
  scene.play();
  scene.run(milliseconds(10'000 + after * 170));
  scene.lose_network(seconds(30), is_refused);
  CHECK_FALSE(scene.is_playing);
  scene.give_network();
  CHECK(scene.recovery() <= wanted);
  // Where a part of the answers had come in time, the others are asked for a little later.
  scene.run(seconds(7));
  CHECK(scene.engine->current()->is_verified() == is_named);
}

TEST_CASE("a network that is away in the middle of an item that is not here is noticed at once") {
  FaultScene scene;
  bool is_named = true;
  SECTION("of a known tree") {}
  SECTION("of which nobody names a tree") {
    is_named = false;
    scene.station.gateway.reset();
  }
  const bool is_refused = GENERATE(false, true);
  const auto after = GENERATE(range(0, 20));
  CAPTURE(is_named, is_refused, after);
  // Slow enough that it is not here before.
  scene.origin_pace = seconds(4);
  scene.start();
  scene.run(seconds(3));
  scene.lose_network(seconds(25) + milliseconds(after * 500), is_refused);
  CHECK_FALSE(scene.is_playing);
  scene.origin_pace = milliseconds(50);
  scene.give_network();
  CHECK(scene.recovery() <= wanted);
}

TEST_CASE("with coming items here a network that is away for 30 s is not noticed at all") {
  FaultScene scene;
  scene.ahead = minutes(30);
  scene.play();
  scene.run(seconds(600));
  scene.rig.network.set_down(true);
  for (int i = 0; i < 300; ++i) {
    scene.run(milliseconds(100));
    REQUIRE(scene.is_playing);
  }
  scene.rig.network.set_down(false);
  CHECK(scene.recovery() == Duration::zero());
}
