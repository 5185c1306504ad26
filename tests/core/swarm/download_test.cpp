#include "tests/core/swarm/download_scene.hpp"
#include "tests/support/fake_disk.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string all(DownloadScene::chunks, '#');

void break_off(Script& script) {
  script.end_after = 16'384 + 5;
  script.end = Script::End::reset;
}

}  // namespace

TEST_CASE("a file alone with its origin is fetched once") {
  DownloadScene scene;
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(2));
  CHECK(scene.held() == all);
  CHECK(scene.rig.statistics.origin_bytes == scene.song.bytes.size());
  CHECK(scene.rig.statistics.verified_chunks == DownloadScene::chunks);
  CHECK(scene.problems().empty());
}

TEST_CASE("what peers have does not leave the origin") {
  DownloadScene scene;
  for (const unsigned i : {1u, 2u, 3u}) scene.add_peer(i);
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(2));
  CHECK(scene.asked(scene.origin) == 0);
  CHECK(scene.rig.statistics.peer_bytes == scene.song.bytes.size());
  scene.run(seconds(1));
  CHECK(scene.requests_counted() == 0);
}

TEST_CASE("peers are asked for the file by its name, in whole chunks") {
  DownloadScene scene;
  scene.add_peer(1);
  scene.start();
  scene.run_to_the_end();
  for (const auto& sent : scene.rig.network.requests_to(DownloadScene::url(1))) {
    CHECK(sent.request.url.target() == "/uri-res/N2R?" + scene.song.root().urn());
    const auto range = http::parse_range(sent.header("Range"), scene.song.bytes.size());
    CHECK(std::get<ByteRange>(range).begin % hash::chunk_bytes == 0);
  }
}

TEST_CASE("a liar is banned for its first false chunk, which is all it can waste") {
  DownloadScene scene;
  scene.add_peer(1, [](Script& s) { s.body[0] ^= 1; });
  scene.add_peer(2);
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(3));
  CHECK(scene.rig.peers.find(DownloadScene::endpoint(1))->banned);
  CHECK_FALSE(scene.rig.peers.find(DownloadScene::endpoint(2))->banned);
  CHECK(scene.rig.statistics.rejected_chunks == 1);
  CHECK(scene.problems() == "10.0.0.1:2000 sent chunk 3 falsely; it is asked no more\n");
  CHECK(scene.all_is_true());
  CHECK(scene.contradictions == 0);
}

TEST_CASE("every peer lies, and the file comes all the same") {
  DownloadScene scene;
  for (unsigned i = 1; i <= 10; ++i) scene.add_peer(i, [](Script& s) { s.body.back() ^= 1; });
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(10));
  CHECK(scene.rig.statistics.rejected_chunks <= 10);
  CHECK(scene.all_is_true());
}

TEST_CASE(
    "before a row has proved itself a false chunk casts doubt on the row, and nobody is banned") {
  DownloadScene scene;
  scene.plan.is_row_proven = false;
  scene.add_peer(1, [](Script& s) { s.body[0] ^= 1; });
  scene.start();
  scene.run(seconds(2));
  CHECK_FALSE(scene.rig.peers.find(DownloadScene::endpoint(1))->banned);
  CHECK(scene.contradictions == 1);
  CHECK(scene.is_stuck);
  // It waits to be replaced: nothing more is asked of anybody.
  scene.rig.network.forget_requests();
  scene.run(seconds(10));
  CHECK(scene.rig.network.requests().empty());
  CHECK(scene.requests_counted() == 0);
}

TEST_CASE("one true chunk proves the row") {
  DownloadScene scene;
  scene.plan.is_row_proven = false;
  int answers = 0;
  scene.add_peer(1, [&](Script& s) {
    // The first is to a greeting.
    if (++answers > 2) s.body[0] ^= 1;
  });
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(5));
  CHECK(scene.rig.peers.find(DownloadScene::endpoint(1))->banned);
  CHECK(scene.contradictions == 0);
}

TEST_CASE("a transfer that breaks keeps its whole chunks, and the rest comes from elsewhere") {
  DownloadScene scene;
  scene.add_peer(1, break_off);
  scene.add_peer(2, break_off);
  scene.serve(scene.origin, break_off);
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(30));
  CHECK(scene.rig.statistics.verified_chunks <= DownloadScene::chunks + 4);
  CHECK(scene.all_is_true());
}

