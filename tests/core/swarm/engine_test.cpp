#include "tests/core/swarm/engine_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct ThreeItems : EngineScene {
  ThreeItems() {
    add_item("/a.mp3", seconds(60));
    add_item("/b.mp3", seconds(60));
    add_item("/c.mp3", seconds(60));
  }
};

}  // namespace

TEST_CASE("the item on air is fetched whole, and verified") {
  ThreeItems scene;
  scene.start();
  scene.run(seconds(8));
  CHECK(scene.playlists == std::vector<std::string>{"Station"});
  CHECK(scene.ready == 1);
  CHECK(scene.on_air() == "/a.mp3");
  CHECK(scene.is_complete("/a.mp3"));
  CHECK(scene.turns >= 30);
  CHECK(scene.rig.statistics.origin_bytes == scene.files.at("/a.mp3").bytes.size());
  CHECK(scene.problems().empty());
}

TEST_CASE(
    "the next item's feed is opened a little before its time, not by all at the same moment") {
  ThreeItems scene;
  scene.start();
  scene.run(seconds(29));
  CHECK(scene.rig.network.requests_to(scene.host + "/b.mp3").empty());
  scene.run(seconds(30));
  CHECK(scene.on_air() == "/a.mp3");
  CHECK(scene.is_complete("/b.mp3"));
  CHECK(scene.held("/c.mp3").empty());
  scene.run(seconds(2));
  CHECK(scene.on_air() == "/b.mp3");
}

TEST_CASE("an item that is over is let go") {
  ThreeItems scene;
  scene.start();
  scene.run(seconds(62));
  const auto slot = scene.engine->schedule()->on_air(scene.engine->programme_now() - seconds(10));
  REQUIRE(slot);
  // Its last frames may still be written.
  CHECK(scene.engine->on_air_item(*slot) != nullptr);
  scene.run(seconds(3));
  CHECK(scene.engine->on_air_item(*slot) == nullptr);
}

TEST_CASE("a new playlist does not disturb what is playing") {
  EngineScene scene;
  scene.add_item("/a.mp3", seconds(150));
  scene.add_item("/b.mp3", seconds(60));
  scene.start();
  scene.run(seconds(5));
  const auto* playing = scene.engine->current();
  SECTION("another item before it, another one after it") {
    auto earlier = scene.station.items[0];
    earlier.start = *earlier.start - seconds(150);
    scene.station.items.insert(scene.station.items.begin(), earlier);
    scene.station.items[2].title = "other";
  }
  SECTION("another end") {
    scene.station.items[0].end = *scene.station.items[0].start + seconds(120);
  }
  SECTION("another title, while other places are named") {
    scene.station.items[0].title = "other";
    scene.station.items[0].mirrors.push_back(*http::Url::parse("http://mirror.example/a.mp3"));
  }
  scene.rig.network.forget_requests();
  scene.station.title = "Station again";
  scene.run(seconds(20));
  CHECK(scene.is_complete("/a.mp3"));
  CHECK(scene.rig.network.requests_to(scene.gateway + "/gateway/head").empty());
  scene.rig.network.forget_requests();
  scene.run(seconds(75));
  CHECK(scene.playlists == std::vector<std::string>{"Station", "Station again"});
  CHECK(scene.engine->current() == playing);
  CHECK(playing->item().title == scene.station.items[playing->slot().item].title);
  CHECK(scene.rig.network.requests_to(scene.host + "/a.mp3").empty());
}

TEST_CASE("an item that a new playlist takes away is gone, and the new one comes") {
  EngineScene scene;
  scene.add_item("/a.mp3", seconds(300));
  scene.start();
  scene.run(seconds(10));
  CHECK(scene.on_air() == "/a.mp3");
  scene.files.emplace("/d.mp3", MediaSample::of_chunks(300, 77));
  scene.station.items[0].url = *http::Url::parse(scene.host + "/d.mp3");
  scene.station.items[0].title = "/d.mp3";
  scene.run(seconds(70));
  CHECK(scene.on_air() == "/d.mp3");
  CHECK_FALSE(scene.held("/d.mp3").empty());
}

