#include "tests/core/swarm/download_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

/// The swarm of a file whose members are known, and nobody who could tell of more.
struct GreetingScene {
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(20);
  std::map<net::Endpoint, http::ClientResponse> answers;
  swarm::Greetings greetings{rig.services, song.root(), song.row->layout(),
                             [this](const net::Endpoint& peer, const http::ClientResponse& head) {
                               answers[peer] = head;
                             }};

  static net::Endpoint peer(unsigned i) {
    return {net::IpAddress::v4(10, 0, static_cast<std::uint8_t>(i / 250),
                               static_cast<std::uint8_t>(1 + i % 250)),
            2'000};
  }
  void know(unsigned i, int status = 503) {
    rig.peers.meet(peer(i), song.root(), song.row->layout());
    rig.network.serve("http://" + peer(i).text(), [status](const http::Request&) {
      Script script;
      script.status = status;
      script.headers.add("X-Available-Ranges", "bytes 0-16383");
      return script;
    });
  }
  [[nodiscard]] const std::vector<SentRequest> asked(unsigned i) const {
    return rig.network.requests_to("http://" + peer(i).text());
  }
  void greet_for(Duration span) {
    const Instant end = rig.time.now() + span;
    while (rig.time.now() < end) {
      greetings.greet(9'000);
      rig.time.run_for(100ms);
    }
  }
};

}  // namespace

TEST_CASE("whoever is known of is asked once what it has, and hears where we are") {
  GreetingScene scene;
  for (unsigned i = 0; i < 40; ++i) scene.know(i);
  scene.greetings.greet(9'000);
  unsigned at_once = 0;
  for (unsigned i = 0; i < 40; ++i) at_once += static_cast<unsigned>(scene.asked(i).size());
  CHECK(at_once == swarm::Greetings::at_once);

  scene.greet_for(2s);
  scene.know(40);
  scene.greet_for(2s);
  CHECK(scene.answers.size() == 41);
  for (unsigned i = 0; i <= 40; ++i) {
    const auto requests = scene.asked(i);
    REQUIRE(requests.size() == 1);
    CHECK(requests[0].request.method == "HEAD");
    CHECK(requests[0].header("Range") == "bytes=0-16383");
    CHECK(requests[0].header("X-URI-RES") ==
          "http://0.0.0.0:9000/uri-res/N2R?" + scene.song.root().urn() + " ; N2R");
  }
}

TEST_CASE("who shares nothing does not say where it is") {
  GreetingScene scene;
  scene.know(1);
  scene.greetings.greet(std::nullopt);
  scene.rig.time.run_for(1s);
  REQUIRE(scene.asked(1).size() == 1);
  CHECK_FALSE(scene.asked(1)[0].request.headers.has("X-URI-RES"));
}

TEST_CASE("of one file no more than a hundred or so are greeted") {
  GreetingScene scene;
  for (unsigned i = 0; i < 300; ++i) scene.know(i);
  scene.greet_for(20s);
  CHECK(scene.answers.size() == swarm::Greetings::most);
}

TEST_CASE("who does not take part when it is greeted is left alone") {
  GreetingScene scene;
  scene.know(1, 404);
  scene.rig.peers.meet(GreetingScene::peer(2), scene.song.root(), scene.song.row->layout());
  scene.greet_for(5s);
  CHECK(scene.answers.empty());
  for (const unsigned i : {1u, 2u}) {
    CHECK(scene.rig.peers.find(GreetingScene::peer(i))->failures == 1);
  }
}

TEST_CASE(
    "where no gateway tells of others they are asked before anything leaves the origin that "
    "has time") {
  DownloadScene scene;
  scene.add_peer(
      1, [](Script&) {}, "#...................");
  scene.serve(DownloadScene::url(2));
  scene.add_peer(2);
  scene.rig.peers.learn(DownloadScene::endpoint(2), scene.song.root(),
                        store::ChunkMap(DownloadScene::chunks));
  scene.window = {{{0}, {1}}, {{0}, {1}}};
  scene.start();
  scene.run_to_the_end();
  CHECK(scene.asked(scene.origin) == 0);
}

TEST_CASE("who learns its own address from others believes the gateway rather than them") {
  DownloadScene scene;
  const auto say = [](const char* address) {
    return [address](Script& script) { script.headers.add("Remote-IP", address); };
  };
  scene.add_peer(1, say("192.0.2.7"));
  SECTION("nobody has said") {
    scene.start();
    scene.run(1s);
    CHECK(scene.rig.peers.own_address() == net::IpAddress::parse("192.0.2.7"));
  }
  SECTION("a gateway has") {
    scene.rig.peers.set_own_address(*net::IpAddress::parse("192.0.2.1"));
    scene.start();
    scene.run(1s);
    CHECK(scene.rig.peers.own_address() == net::IpAddress::parse("192.0.2.1"));
  }
  SECTION("nonsense") {
    scene.add_peer(1, say("nowhere"));
    scene.start();
    scene.run(1s);
    CHECK_FALSE(scene.rig.peers.own_address());
  }
}

TEST_CASE("whom a gateway names with a file is known before it tells of others") {
  DownloadScene scene;
  scene.create();
  const auto url = [&](const char* at) {
    return "http://" + std::string(at) + "/uri-res/N2R?" + scene.song.root().urn();
  };
  std::vector<std::string> hints{url("10.0.0.1:2000"), url("10.0.0.2:80"), "nonsense",
                                 url("[2001:db8::1]:2000")};
  for (int i = 0; i < 100; ++i)
    hints.push_back(url(("10.0.1." + std::to_string(i) + ":2000").c_str()));
  scene.download->introduce(hints);
  CHECK(scene.rig.peers.find({net::IpAddress::v4(10, 0, 0, 1), 2'000}));
  CHECK_FALSE(scene.rig.peers.find({net::IpAddress::v4(10, 0, 0, 2), 80}));
  CHECK(scene.rig.peers.count() == 14);
}