TEST_CASE("a slow or silent peer is overtaken in time, and left alone") {
  DownloadScene scene;
  const std::string what = GENERATE("trickles", "hangs", "stalls");
  CAPTURE(what);
  scene.add_peer(1, [&](Script& s) {
    if (what == "trickles") {
      s.piece_bytes = 1;
      s.between_pieces = seconds(1);
    } else if (what == "stalls") {
      s.end = Script::End::stall;
      s.end_after = 5'000;
    }
  });
  if (what == "hangs") scene.rig.network.hang(DownloadScene::url(1));
  scene.start();
  scene.run(milliseconds(1'000));
  CHECK(scene.held().starts_with("#"));
  scene.run(milliseconds(500));
  CHECK(scene.held().starts_with("###"));
  CHECK(scene.run_to_the_end() < seconds(25));
  CHECK(scene.asked(DownloadScene::url(1)) <= 12);
}

TEST_CASE("a peer that has no time is asked again after a moment, and is no failure") {
  DownloadScene scene;
  bool is_busy = true;
  scene.add_peer(1, [&](Script& s) {
    if (!is_busy) return;
    s = Script{};
    s.status = 503;
    s.headers.add("X-Available-Ranges", "bytes 0-" + std::to_string(scene.song.bytes.size() - 1));
  });
  scene.window = {};
  scene.start();
  scene.run(seconds(5));
  const auto asked = scene.asked(DownloadScene::url(1));
  CHECK(asked >= 3);
  CHECK(asked <= 20);
  CHECK(scene.rig.peers.find(DownloadScene::endpoint(1))->failures == 0);
  CHECK(scene.asked(scene.origin) == 0);
  is_busy = false;
  CHECK(scene.run_to_the_end() < seconds(3));
  CHECK(scene.asked(scene.origin) == 0);
}

TEST_CASE("a peer that does not have what was said tells what it has") {
  DownloadScene scene;
  scene.add_peer(1, [](Script& s) {
    s = Script{};
    s.status = 503;
    s.headers.add("X-Available-Ranges", "none");
  });
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(7));
  // Every other second whether it has more by now, but not chunk by chunk.
  CHECK(scene.gets(1) <= 4);
}

TEST_CASE("a peer recommends others, which are then asked") {
  DownloadScene scene;
  const auto hints = [&](std::initializer_list<const char*> peers) {
    return [hosts = std::vector<std::string>(peers.begin(), peers.end()), &scene](Script& s) {
      for (const auto& host : hosts) {
        s.headers.add("X-URI-RES",
                      "http://" + host + "/uri-res/N2R?" + scene.song.root().urn() + " ; N2R");
      }
    };
  };
  SECTION("an address in use for serving") {
    scene.add_peer(1, hints({"10.0.0.2:2000"}), "#...................");
    scene.serve(DownloadScene::url(2));
    scene.start();
    scene.run_to_the_end();
    CHECK(scene.asked(DownloadScene::url(2)) > 0);
  }
  SECTION("but no port below 1024, no name, and only two strangers a minute") {
    scene.add_peer(1, hints({"10.0.0.9:80", "peer.example:2000", "10.0.0.2:2000", "10.0.0.3:2000",
                             "10.0.0.4:2000", "10.0.0.5:2000"}));
    scene.start();
    scene.run_to_the_end();
    CHECK(scene.rig.peers.count() == 3);
    CHECK_FALSE(scene.rig.peers.find({net::IpAddress::v4(10, 0, 0, 9), 80}));
  }
  SECTION("nor an address that may not be contacted") {
    scene.rig.services.rules = net::AddressRules::public_only();
    scene.rig.services.rules.allow(*net::parse_network("10.0.0.1/32"));
    scene.add_peer(1, hints({"10.0.0.2:2000"}));
    scene.start();
    scene.run_to_the_end();
    CHECK(scene.rig.peers.count() == 1);
  }
}

TEST_CASE("what the disk has is not fetched, and counts as the cache's until it is damaged") {
  const auto disk = std::make_shared<FakeDisk>();
  const auto song = MediaSample::of_chunks(DownloadScene::chunks);
  disk->place(song, "###.................");
  disk->damage(song, 1);
  DownloadScene scene(disk);
  scene.start();
  for (int i = 0; i < 20; ++i) {
    for (const std::uint32_t chunk : {0u, 1u, 2u}) (void)scene.download->read({chunk});
    scene.run(milliseconds(100));
  }
  CHECK(scene.held() == all);
  CHECK(scene.rig.statistics.cache_bytes == 2 * hash::chunk_bytes);
  CHECK(scene.rig.statistics.origin_bytes == scene.song.bytes.size() - 2 * hash::chunk_bytes);
  CHECK(scene.all_is_true());
}

TEST_CASE("when all is there nothing is under way any more") {
  // The first chunk is asked from a second source, since the first one is late: both count until
  // they end.
  DownloadScene scene;
  scene.add_peer(
      1, [](Script& s) { s.head_after = seconds(2); }, "#...................");
  scene.start();
  // The peer's turn is three seconds.
  CHECK(scene.run_to_the_end() < seconds(5));
  scene.run(seconds(10));
  CHECK(scene.rig.network.open_transfers() == 0);
  CHECK(scene.requests_counted() == 0);
}

TEST_CASE("a download may be destroyed at any moment") {
  for (int i = 0; i < 60; ++i) {
    DownloadScene scene;
    scene.add_peer(1, [](Script& s) { s.between_pieces = milliseconds(7); });
    scene.add_peer(2, break_off);
    scene.add_peer(3, [](Script& s) { s.body[0] ^= 1; });
    scene.rig.network.hang(DownloadScene::url(4));
    scene.start();
    scene.run(milliseconds(i));
    scene.stop();
    CHECK(scene.rig.network.open_transfers() == 0);
    CHECK(scene.requests_counted() == 0);
    scene.run(seconds(1));
  }
}
