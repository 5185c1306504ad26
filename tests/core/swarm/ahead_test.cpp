#include "tests/core/swarm/engine_scene.hpp"
#include "tests/support/fake_disk.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// A listener that fetches ahead, and a reader that takes each chunk in the second in which it is
/// due.
struct AheadScene : EngineScene {
  explicit AheadScene(std::shared_ptr<store::Disk> disk = nullptr, store::StoreLimits limits = {})
      : EngineScene(std::move(disk), limits) {
    ahead = minutes(30);
  }
  void add_items(int count, seconds duration) {
    for (int i = 0; i < count; ++i) {
      add_item("/" + std::string(1, static_cast<char>('a' + i)) + ".mp3", duration);
    }
  }
  void on_turn() override {
    EngineScene::on_turn();
    if (engine->schedule() == nullptr) return;
    const WallTime now = engine->programme_now();
    // Like a programme, it looks a little ahead, which brings what is on disk into memory.
    if (const auto later = engine->schedule()->on_air(now + seconds(4))) {
      auto* item = engine->on_air_item(*later);
      const auto at = static_cast<std::uint32_t>((now + seconds(4) - later->start) / seconds(1));
      for (std::uint32_t i = at - std::min(at, 4u); item != nullptr && i <= at; ++i) {
        if (item->is_known()) (void)item->read({i});
      }
    }
    const auto slot = engine->schedule()->on_air(now);
    auto* item = slot ? engine->on_air_item(*slot) : nullptr;
    if (item == nullptr || !item->is_known()) {
      if (slot && is_strict) ++missed;
      return;
    }
    const auto second = static_cast<std::uint32_t>((now - slot->start) / seconds(1));
    item->set_need({{second}, now, false});
    const auto chunk = item->read({second});
    if (!chunk && is_strict) ++missed;
    if (chunk && files.at(item->item().title).is_chunk(second, chunk->view())) {
      ++played[item->item().title];
    }
  }
  [[nodiscard]] std::size_t asked(const std::string& path) const {
    return rig.network.requests_to(host + path).size();
  }

  bool is_strict = false;  ///< From now on every chunk must be there when it is due.
  int missed = 0;
  std::map<std::string, int> played;
};

}  // namespace

TEST_CASE("with the network cut two further items play complete, and on time") {
  const bool names_trees = GENERATE(true, false);
  const bool hangs = GENERATE(false, true);
  CAPTURE(names_trees, hangs);
  AheadScene scene(std::make_shared<FakeDisk>());
  scene.add_items(4, seconds(120));
  if (names_trees) {
    for (auto& item : scene.station.items) item.root = scene.files.at(item.title).root();
  }
  scene.start();
  scene.run(seconds(5));
  scene.is_strict = true;
  CHECK(scene.rig.time.run_until(
      [&] {
        return scene.is_complete("/a.mp3") && scene.is_complete("/b.mp3") &&
               scene.is_complete("/c.mp3");
      },
      seconds(110)));
  CHECK(scene.on_air() == "/a.mp3");
  if (hangs) {
    scene.rig.network.hang(scene.host);
    scene.rig.network.hang(scene.gateway);
  } else {
    scene.refuse();
  }
  scene.run(seconds(3 * 120 - 1) - (scene.rig.time.wall_now() - *scene.station.items[0].start));
  CHECK(scene.on_air() == "/c.mp3");
  CHECK(scene.missed == 0);
  // Looked at four times a second, at least.
  CHECK(scene.played["/b.mp3"] >= 4 * 119);
  CHECK(scene.played["/c.mp3"] >= 4 * 118);
}

