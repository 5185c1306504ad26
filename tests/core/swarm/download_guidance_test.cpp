#include "tests/core/swarm/download_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

/// A download of which nothing is fetched yet, whose gateway says what is fetched where; the test
/// is the gateway.
struct GuidedScene : DownloadScene {
  explicit GuidedScene(swarm::Guide guide = swarm::Guide::gateway) {
    window = {{{0}, {3}}, {{0}, {1}}, {}};
    begin(guide);
  }
  void tell(std::uint32_t begin, std::uint32_t end, const swarm::Direction& from) {
    download->take({song.root(), {song.row->layout().bytes_of({{begin}, {end}})}, from});
  }
  [[nodiscard]] std::string drawn(const std::vector<ByteRange>& ranges) const {
    std::string drawing(chunks, '.');
    for (const auto& range : ranges) {
      const auto run = song.row->layout().chunks_inside(range);
      for (auto i = run.begin; i < run.end; ++i) drawing[i.value] = '#';
    }
    return drawing;
  }
  /// The chunks that the gateway would be asked about.
  [[nodiscard]] std::string wanted() const {
    std::vector<ByteRange> all;
    for (const auto& want : download->wants()) {
      all.insert(all.end(), want.ranges.begin(), want.ranges.end());
    }
    return drawn(all);
  }
  [[nodiscard]] std::vector<std::string> failures() const {
    std::vector<std::string> all;
    for (const auto& failed : download->take_failures()) {
      all.push_back(drawn(failed.ranges) + (failed.peer ? " " + failed.peer->text() : " origin"));
    }
    return all;
  }

 private:
  void begin(swarm::Guide guide) {
    create();
    download->set_guide(guide);
    look_from_now_on();
  }
};

void stall(Script& script) {
  script.end_after = 0;
  script.end = Script::End::stall;
}

}  // namespace

TEST_CASE("while the gateway's answer is awaited nothing is fetched") {
  GuidedScene scene(swarm::Guide::awaited);
  scene.run(10s);
  CHECK(scene.asked(scene.origin) == 0);
  CHECK(scene.wanted() == "####################");
  scene.download->set_guide(swarm::Guide::nobody);
  CHECK(scene.run_to_the_end() < 5s);
}

TEST_CASE("what is leased to us is all that comes from the origin") {
  GuidedScene scene;
  scene.tell(0, 2, swarm::FromOrigin{1s, 3});
  scene.run(300ms);
  CHECK(scene.held() == "##..................");
  CHECK(scene.asked(scene.origin) == 1);
  CHECK(scene.wanted() == "..##################");
}

TEST_CASE("a peer that the gateway names is asked, known or not, and stood in line at") {
  GuidedScene scene;
  scene.serve(scene.url(1));
  scene.tell(0, 2, swarm::FromPeer{scene.endpoint(1), 17, 1s});
  scene.run(300ms);
  CHECK(scene.held().substr(0, 1) == "#");
  const auto sent = scene.rig.network.requests_to(scene.url(1));
  REQUIRE_FALSE(sent.empty());
  CHECK(sent[0].header("Prefer") == "wait=1; ticket=17");
  CHECK(scene.asked(scene.origin) == 0);
}

TEST_CASE("a peer that does not serve is reported, and its chunks are asked about again") {
  GuidedScene scene;
  SECTION("it never answers") {
    scene.serve(scene.url(1), stall);
  }
  SECTION("it refuses") {
    scene.serve(scene.url(1), [](Script& script) {
      script = {};
      script.status = 503;
    });
  }
  SECTION("nobody is there") {}
  scene.tell(0, 1, swarm::FromPeer{scene.endpoint(1), 17, 1s});
  scene.run(1100ms);
  CHECK(scene.failures() ==
        std::vector<std::string>{"#................... " + scene.endpoint(1).text()});
  CHECK(scene.wanted().substr(0, 1) == "#");
  CHECK(scene.failures().empty());
}

TEST_CASE(
    "a stranger that is said to hold a chunk has less time to begin than one in whose line we "
    "are") {
  GuidedScene scene;
  scene.serve(scene.url(1), stall);
  const auto wait = GENERATE(as<Duration>(), 0s, 1s);
  scene.tell(0, 1, swarm::FromPeer{scene.endpoint(1), 17, wait});
  scene.run(600ms);
  CHECK(scene.failures().empty() == (wait > 0s));
}