TEST_CASE("special addresses are contacted only if the playlist came from one") {
  for (const bool is_local : {false, true}) {
    CAPTURE(is_local);
    EngineScene scene;
    scene.add_item("/a.mp3", seconds(60));
    scene.station.items[0].url = *http::Url::parse("http://192.168.0.9/a.mp3");
    int asked = 0;
    scene.rig.network.serve("http://192.168.0.9", [&](const http::Request&) {
      ++asked;
      return Script{};
    });
    if (is_local) scene.rig.network.resolve("radio.example", net::IpAddress::v4(127, 0, 0, 1));
    scene.start();
    scene.run(seconds(5));
    CHECK((asked > 0) == is_local);
  }
}

TEST_CASE(
    "a gateway at a special address counts if it was given by hand, or the playlist is as near") {
  const struct {
    bool by_hand;
    bool is_local;
    bool is_used;
  } cases[] = {{false, false, false}, {true, false, true}, {false, true, true}};
  for (const auto& c : cases) {
    CAPTURE(c.by_hand, c.is_local);
    EngineScene scene;
    scene.add_item("/a.mp3", seconds(60));
    scene.rig.network.resolve("gateway.example", net::IpAddress::v4(10, 0, 0, 1));
    if (c.is_local) scene.rig.network.resolve("radio.example", net::IpAddress::v4(127, 0, 0, 1));
    std::optional<http::Url> by_hand;
    if (c.by_hand) by_hand = scene.station.gateway;
    scene.start(false, by_hand);
    scene.run(seconds(5));
    CHECK(scene.announced.empty() != c.is_used);
  }
}

TEST_CASE("where nobody names a tree the origin's bytes are played, marked and not shared") {
  EngineScene scene;
  scene.add_item("/a.mp3", seconds(60));
  scene.station.gateway.reset();
  scene.start();
  scene.run(seconds(5));
  const auto* feed = scene.engine->current();
  REQUIRE(feed != nullptr);
  REQUIRE(feed->source() != nullptr);
  CHECK_FALSE(feed->source()->is_verified());
  CHECK(scene.rig.statistics.unverified_bytes > 0);
  CHECK(scene.rig.statistics.origin_bytes == 0);
  CHECK(scene.rig.store.files().empty());
  CHECK(
      scene.problems() ==
      "nobody names a hash tree for http://radio.example/a.mp3, so it is played unverified and not "
      "shared\n");
}

TEST_CASE("both the item on air and the next one are announced while they are incomplete") {
  ThreeItems scene;
  scene.origin_works = false;
  scene.start();
  scene.run(seconds(45));
  REQUIRE_FALSE(scene.announced.empty());
  CHECK(scene.announced.back().find(scene.files.at("/a.mp3").root().urn()) != std::string::npos);
  CHECK(scene.announced.back().find(scene.files.at("/b.mp3").root().urn()) != std::string::npos);
}

