#include "core/http/prefer.hpp"
#include "tests/core/swarm/lookup_scene.hpp"
#include "tests/support/fake_disk.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_CASE("the gateway's word is enough, and the origin is not bothered") {
  LookupScene scene;
  scene.give_gateway();
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.found->facts.seconds.size() == 3);
  CHECK(scene.found->facts.type == "audio/mpeg");
  CHECK(scene.took < milliseconds(50));
  CHECK(scene.rig.network.requests_to(origin_host).empty());
  CHECK(scene.rig.network.requests_to(gateway_host).at(0).request.url.text() ==
        std::string(gateway_host) + "/gateway/head?uri=http%3A%2F%2Fradio.example%2Fsong.mp3");
  CHECK(http::prefers_minimal(scene.rig.network.requests_to(gateway_host).at(0).request.headers));
  CHECK(scene.rig.statistics.gateway_bytes > 0);
  CHECK(scene.rig.network.open_transfers() == 0);
}

TEST_CASE("where there is no gateway the sidecars serve") {
  LookupScene scene;
  scene.give_sidecars();
  SECTION("with a length in them") {
    REQUIRE(scene.look(false));
    CHECK(scene.found->facts.seconds.size() == 3);
  }
  SECTION("with the length from the origin") {
    scene.sidecar_facts = LookupScene::html();
    scene.give_origin_head();
    REQUIRE(scene.look(false));
    CHECK(scene.found->facts.type == "audio/mpeg");
  }
  SECTION("with the length from the playlist") {
    scene.sidecar_facts.status = 404;
    scene.item.length = scene.song.bytes.size();
    REQUIRE(scene.look(false));
  }
  CHECK(scene.found_the_song());
  CHECK(scene.took < seconds(1));
}

TEST_CASE("a gateway that fails at once costs no time and is not hammered") {
  const bool names_tree = GENERATE(false, true);
  LookupScene scene;
  if (names_tree) scene.item.root = scene.song.root();
  scene.give_sidecars();
  Script answer = LookupScene::html();
  SECTION("404") {
    answer.status = 404;
  }
  SECTION("500") {
    answer.status = 500;
  }
  SECTION("a page that has nothing to do with it") {}
  SECTION("an empty answer") {
    answer.body.clear();
  }
  SECTION("another kind of JSON") {
    answer.body = "[1,2,3]";
  }
  scene.spoil_gateway(answer);
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.took < milliseconds(600));
  CHECK(scene.rig.network.requests_to(gateway_host).size() <= 2);
}

TEST_CASE(
    "a gateway that is not there is asked once a round, also where the playlist names the tree") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  scene.serve();
  scene.rig.network.remove(gateway_host);
  scene.start();
  scene.rig.time.run_for(seconds(10));
  CHECK_FALSE(scene.found);
  CHECK(scene.rig.network.requests_to(gateway_host).size() <= 8);
  CHECK(scene.problems().find("nobody has the hash tree of http://radio.example/song.mp3, so it "
                              "cannot be played; it is asked for again\n") != std::string::npos);
  // It keeps trying for ever, and the problem ends when it is over.
  scene.rig.time.run_for(std::chrono::hours(1));
  scene.give_gateway();
  scene.serve();
  scene.rig.time.run_for(seconds(5));
  CHECK(scene.found_the_song());
  CHECK(scene.problems().empty());
}

TEST_CASE("a slow gateway is overtaken by the sidecars") {
  LookupScene scene;
  scene.give_sidecars();
  scene.serve();
  SECTION("one that never answers") {
    scene.rig.network.hang(gateway_host);
  }
  SECTION("one that answers late") {
    scene.give_gateway();
    scene.gateway_head.head_after = seconds(4);
  }
  SECTION("one that trickles") {
    scene.give_gateway();
    scene.gateway_head.piece_bytes = 1;
    scene.gateway_head.between_pieces = seconds(1);
  }
  scene.start();
  scene.rig.time.run_for(seconds(2));
  CHECK(scene.found_the_song());
  CHECK(scene.took >= milliseconds(800));
  CHECK(scene.took <= milliseconds(1000));
}

TEST_CASE("the playlist's tree outranks a gateway that names another") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  scene.give_sidecars();
  const auto other = MediaSample::of_chunks(5, 66);
  media::FileFacts lie = scene.facts;
  lie.root = other.root();
  scene.gateway_head = LookupScene::text(media::to_json(lie));
  scene.gateway_row = LookupScene::row_of(other);
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.problems() ==
        "the gateway names another file for http://radio.example/song.mp3 than the playlist; the "
        "playlist's word is taken\n");
}