TEST_CASE("what a player waits for is a pressing question once its source has failed") {
  GuidedScene scene;
  CHECK(scene.download->has_pressing_question());
  scene.serve(scene.url(1), stall);
  scene.tell(0, 1, swarm::FromPeer{scene.endpoint(1), 17, 0s});
  scene.run(200ms);
  CHECK_FALSE(scene.download->has_pressing_question());
  scene.run(400ms);
  CHECK(scene.download->has_pressing_question());
  CHECK_FALSE(scene.failures().empty());
  SECTION("until the gateway has named another one") {
    scene.serve(scene.url(2));
    scene.tell(0, 1, swarm::FromPeer{scene.endpoint(2), 17, 0s});
    scene.run(100ms);
    CHECK_FALSE(scene.download->has_pressing_question());
  }
  SECTION("until the gateway says that there is nobody yet") {
    scene.tell(0, 1, swarm::FromNobody{1s});
    CHECK_FALSE(scene.download->has_pressing_question());
  }
}

TEST_CASE("peers are told how urgent it is") {
  GuidedScene scene;
  for (unsigned n = 1; n <= 3; ++n) scene.serve(scene.url(n));
  scene.tell(0, 1, swarm::FromPeer{scene.endpoint(1), 17, 0s});
  scene.tell(1, 2, swarm::FromPeer{scene.endpoint(2), 17, 0s});
  scene.tell(10, 11, swarm::FromPeer{scene.endpoint(3), 17, 0s});
  scene.run(300ms);
  const auto priority = [&](unsigned n) {
    return scene.rig.network.requests_to(scene.url(n)).at(0).header("Priority");
  };
  CHECK(priority(1) == "u=0");
  CHECK(priority(2) == "u=1");
  CHECK(priority(3) == "u=5");
}

TEST_CASE("who receives a lease leaves the line for that chunk") {
  GuidedScene scene;
  scene.rig.network.hang(scene.url(1));
  scene.tell(1, 2, swarm::FromPeer{scene.endpoint(1), 17, 5s});
  scene.run(150ms);
  CHECK(scene.requests_counted() == 1);
  scene.tell(1, 2, swarm::FromOrigin{1s, 3});
  CHECK(scene.requests_counted() == 0);
  scene.run(150ms);
  CHECK(scene.held() == ".#..................");
}

TEST_CASE("those who may wait here are told how a chunk comes, and by which ticket") {
  GuidedScene scene;
  CHECK_FALSE(scene.download->coming({0}));
  scene.tell(0, 1, swarm::FromOrigin{1s, 3});
  CHECK(scene.download->coming({0})->is_from_origin);
  CHECK(scene.download->coming({0})->ticket == 3U);
  scene.serve(scene.url(1), stall);
  scene.tell(1, 2, swarm::FromPeer{scene.endpoint(1), 17, 5s});
  scene.run(150ms);
  CHECK_FALSE(scene.download->coming({1})->is_from_origin);
  CHECK(scene.download->coming({1})->ticket == 17U);
  scene.tell(2, 3, swarm::FromNobody{1s});
  CHECK_FALSE(scene.download->coming({2}));
}

TEST_CASE("what is due at once comes from the origin out of turn, as far as the ration goes") {
  GuidedScene scene;
  scene.rig.services.escape_bytes = hash::chunk_bytes;
  scene.run(300ms);
  CHECK(scene.held() == "#...................");
  CHECK(scene.rig.services.escape_bytes == 0);
  scene.window = {{{1}, {4}}, {{1}, {2}}, {}};
  scene.run(300ms);
  CHECK(scene.held() == "#...................");
}

TEST_CASE("a gateway whose word leads nowhere makes us late, not silent") {
  GuidedScene scene;
  const bool says_wait = GENERATE(false, true);
  if (says_wait) scene.tell(0, 20, swarm::FromNobody{10s});
  scene.run(1900ms);
  CHECK(scene.held() == "....................");
  CHECK(scene.run_to_the_end() < 10s);
}

TEST_CASE("a peer that sent something false, or has just failed, is declined by name") {
  GuidedScene scene;
  scene.serve(scene.url(1));
  scene.rig.peers.learn(scene.endpoint(1), scene.song.root(), store::ChunkMap(GuidedScene::chunks));
  if (GENERATE(false, true)) {
    scene.rig.peers.ban(scene.endpoint(1));
  } else {
    scene.rig.peers.on_failure(scene.endpoint(1), scene.rig.time.now());
  }
  scene.tell(4, 6, swarm::FromPeer{scene.endpoint(1), 17, 1s});
  scene.run(200ms);
  CHECK(scene.asked(scene.url(1)) == 0);
  CHECK(scene.failures() ==
        std::vector<std::string>{"....##.............. " + scene.endpoint(1).text()});
  CHECK(scene.wanted().substr(4, 2) == "##");
}