TEST_CASE("what has been on before is found again with the network cut") {
  const bool hangs = GENERATE(false, true);
  CAPTURE(hangs);
  AheadScene scene(std::make_shared<FakeDisk>());
  scene.add_items(3, seconds(60));
  scene.station.items[0].start.reset();
  scene.station.anchor = scene.rig.time.wall_now();
  scene.start();
  scene.run(seconds(190));
  CHECK(scene.engine->ahead().in_reach == 2);
  CHECK(scene.engine->ahead().complete <= 2);
  scene.is_strict = true;
  if (hangs) {
    scene.rig.network.hang(scene.host);
    scene.rig.network.hang(scene.gateway);
  } else {
    scene.refuse();
  }
  scene.run(minutes(12));
  CHECK(scene.missed == 0);
}

TEST_CASE("nothing is fetched ahead while the item on air lacks something of its next 30 s") {
  const auto seed = GENERATE(range(1u, 9u));
  AheadScene scene;
  scene.rig.random = Random(seed);
  scene.add_items(3, seconds(120));
  // Sixteen chunks in twelve seconds: hardly faster than it plays.
  scene.origin_pace = seconds(3);
  scene.start();
  int lacking = 0;
  for (int half = 0; half < 178; ++half) {
    const auto before = scene.asked("/b.mp3") + scene.asked("/c.mp3");
    const auto at = static_cast<std::size_t>(half / 2);
    const auto lacks = [&] {
      const std::string held = scene.held("/a.mp3");
      return held.empty() || held.substr(at + 1, 29).find('.') != std::string::npos;
    };
    const bool lacked = lacks();
    scene.run(milliseconds(500));
    if (!lacked || !lacks()) continue;
    ++lacking;
    REQUIRE(scene.asked("/b.mp3") + scene.asked("/c.mp3") == before);
  }
  CHECK(lacking > 40);
}

TEST_CASE("fetching ahead takes one request at a time where nobody but the origin helps") {
  AheadScene scene;
  scene.add_items(6, seconds(120));
  scene.start();
  scene.run(seconds(5));
  CHECK(scene.is_complete("/a.mp3"));
  scene.origin_pace = seconds(1);
  unsigned most = 0;
  for (int i = 0; i < 800; ++i) {
    scene.run(milliseconds(100));
    most = std::max(most, scene.rig.network.open_transfers());
  }
  // The announcement is another one, and so is the playlist.
  CHECK(most >= 1);
  CHECK(most <= 2);
  CHECK(scene.engine->ahead().in_reach == 5);
}

TEST_CASE("no more is fetched ahead than fits in half the store") {
  const std::uint64_t item_bytes = 60 * hash::chunk_bytes;
  AheadScene scene(std::make_shared<FakeDisk>(), {.disk_bytes = 5 * item_bytes});
  scene.add_items(6, seconds(60));
  scene.start();
  scene.run(seconds(31));
  // As if all had been drawn early: nothing holds them back but the room.
  const auto complete = [&] {
    int count = 0;
    for (const auto& [path, file] : scene.files) count += scene.is_complete(path) ? 1 : 0;
    return count;
  };
  int most_ahead = 0;
  for (int i = 0; i < 280; ++i) {
    scene.run(seconds(1));
    most_ahead = std::max<int>(most_ahead, static_cast<int>(scene.engine->ahead().complete));
    if (i == 20) CHECK(complete() >= 1);
  }
  CHECK(most_ahead == 2);
  CHECK(scene.rig.statistics.origin_bytes == 6 * scene.files.at("/a.mp3").bytes.size());
}

TEST_CASE("an item that cannot be found is a problem only when its time is near") {
  AheadScene scene;
  scene.rig.random = Random(GENERATE(range(1u, 7u)));
  scene.add_items(3, seconds(600));
  scene.station.items[1].root = scene.files.at("/b.mp3").root();
  scene.files.erase("/b.mp3");
  scene.start();
  const auto looked = [&] {
    return scene.rig.network.requests_to(scene.host + "/b.mp3.thex").size();
  };
  // Its moment may be drawn so late that there is nothing to see.
  if (!scene.rig.time.run_until([&] { return looked() > 0; }, seconds(520))) return;
  const auto left = *scene.station.items[0].start + seconds(530) - scene.rig.time.wall_now();
  scene.run(left);
  CHECK(scene.problems().empty());
  // For the row, and for the facts beside it.
  CHECK(looked() < 12 + static_cast<std::size_t>(left / seconds(25)));
  scene.run(seconds(30));
  CHECK_THAT(scene.problems(), Catch::Contains("nobody has the hash tree of"));
  // The one after it comes all the same.
  scene.run(seconds(620));
  CHECK(scene.is_complete("/c.mp3"));
}

