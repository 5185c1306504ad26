#include "core/swarm/announcer.hpp"

#include "tests/core/swarm/announced.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string gateway = "http://gateway.example:8080/base";
const std::string server = "http://gateway.example:8080";
const swarm::GatewayAccess guide{gateway, net::AddressRules::everything()};

/// An announcer with a gateway that answers as it is told to.
struct AnnouncerScene {
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(4, 1);
  Script answer;
  int answers = 0;
  std::unique_ptr<swarm::Announcer> announcer;

  explicit AnnouncerScene(std::uint16_t port = 7'000) {
    rig.store.add(song.row);
    rig.network.serve(server, [this](const http::Request&) { return answer; });
    say(R"({"expires":60,"interval_ms":1000,"you":"198.51.100.7"})");
    announcer.reset(new swarm::Announcer(rig.services, guide, swarm::PeerPorts::both(port),
                                         [this] { ++answers; }, {}));
  }
  void say(std::string json) {
    answer = Script{};
    answer.body = std::move(json);
  }
  void say_peers(const std::string& peers) {
    say(R"({"expires":60,"interval_ms":1000,"you":"198.51.100.7","reachable":true,"swarms":[{"urn":")" +
        song.root().urn() + R"(","peers":)" + peers + "}]}");
  }
  void hold(const MediaSample& file, std::initializer_list<std::uint32_t> chunks) {
    rig.store.add(file.row);
    for (const auto i : chunks) rig.store.put(file.root(), {i}, file.chunk(i));
  }
  void run(Duration span) { rig.time.run_for(span); }
  [[nodiscard]] std::size_t sent() const { return rig.network.requests().size(); }
  /// What the n-th announcement said of a file.
  [[nodiscard]] std::string told(std::size_t n, const MediaSample& file) const {
    return announced(rig.network.requests().at(n).request.body, file);
  }
  [[nodiscard]] int port_of(std::size_t n) const {
    return nlohmann::json::parse(rig.network.requests().at(n).request.body).at("port");
  }
  [[nodiscard]] Duration between(std::size_t n) const {
    return rig.network.requests().at(n + 1).at - rig.network.requests().at(n).at;
  }
  [[nodiscard]] std::string problems() const {
    std::string all;
    for (const auto& problem : rig.problems.list()) all += problem.text + "\n";
    return all;
  }
};

}  // namespace