TEST_CASE("a gateway whose leaf row does not fit its own word is not believed") {
  LookupScene scene;
  scene.give_gateway();
  scene.give_sidecars();
  SECTION("another file's row") {
    scene.gateway_row = LookupScene::row_of(MediaSample::of_chunks(5, 66));
  }
  SECTION("a row cut short") {
    scene.gateway_row.body.resize(64);
  }
  SECTION("a row too long") {
    scene.gateway_row.body += std::string(32, 'x');
  }
  SECTION("a page") {
    scene.gateway_row = LookupScene::html();
  }
  SECTION("none") {
    scene.gateway_row.status = 404;
  }
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.took < seconds(1));
}

TEST_CASE("where nobody names a tree it says so within two seconds") {
  LookupScene scene;
  scene.give_origin_head();
  bool with_gateway = true;
  SECTION("nothing but the file") {}
  SECTION("no gateway either") {
    with_gateway = false;
  }
  SECTION("a gateway that is hashing") {
    Script hashing;
    hashing.status = 202;
    scene.gateway_head = hashing;
  }
  SECTION("pages everywhere") {
    scene.spoil_gateway(LookupScene::html());
    scene.sidecar_row = scene.sidecar_facts = LookupScene::html();
  }
  SECTION("a gateway that trickles") {
    scene.give_gateway();
    scene.gateway_head.piece_bytes = 1;
    scene.gateway_head.between_pieces = seconds(1);
  }
  SECTION("sidecars that never come") {
    scene.sidecar_row.head_after = scene.sidecar_facts.head_after = seconds(100);
  }
  REQUIRE(scene.look(with_gateway));
  CHECK(scene.found->row == nullptr);
  CHECK(scene.took <= seconds(2));
  CHECK(scene.problems().find("cannot be played") == std::string::npos);
}

TEST_CASE("without a tree the facts are what playlist and origin say") {
  LookupScene scene;
  scene.give_origin_head();
  scene.item.duration = seconds(33);
  REQUIRE(scene.look());
  CHECK(scene.found->facts.type == "audio/mpeg");
  CHECK(scene.found->facts.length == scene.song.bytes.size());
  CHECK(scene.found->facts.duration == seconds(33));
  CHECK(scene.found->facts.uri == song_url);
}

TEST_CASE("a gateway that is hashing is asked again, and finds the tree after a while") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  Script hashing;
  hashing.status = 202;
  scene.spoil_gateway(hashing);
  scene.serve();
  scene.start();
  scene.rig.time.run_for(seconds(2));
  CHECK_FALSE(scene.found);
  scene.give_gateway();
  scene.rig.time.run_for(seconds(4));
  CHECK(scene.found_the_song());
}

TEST_CASE("facts are waited for a moment only") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  scene.item.length = scene.song.bytes.size();
  scene.give_gateway();
  scene.gateway_head.head_after = seconds(3);
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.took <= milliseconds(700));
  CHECK(scene.found->facts.seconds.empty());
}

TEST_CASE("a peer that takes part gives the tree when the gateway is gone") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  scene.item.length = scene.song.bytes.size();
  scene.serve();
  scene.rig.network.remove(gateway_host);
  const net::Endpoint peer{net::IpAddress::v4(10, 0, 0, 1), 2'000};
  scene.rig.peers.learn(peer, scene.song.root(), store::ChunkMap(5));
  Script row = LookupScene::row_of(scene.song);
  SECTION("an honest one") {
    scene.rig.network.serve("http://10.0.0.1:2000", row);
    scene.start();
    CHECK(scene.rig.time.run_until([&] { return scene.found.has_value(); }, seconds(2)));
    CHECK(scene.found_the_song());
  }
  SECTION("a liar only loses time") {
    row.body[3] ^= 1;
    scene.rig.network.serve("http://10.0.0.1:2000", row);
    scene.give_sidecars();
    scene.start();
    CHECK(scene.rig.time.run_until([&] { return scene.found.has_value(); }, seconds(2)));
    CHECK(scene.found_the_song());
  }
}