TEST_CASE("an origin that lacks a coming file is a problem only when its time is near") {
  AheadScene scene;
  scene.add_items(3, seconds(600));
  scene.start();
  scene.run(seconds(60));
  scene.origin_works = false;
  scene.run(seconds(470));
  CHECK(scene.problems().empty());
  CHECK(scene.asked("/b.mp3") < 40);
  scene.run(seconds(90));
  CHECK_THAT(scene.problems(), Catch::Contains("the origin does not give"));
}

TEST_CASE("a file that comes several times is fetched once") {
  AheadScene scene;
  scene.add_items(3, seconds(60));
  for (const auto i : {1, 2, 1, 0}) {
    scene.station.items.push_back(scene.station.items[static_cast<std::size_t>(i)]);
    scene.station.items.back().start.reset();
  }
  scene.start();
  scene.run(seconds(7 * 60 - 1));
  CHECK(scene.on_air() == "/a.mp3");
  CHECK(scene.rig.statistics.origin_bytes == 3 * scene.files.at("/a.mp3").bytes.size());
}

TEST_CASE("what the cache has already is not fetched again") {
  auto disk = std::make_shared<FakeDisk>();
  const MediaSample b = MediaSample::of_chunks(60, 2);
  disk->place(b, std::string(60, '#'));
  AheadScene scene(disk);
  scene.add_items(2, seconds(60));
  REQUIRE(scene.files.at("/b.mp3").root() == b.root());
  scene.start();
  scene.run(seconds(50));
  CHECK(scene.engine->ahead().complete == 1);
  CHECK(scene.asked("/b.mp3") == 0);
  scene.is_strict = true;
  scene.run(seconds(60));
  CHECK(scene.missed == 0);
  CHECK(scene.asked("/b.mp3") == 0);
}

TEST_CASE("what is fetched ahead is announced when it begins and when it is complete") {
  AheadScene scene;
  scene.add_items(2, seconds(600));
  scene.start();
  const std::string urn = R"({"available":)";
  const auto told = [&](const std::string& available) {
    const auto& root = scene.files.at("/b.mp3").root();
    for (const auto& body : scene.announced) {
      const auto at = body.find(root.urn());
      if (at == std::string::npos) continue;
      const auto begin = body.rfind('{', at);
      const auto end = body.find('}', at);
      if (body.substr(begin, end - begin).find(available) != std::string::npos) return true;
    }
    return false;
  };
  CHECK(scene.rig.time.run_until([&] { return told("\"none\""); }, seconds(570)));
  CHECK(scene.rig.time.run_until([&] { return told("\"all\""); }, seconds(20)));
  CHECK(scene.on_air() == "/a.mp3");
}

TEST_CASE("two listeners do not begin at the same moment") {
  std::vector<Duration> begun;
  for (const std::uint64_t seed : {1, 2, 3, 4, 5, 6}) {
    AheadScene scene;
    scene.rig.random = Random(seed);
    scene.add_items(2, seconds(600));
    scene.start();
    CHECK(scene.rig.time.run_until([&] { return scene.asked("/b.mp3") > 0; }, seconds(590)));
    begun.push_back(scene.rig.time.wall_now() - *scene.station.items[0].start);
  }
  std::sort(begun.begin(), begun.end());
  for (std::size_t i = 1; i < begun.size(); ++i) CHECK(begun[i] - begun[i - 1] > seconds(1));
  CHECK(begun.back() - begun.front() > seconds(120));
}