TEST_CASE("an announcement says what is held, and the answer who we are") {
  AnnouncerScene scene;
  scene.run(seconds(5));
  CHECK(scene.sent() == 0);
  scene.hold(scene.song, {0, 1, 3});
  scene.announcer->set_upload_rate(123'456);
  scene.announcer->set_current({scene.song.root()}, false);
  CHECK(scene.sent() == 0);
  CHECK_FALSE(scene.announcer->has_answered_for(scene.song.root()));
  scene.run(milliseconds(100));
  REQUIRE(scene.sent() == 1);
  const auto& request = scene.rig.network.requests()[0].request;
  CHECK(request.method == "POST");
  CHECK(request.url.text() == gateway + "/gateway/announce");
  CHECK(request.headers.find("Content-Type") == "application/json");
  const auto body = nlohmann::json::parse(request.body);
  CHECK(body.at("port") == 7'000);
  CHECK(body.at("up_bps") == 123'456);
  CHECK(scene.told(0, scene.song) == "bytes 0-32767,49152-49251");
  CHECK(scene.announcer->has_answered_for(scene.song.root()));
  CHECK(scene.announcer->self()->text() == "198.51.100.7:7000");
  CHECK(scene.answers == 1);
}

TEST_CASE("who shares nothing has no place in the swarm") {
  AnnouncerScene scene(0);
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(100));
  CHECK(scene.told(0, scene.song) == "none");
  CHECK_FALSE(scene.announcer->self());
}

TEST_CASE(
    "it announces as often as the gateway wishes while something is missing, else now and then") {
  AnnouncerScene scene;
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(3'500));
  CHECK(scene.sent() == 4);
  scene.hold(scene.song, {0, 1, 2, 3});
  scene.announcer->set_current({scene.song.root()}, true);
  scene.run(milliseconds(10));
  // The news at once, then every half of 60 s.
  REQUIRE(scene.sent() == 5);
  CHECK(scene.told(4, scene.song) == "all");
  scene.run(seconds(61));
  CHECK(scene.sent() == 7);
}

TEST_CASE("news that come while an announcement is under way follow it at once") {
  AnnouncerScene scene;
  scene.answer.head_after = milliseconds(300);
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(100));
  const auto next = MediaSample::of_chunks(4, 2);
  scene.rig.store.add(next.row);
  scene.announcer->set_current({next.root()}, false);
  scene.run(milliseconds(250));
  REQUIRE(scene.sent() == 2);
  CHECK(scene.announcer->has_answered_for(scene.song.root()));
  CHECK_FALSE(scene.announcer->has_answered_for(next.root()));
  scene.run(milliseconds(300));
  CHECK(scene.announcer->has_answered_for(next.root()));
}

TEST_CASE("what is pressing does not wait for the time that the gateway named, but a moment") {
  AnnouncerScene scene;
  scene.announcer->set_current({scene.song.root()}, false);
  for (int i = 0; i < 18; ++i, scene.run(milliseconds(5))) scene.announcer->announce_soon();
  CHECK(scene.sent() == 1);
  scene.run(milliseconds(20));
  CHECK(scene.sent() == 2);
  CHECK(scene.between(0) >= milliseconds(100));
  // A gateway that fails is not hurried.
  scene.answer.status = 500;
  scene.announcer->announce_soon();
  scene.run(milliseconds(200));
  scene.announcer->announce_soon();
  scene.run(milliseconds(300));
  CHECK(scene.sent() == 3);
}

TEST_CASE("other files are told of when that is news, and all again before they expire") {
  AnnouncerScene scene;
  const auto old = MediaSample::of_chunks(2, 5);
  scene.hold(old, {0});
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(2'500));
  CHECK(scene.told(0, old) == "bytes 0-16383");
  CHECK(scene.told(1, old) == "-");
  CHECK(scene.told(1, scene.song) == "none");
  scene.hold(old, {1});
  scene.run(seconds(1));
  CHECK(scene.told(3, old) == "all");
  scene.run(seconds(30));
  int times = 0;
  for (std::size_t i = 4; i < scene.sent(); ++i) times += scene.told(i, old) == "all" ? 1 : 0;
  CHECK(times == 1);
}

TEST_CASE("what is not held any more is told of as well") {
  AnnouncerScene scene;
  store::Store small(scene.rig.workers, nullptr, {0, 3 * hash::chunk_bytes});
  swarm::Services services{scene.rig.network,
                           scene.rig.time,
                           scene.rig.time,
                           small,
                           scene.rig.peers,
                           scene.rig.statistics,
                           scene.rig.problems,
                           scene.rig.random,
                           net::AddressRules::everything()};
  swarm::Announcer announcer(services, guide, swarm::PeerPorts::both(7'000), [] {}, {});
  const auto old = MediaSample::of_chunks(2, 5);
  small.add(old.row);
  small.add(scene.song.row);
  small.put(old.root(), {0}, old.chunk(0));
  announcer.set_current({scene.song.root()}, false);
  scene.run(milliseconds(100));
  CHECK(scene.told(0, old) == "bytes 0-16383");
  for (const std::uint32_t i : {0u, 1u, 2u, 3u})
    small.put(scene.song.root(), {i}, scene.song.chunk(i));
  scene.run(milliseconds(2'000));
  CHECK(scene.told(1, old) == "none");
  CHECK(scene.told(2, old) == "-");
}

TEST_CASE("a large cache is told of in parts, all of it, soon") {
  AnnouncerScene scene;
  std::vector<MediaSample> files;
  for (std::uint64_t i = 0; i < 200; ++i) files.emplace_back(100, 100 + i);
  for (const auto& file : files) scene.hold(file, {0});
  scene.hold(scene.song, {0, 1, 2, 3});
  scene.announcer->set_current({scene.song.root()}, true);
  scene.run(seconds(8));
  std::set<std::string> told;
  for (const auto& sent : scene.rig.network.requests()) {
    const auto body = nlohmann::json::parse(sent.request.body);
    CHECK(body.at("holdings").size() <= 64);
    CHECK(sent.request.body.size() < 50'000);
    for (const auto& holding : body.at("holdings")) told.insert(holding.at("urn"));
  }
  CHECK(told.size() == 201);
  CHECK(scene.sent() <= 6);
}

TEST_CASE("a gateway that fails is asked more and more rarely, and that is said") {
  AnnouncerScene scene;
  SECTION("not there") {
    scene.rig.network.remove(server);
  }
  SECTION("500") {
    scene.answer.status = 500;
  }
  SECTION("a page") {
    scene.say("<html>It works!</html>");
  }
  SECTION("an endless answer") {
    scene.say(std::string(300'000, ' ') + "{}");
  }
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(seconds(300));
  CHECK(scene.sent() >= 10);
  CHECK(scene.sent() <= 18);
  CHECK(scene.between(0) >= milliseconds(900));
  CHECK(scene.between(0) <= milliseconds(1'500));
  for (std::size_t i = 0; i + 1 < scene.sent(); ++i) CHECK(scene.between(i) <= seconds(39));
  CHECK(scene.problems().starts_with("the gateway " + gateway + " "));
  CHECK(scene.problems().ends_with("; known listeners and the origin are used without it\n"));
  // Nobody waits for it.
  CHECK(scene.announcer->has_answered_for(scene.song.root()));
  // News do not hurry it.
  const auto before = scene.sent();
  scene.announcer->set_current({scene.song.root()}, true);
  scene.run(milliseconds(10));
  CHECK(scene.sent() == before);
  // All is told again once it is back.
  scene.say("{}");
  scene.rig.network.serve(server, [&](const http::Request&) { return scene.answer; });
  scene.run(seconds(40));
  CHECK(scene.problems().empty());
}

TEST_CASE("a gateway that does not come to an end is a gateway that fails") {
  AnnouncerScene scene;
  SECTION("silent") {
    scene.rig.network.hang(server);
  }
  SECTION("a byte now and then") {
    scene.answer.piece_bytes = 1;
    scene.answer.between_pieces = seconds(4);
  }
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(seconds(35));
  CHECK(scene.sent() >= 2);
  CHECK_FALSE(scene.problems().empty());
}

TEST_CASE("peers the gateway tells of are known from then on, if they may be asked at all") {
  AnnouncerScene scene;
  scene.rig.services.rules = net::AddressRules::public_only();
  scene.say_peers(R"([{"address":"8.8.8.1:2000","available":"all"},)"
                  R"({"address":"8.8.8.2:2000","available":"bytes 0-16383"},)"
                  R"({"address":"8.8.8.3:2000","available":"none"},)"
                  R"({"address":"8.8.8.4:2000","available":"everything, honestly"},)"
                  R"({"address":"8.8.8.5:1023","available":"all"},)"
                  R"({"address":"192.168.1.1:2000","available":"all"},)"
                  R"({"address":"[::ffff:127.0.0.1]:2000","available":"all"},)"
                  R"({"address":"198.51.100.7:7000","available":"all"}])");
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(100));
  std::string known;
  for (const auto& [endpoint, peer] : scene.rig.peers.in_swarm(scene.song.root())) {
    known += endpoint.text() + " " + peer->holdings.at(scene.song.root()).drawing() + "\n";
  }
  CHECK(known == "8.8.8.1:2000 ####\n8.8.8.2:2000 #...\n8.8.8.3:2000 ....\n8.8.8.4:2000 ....\n");
  CHECK(scene.announcer->reachable() == true);
}

TEST_CASE("leaving is said once, and not waited for long") {
  AnnouncerScene scene;
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(milliseconds(100));
  scene.rig.network.forget_requests();
  int left = 0;
  SECTION("a gateway that hears it") {}
  SECTION("one that does not") {
    scene.rig.network.hang(server);
  }
  SECTION("one that is gone") {
    scene.rig.network.remove(server);
  }
  scene.announcer->withdraw([&] {
    ++left;
    scene.announcer.reset();
  });
  scene.run(milliseconds(500));
  CHECK(left == 1);
  scene.run(seconds(100));
  CHECK(left == 1);
  REQUIRE(scene.sent() == 1);
  CHECK(scene.rig.network.requests()[0].request.method == "DELETE");
  CHECK(scene.rig.network.requests()[0].request.url.text() ==
        gateway + "/gateway/announce?port=7000");
}

TEST_CASE("who stops sharing says so at once, and so does who begins") {
  AnnouncerScene scene;
  scene.say(R"({"expires":60,"interval_ms":1000,"you":"198.51.100.7","reachable":true})");
  scene.hold(scene.song, {0, 1, 2, 3});
  scene.announcer->set_current({scene.song.root()}, true);
  scene.run(seconds(5));
  REQUIRE(scene.announcer->self());
  scene.rig.network.forget_requests();

  scene.announcer->set_ports(swarm::PeerPorts::both(0));
  CHECK_FALSE(scene.announcer->self());
  CHECK_FALSE(scene.announcer->reachable());
  scene.say(R"({"expires":60,"interval_ms":1000,"you":"198.51.100.7","reachable":null})");
  scene.run(milliseconds(100));
  REQUIRE(scene.sent() == 2);
  const auto& leave = scene.rig.network.requests()[0].request;
  CHECK(leave.method == "DELETE");
  CHECK(leave.url.text() == gateway + "/gateway/announce?port=7000");
  CHECK(scene.port_of(1) == 0);
  CHECK(scene.told(1, scene.song) == "all");

  scene.announcer->set_ports(swarm::PeerPorts::both(7'001));
  scene.run(milliseconds(100));
  REQUIRE(scene.sent() == 3);
  CHECK(scene.port_of(2) == 7'001);
  CHECK(scene.told(2, scene.song) == "all");
  CHECK(scene.announcer->self()->port == 7'001);

  scene.announcer->set_ports(swarm::PeerPorts::both(7'001));
  scene.run(milliseconds(100));
  CHECK(scene.sent() == 3);
}

TEST_CASE("a port that changes again before the gateway has heard is announced as it is then") {
  AnnouncerScene scene;
  scene.answer.head_after = milliseconds(50);
  scene.announcer->set_current({scene.song.root()}, true);
  scene.run(milliseconds(20));
  // Amid an announcement, amid a leave, and when both are over.
  scene.announcer->set_ports(swarm::PeerPorts::both(0));
  scene.run(milliseconds(20));
  scene.announcer->set_ports(swarm::PeerPorts::both(7'000));
  scene.run(milliseconds(200));
  REQUIRE(scene.sent() == 3);
  CHECK(scene.rig.network.requests()[1].request.method == "DELETE");
  CHECK(scene.port_of(2) == 7'000);
  scene.run(seconds(20));
  CHECK(scene.sent() == 3);
}

TEST_CASE("a change of port is told to a gateway that fails, once it is back") {
  AnnouncerScene scene;
  scene.rig.network.remove(server);
  scene.announcer->set_current({scene.song.root()}, false);
  scene.run(seconds(10));
  scene.announcer->set_ports(swarm::PeerPorts::both(0));
  scene.run(seconds(2));
  scene.rig.network.forget_requests();
  scene.rig.network.serve(server, [&](const http::Request&) { return scene.answer; });
  scene.run(seconds(40));
  REQUIRE(scene.sent() >= 1);
  CHECK(scene.port_of(0) == 0);
  CHECK(scene.problems().empty());
}

TEST_CASE("an announcer may be destroyed at any moment, also when it tells of an answer") {
  for (int i = 0; i < 30; ++i) {
    AnnouncerScene scene;
    scene.answer.head_after = milliseconds(10);
    scene.announcer->set_current({scene.song.root()}, false);
    scene.run(milliseconds(i));
    scene.announcer.reset();
    CHECK(scene.rig.network.open_transfers() == 0);
    scene.run(seconds(2));
  }
  SwarmRig rig;
  std::unique_ptr<swarm::Announcer> announcer;
  announcer.reset(new swarm::Announcer(rig.services, guide, swarm::PeerPorts::both(7'000),
                                       [&] { announcer.reset(); }, {}));
  announcer->set_current({MediaSample(5).root()}, false);
  rig.time.run_for(seconds(2));
  CHECK_FALSE(announcer);
}
