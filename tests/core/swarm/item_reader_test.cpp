#include "core/swarm/item_reader.hpp"

#include "tests/core/swarm/engine_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A listener that has joined in the middle of a long item, and a player that wants its beginning.
struct MidwayScene : EngineScene {
  MidwayScene() {
    add_item("/a.mp3", seconds(300));
    add_item("/b.mp3", seconds(60));
    rig.time.run_for(seconds(150));
  }
  void read_the_beginning() {
    const auto slot = engine->schedule()->on_air(engine->programme_now());
    REQUIRE(slot);
    reader = engine->another_reader(*slot);
    REQUIRE(reader);
    need(0);
  }
  void need(std::uint32_t chunk) { reader->set_need({{chunk}, engine->programme_now(), false}); }
  /// The station itself reads where the clock is.
  void on_turn() override {
    EngineScene::on_turn();
    if (!engine->schedule()) return;
    const WallTime now = engine->programme_now();
    const auto slot = engine->schedule()->on_air(now);
    if (auto* item = slot ? engine->on_air_item(*slot) : nullptr; item && item->is_known()) {
      const auto at = std::chrono::duration_cast<seconds>(now - slot->start).count();
      item->set_need({{static_cast<std::uint32_t>(at)}, now, false});
    }
  }
  bool comes(std::uint32_t chunk, Duration within) {
    return rig.time.run_until([&] { return reader->read({chunk}).has_value(); }, within);
  }

  std::unique_ptr<swarm::OnAirItem> reader;
};

}  // namespace

TEST_CASE("a second reader gets the beginning of an item that was joined in the middle") {
  MidwayScene scene;
  scene.origin_pace = milliseconds(200);
  scene.start();
  scene.run(seconds(3));
  CHECK(scene.held("/a.mp3").substr(150, 4) == "####");
  CHECK(scene.held("/a.mp3").substr(0, 4) == "....");
  scene.read_the_beginning();
  CHECK(scene.reader->is_known());
  CHECK(scene.reader->item().title == "/a.mp3");
  CHECK(scene.reader->type() == "audio/mpeg");
  CHECK(scene.reader->length() == scene.files.at("/a.mp3").bytes.size());
  CHECK(scene.comes(0, milliseconds(600)));
  CHECK(scene.files.at("/a.mp3").is_chunk(0, scene.reader->read({0})->view()));
  CHECK(scene.comes(2, milliseconds(600)));
  // It is the reader's need that brought it, not the time that has passed.
  CHECK(scene.held("/a.mp3").substr(20, 4) == "....");
}

TEST_CASE("the listener's own place comes before any other reader's") {
  MidwayScene scene;
  scene.origin_pace = seconds(2);
  scene.start();
  scene.run(milliseconds(700));
  CHECK(scene.held("/a.mp3").find('#') == std::string::npos);
  scene.read_the_beginning();
  while (!scene.reader->read({0})) scene.run(milliseconds(50));
  // All that was due when the first chunk for the other one was asked for.
  CHECK(scene.held("/a.mp3").substr(150, 4) == "####");
}

TEST_CASE("of several readers the one whose missing chunk is due first is served first") {
  MidwayScene scene;
  scene.origin_pace = milliseconds(400);
  scene.start();
  scene.run(seconds(4));
  scene.read_the_beginning();
  const auto slot = scene.engine->schedule()->on_air(scene.engine->programme_now());
  const auto other = scene.engine->another_reader(*slot);
  other->set_need({{60}, scene.engine->programme_now() - seconds(1), false});
  CHECK(scene.rig.time.run_until([&] { return other->read({60}).has_value(); }, seconds(3)));
  CHECK_FALSE(scene.reader->read({0}));
  CHECK(scene.comes(0, seconds(3)));
}