TEST_CASE("what was found once is found again without anybody") {
  const auto disk = std::make_shared<FakeDisk>();
  const bool names_tree = GENERATE(false, true);
  {
    LookupScene scene(disk);
    scene.give_gateway();
    REQUIRE(scene.look());
    scene.rig.time.turn();
    disk->place(scene.song, "#....");
  }
  LookupScene scene(disk);
  if (names_tree) scene.item.root = scene.song.root();
  scene.start();
  CHECK(scene.rig.time.run_until([&] { return scene.found.has_value(); }, seconds(2)));
  CHECK(scene.found_the_song());
  CHECK(scene.found->facts.seconds.size() == 3);
  if (names_tree) CHECK(scene.rig.network.requests().empty());
}

TEST_CASE(
    "what was found once is not believed against the gateway: the file may be another by now") {
  const auto disk = std::make_shared<FakeDisk>();
  const auto old = MediaSample::of_chunks(5, 99);
  disk->place(old, "#####");
  LookupScene scene(disk);
  media::FileFacts before = scene.facts;
  before.root = old.root();
  REQUIRE(disk->write_record("facts " + std::string(song_url), media::to_json(before)));
  scene.give_gateway();
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
}

TEST_CASE("a sidecar that is out of date does not hide the file") {
  LookupScene scene;
  scene.item.root = scene.song.root();
  scene.give_origin_head();
  scene.facts.length += 100'000;
  scene.facts.seconds.push_back(scene.song.bytes.size() + 5);
  scene.give_sidecars();
  SECTION("whose length the playlist knows") {
    scene.item.length = scene.song.bytes.size();
  }
  SECTION("whose length the origin knows") {}
  REQUIRE(scene.look(false));
  CHECK(scene.found_the_song());
  CHECK(scene.found->facts.seconds.empty());
}

TEST_CASE("a wrong length in the playlist does not hide the file") {
  LookupScene scene;
  scene.item.length = 12;
  scene.give_gateway();
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
}

TEST_CASE("the gateway's tree is taken even if a sidecar's facts came first") {
  LookupScene scene;
  scene.give_gateway();
  scene.give_sidecars();
  scene.sidecar_row.status = 404;
  scene.gateway_head.head_after = milliseconds(1'000);
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
}

TEST_CASE("an origin's length beyond all bounds asks nobody for a row as long") {
  LookupScene scene;
  scene.origin_head.status = 200;
  scene.origin_head.headers.add("Content-Length", "18446744073709551615");
  scene.sidecar_row = LookupScene::html();
  REQUIRE(scene.look(false));
  CHECK(scene.found->row == nullptr);
  for (const auto& sent : scene.rig.network.requests()) {
    CHECK(sent.request.max_body_bytes <= std::uint64_t{32} << 20);
  }
}

TEST_CASE("a lookup may be ended at any moment") {
  for (int i = 0; i < 60; ++i) {
    LookupScene scene;
    scene.item.root = scene.song.root();
    scene.give_gateway();
    scene.gateway_row.head_after = milliseconds(450);
    scene.give_sidecars();
    scene.serve();
    scene.start();
    scene.rig.time.run_for(milliseconds(i * 10));
    scene.stop();
    CHECK(scene.rig.network.open_transfers() == 0);
    scene.rig.time.run_for(seconds(10));
    CHECK(scene.times_found <= 1);
  }
}

TEST_CASE("of a part of a live show only the leaf row is asked for, at once, where it lies") {
  LookupScene scene;
  scene.give_gateway();
  scene.give_sidecars();
  scene.item.is_live = true;
  scene.item.root = scene.song.root();
  scene.item.length = scene.song.bytes.size();
  scene.item.duration = seconds(2);
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.took < milliseconds(20));
  CHECK(scene.rig.network.requests_to(origin_host).size() == 1);
  CHECK(scene.rig.network.requests_to(gateway_host).empty());
  CHECK(scene.found->facts.duration == seconds(2));
}

TEST_CASE("of a part of a single chunk the playlist says all") {
  LookupScene scene;
  scene.song = MediaSample::of_chunks(1);
  scene.item.is_live = true;
  scene.item.root = scene.song.root();
  scene.item.length = scene.song.bytes.size();
  REQUIRE(scene.look());
  CHECK(scene.found_the_song());
  CHECK(scene.rig.network.requests_to(origin_host).empty());
  CHECK(scene.rig.network.requests_to(gateway_host).empty());
}