TEST_CASE("the gateway is told what can be uploaded with the first announcement") {
  EngineScene scene;
  scene.add_item("/a.mp3", seconds(20));
  scene.start();
  scene.engine->set_upload_rate(64'000);
  scene.run(seconds(2));
  REQUIRE(!scene.announced.empty());
  CHECK(scene.announced.front().find(R"("up_bps":64000)") != std::string::npos);
}

TEST_CASE("joining at the start, the programme stands at an item's beginning until it is heard") {
  ThreeItems scene;
  scene.rig.time.run_for(seconds(20));
  scene.rig.network.hang(scene.gateway);
  const auto begin = *scene.station.items[0].start;
  scene.start(true);
  scene.run(seconds(20));
  CHECK(scene.engine->programme_now() == begin);
  scene.engine->on_heard();
  CHECK(scene.engine->programme_now() == begin);
  CHECK(scene.on_air() == "/a.mp3");
  // Everything later by as much: at its own pace from then on.
  const auto lag = scene.rig.time.wall_now() - scene.engine->programme_now();
  scene.run(seconds(10));
  CHECK(scene.rig.time.wall_now() - scene.engine->programme_now() == lag);
}

TEST_CASE("joining at the start, what is over before anybody listens is not played") {
  ThreeItems scene;
  scene.start(true);
  scene.run(seconds(70));
  CHECK(scene.on_air() == "/b.mp3");
  scene.engine->on_heard();
  CHECK(scene.engine->programme_now() == *scene.station.items[0].start + seconds(60));
  scene.run(seconds(5));
  // A second player does not set it back.
  scene.engine->on_heard();
  CHECK(scene.engine->programme_now() == *scene.station.items[0].start + seconds(65));
}

TEST_CASE(
    "a playlist that changes while an item is waited for does not stop the programme for good") {
  ThreeItems scene;
  scene.origin_works = false;
  scene.station.gateway.reset();
  scene.station.items[0].root = scene.files.at("/a.mp3").root();
  scene.start(true);
  scene.run(seconds(20));
  auto earlier = scene.station.items[0];
  earlier.start = *earlier.start - seconds(60);
  scene.station.items.insert(scene.station.items.begin(), earlier);
  scene.station.items[1].root.reset();
  scene.origin_works = true;
  scene.run(seconds(80));
  scene.engine->on_heard();
  const auto now = scene.engine->programme_now();
  scene.run(seconds(5));
  CHECK(scene.engine->programme_now() - now == seconds(5));
}

TEST_CASE("a clock that is set finds the right item at once") {
  const auto step = GENERATE(seconds(60), seconds(-60), seconds(86'400), seconds(-86'400));
  ThreeItems scene;
  // Once round, the list plays for ever.
  scene.station.items[0].start.reset();
  scene.station.anchor = scene.rig.time.wall_now() - std::chrono::hours(1'000);
  scene.start();
  scene.run(seconds(75));
  scene.rig.time.step_wall(step);
  scene.run(seconds(2));
  const auto slot = scene.engine->schedule()->on_air(scene.engine->programme_now());
  REQUIRE(slot);
  CHECK(scene.on_air() == scene.station.items[slot->item].title);
  CHECK(scene.engine->current()->is_known());
}

TEST_CASE("what is not scheduled is said") {
  EngineScene scene;
  auto& item = scene.add_item("/a.mp3", seconds(60));
  item.start = *item.start + seconds(3'600);
  scene.start();
  scene.run(seconds(5));
  CHECK(scene.on_air() == "nothing");
  CHECK(scene.problems() ==
        "nothing is scheduled now; the next item begins at 2024-01-01T01:00:00Z\n");
  scene.run(seconds(3'600));
  CHECK(scene.on_air() == "/a.mp3");
  CHECK(scene.problems().empty());
}

TEST_CASE("filler plays until the next item begins, and then again") {
  EngineScene scene;
  auto& item = scene.add_item("/a.mp3", seconds(60));
  item.start = *item.start + seconds(95);
  scene.add_item("/filler.mp3", seconds(40)).is_filler = true;
  scene.start();
  scene.run(seconds(5));
  CHECK(scene.on_air() == "/filler.mp3");
  CHECK(scene.is_complete("/filler.mp3"));
  CHECK(scene.problems().empty());
  scene.run(seconds(88));
  CHECK(scene.on_air() == "/filler.mp3");
  scene.run(seconds(2));
  CHECK(scene.on_air() == "/a.mp3");
  CHECK(scene.engine->current()->is_complete());
  scene.run(seconds(62));
  CHECK(scene.on_air() == "/filler.mp3");
  CHECK(scene.engine->current()->is_complete());
  CHECK(scene.problems().empty());
}

TEST_CASE("a playlist that will never work is hopeless") {
  EngineScene scene;
  Script missing;
  missing.status = 404;
  scene.rig.network.serve(scene.host, missing);
  scene.start();
  scene.run(seconds(5));
  CHECK_FALSE(scene.hopeless.empty());
  CHECK(scene.ready == 0);
}

TEST_CASE("who leaves says so, and asks nobody for anything any more") {
  ThreeItems scene;
  scene.start();
  scene.run(seconds(3));
  int left = 0;
  scene.engine->leave([&] { ++left; });
  scene.run(seconds(1));
  CHECK(left == 1);
  CHECK(scene.withdrawals == 1);
  scene.rig.network.forget_requests();
  scene.run(seconds(600));
  CHECK(scene.rig.network.requests().empty());
  CHECK(left == 1);
}

TEST_CASE("an engine may be destroyed at any moment") {
  for (int i = 0; i < 40; ++i) {
    ThreeItems scene;
    scene.start();
    scene.run(milliseconds(i * 3));
    scene.engine.reset();
    CHECK(scene.rig.network.open_transfers() == 0);
    scene.run(seconds(1));
  }
}