TEST_CASE("a reader keeps what it reads after the slot has ended, for as long as it lives") {
  MidwayScene scene;
  scene.origin_pace = seconds(2);
  scene.start();
  scene.run(seconds(1));
  scene.read_the_beginning();
  scene.origin_works = false;
  scene.run(seconds(160));
  CHECK(scene.on_air() == "/b.mp3");
  const auto slot = scene.engine->schedule()->on_air(scene.engine->programme_now() - seconds(60));
  REQUIRE(slot);
  CHECK(scene.engine->on_air_item(*slot) == nullptr);
  CHECK(scene.reader->is_known());
  CHECK_FALSE(scene.is_complete("/a.mp3"));
  scene.origin_works = true;
  scene.run(seconds(60));
  scene.need(140);
  CHECK(scene.comes(140, seconds(10)));
  const auto announced = [&] {
    return scene.announced.back().find(scene.files.at("/a.mp3").root().urn()) != std::string::npos;
  };
  CHECK(announced());
  scene.reader.reset();
  scene.run(seconds(1));
  scene.rig.network.forget_requests();
  scene.run(seconds(10));
  CHECK(scene.rig.network.requests_to(scene.host + "/a.mp3").empty());
}

TEST_CASE("after an item's end its first reader's missing chunks are in nobody's way") {
  MidwayScene scene;
  scene.origin_works = false;
  scene.start();
  scene.run(seconds(30));
  scene.read_the_beginning();
  scene.run(seconds(130));
  CHECK(scene.held("/a.mp3").find('#') == std::string::npos);
  scene.origin_works = true;
  scene.rig.network.forget_requests();
  scene.need(0);
  CHECK(scene.comes(0, seconds(70)));
  const auto asked = scene.rig.network.requests_to(scene.host + "/a.mp3");
  REQUIRE_FALSE(asked.empty());
  CHECK_THAT(asked.front().header("Range"), Catch::StartsWith("bytes=0-"));
}

TEST_CASE("an item that is taken away is no longer known to its readers, for good") {
  MidwayScene scene;
  scene.start();
  scene.run(seconds(5));
  scene.read_the_beginning();
  CHECK(scene.comes(0, seconds(5)));
  scene.files.emplace("/d.mp3", MediaSample::of_chunks(300, 77));
  scene.station.items[0].url = *http::Url::parse(scene.host + "/d.mp3");
  scene.run(seconds(70));
  CHECK_FALSE(scene.reader->is_known());
  CHECK_FALSE(scene.reader->read({0}));
  CHECK_FALSE(scene.reader->length());
  CHECK(scene.reader->item().title == "/a.mp3");
  CHECK(scene.reader->type().empty());
  scene.need(1);
  scene.station.items[0].url = *http::Url::parse(scene.host + "/a.mp3");
  scene.run(seconds(40));
  CHECK_FALSE(scene.reader->is_known());
}

TEST_CASE("a new playlist without the items that are over does not end their readers") {
  MidwayScene scene;
  scene.start();
  scene.run(seconds(5));
  scene.read_the_beginning();
  scene.run(seconds(150));
  scene.station.items.erase(scene.station.items.begin());
  scene.station.items[0].start = scene.rig.time.wall_now() - seconds(5);
  scene.run(seconds(70));
  CHECK(scene.playlists.size() == 2);
  CHECK(scene.reader->is_known());
  CHECK(scene.comes(7, seconds(1)));
}

TEST_CASE("a slot without a feed has no second reader") {
  MidwayScene scene;
  scene.start();
  scene.run(seconds(5));
  const auto next = scene.engine->schedule()->next_after(scene.engine->programme_now());
  REQUIRE(next);
  CHECK(scene.engine->another_reader(*next) == nullptr);
}

TEST_CASE("where nobody names a tree a second reader takes the bytes for itself") {
  MidwayScene scene;
  scene.station.gateway.reset();
  scene.start();
  scene.run(seconds(5));
  scene.read_the_beginning();
  CHECK(scene.comes(0, seconds(2)));
  CHECK(scene.files.at("/a.mp3").is_chunk(0, scene.reader->read({0})->view()));
  CHECK(scene.reader->length() == scene.files.at("/a.mp3").bytes.size());
  // The first reader is where it was.
  CHECK_FALSE(scene.engine->current()->source()->is_verified());
  CHECK(scene.engine->current()->source()->run_from({155}) > 0);
}

TEST_CASE("a reader may outlive the engine") {
  MidwayScene scene;
  scene.start();
  scene.run(seconds(5));
  scene.read_the_beginning();
  SECTION("that leaves") {
    scene.engine->leave([] {});
  }
  SECTION("that is destroyed") {
    scene.engine.reset();
  }
  CHECK_FALSE(scene.reader->is_known());
  CHECK_FALSE(scene.reader->read({0}));
  scene.reader.reset();
}
