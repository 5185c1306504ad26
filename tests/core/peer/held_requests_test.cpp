#include "core/peer/peer_handler.hpp"
#include "core/swarm/run_fetch.hpp"
#include "tests/support/media_sample.hpp"
#include "tests/support/swarm_rig.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;
using hash::ChunkIndex;
using hash::ChunkRun;

namespace {

/// A listener to whom some chunks of a file are on their way, and another one that asks it.
struct HeldScene final : swarm::ComingChunks, swarm::RunObserver {
  SwarmRig rig;
  MediaSample song = MediaSample::of_chunks(8);
  peer::PeerHandler handler{rig.services, peer::UploadBudget()};
  ChunkRun on_the_way;
  swarm::OnItsWay how{false, 10};
  std::unique_ptr<swarm::RunFetch> fetch;
  std::string came;
  std::optional<swarm::RunEnd> end;

  HeldScene() {
    rig.store.add(song.row);
    rig.services.incoming.add(song.root(), *this);
    rig.network.serve("http://10.0.0.1:2000", handler);
  }
  void have(std::uint32_t i) {
    rig.store.put(song.root(), {i}, song.chunk(i));
    rig.services.incoming.on_chunk(song.root(), {i});
    rig.time.run_for(10ms);
  }
  void ask(ChunkRun run, std::optional<swarm::Standing> standing) {
    swarm::RunRequest request;
    request.url = *http::Url::parse("http://10.0.0.1:2000/uri-res/N2R?" + song.root().urn());
    request.rules = net::AddressRules::everything();
    request.run = run;
    request.length = song.bytes.size();
    request.row = song.row;
    request.peer = net::Endpoint{net::IpAddress::v4(10, 0, 0, 1), 2'000};
    request.standing = standing;
    request.stall_timeout = 10s;
    fetch = std::make_unique<swarm::RunFetch>(rig.network, rig.time, std::move(request), *this);
    rig.time.run_for(10ms);
  }

  std::optional<swarm::OnItsWay> coming(ChunkIndex i) const override {
    if (!on_the_way.contains(i)) return std::nullopt;
    return how;
  }
  void on_run_head(swarm::RunFetch&) override {}
  void on_run_chunk(swarm::RunFetch&, ChunkIndex index, Slice) override {
    came += std::to_string(index.value);
  }
  void on_run_ended(swarm::RunFetch&, swarm::RunEnd how_it_ended, const std::string&) override {
    end = how_it_ended;
  }
};

}  // namespace

TEST_CASE("a request for what is on its way is held, and each chunk is sent as it comes") {
  HeldScene scene;
  scene.on_the_way = {{2}, {5}};
  scene.ask({{2}, {5}}, swarm::Standing{11, 2s});
  CHECK_FALSE(scene.end);
  scene.have(2);
  CHECK(scene.came == "2");
  scene.rig.time.run_for(1500ms);
  scene.have(3);
  scene.rig.time.run_for(1500ms);
  scene.have(4);
  CHECK(scene.came == "234");
  CHECK(scene.end == swarm::RunEnd::complete);
  CHECK(scene.rig.services.incoming.waits() == 0);
}

TEST_CASE("what is here goes out at once, and what is on its way follows") {
  HeldScene scene;
  scene.on_the_way = {{3}, {4}};
  scene.have(2);
  scene.ask({{2}, {6}}, swarm::Standing{11, 2s});
  CHECK(scene.came == "2");
  scene.have(3);
  // Nobody said that the rest would come.
  CHECK(scene.came == "23");
  CHECK(scene.end == swarm::RunEnd::complete);
}

TEST_CASE("only those with a higher ticket may stand in our line") {
  HeldScene scene;
  scene.on_the_way = {{2}, {5}};
  const auto is_held = [&](std::optional<swarm::Standing> standing) {
    scene.end.reset();
    scene.ask({{2}, {3}}, standing);
    const bool held = !scene.end;
    scene.fetch.reset();
    return held;
  };
  CHECK(is_held(swarm::Standing{11, 1s}));
  CHECK_FALSE(is_held(swarm::Standing{10, 1s}));
  CHECK_FALSE(is_held(swarm::Standing{9, 1s}));
  CHECK_FALSE(is_held(swarm::Standing{11, 0s}));
  CHECK_FALSE(is_held({}));
  scene.how.ticket.reset();
  CHECK_FALSE(is_held(swarm::Standing{11, 1s}));
  scene.on_the_way = {};
  scene.how.ticket = 10;
  CHECK_FALSE(is_held(swarm::Standing{11, 1s}));
}

TEST_CASE("what does not come in time is refused, or cut short if some of it came") {
  HeldScene scene;
  scene.on_the_way = {{2}, {5}};
  SECTION("nothing came") {
    scene.ask({{2}, {5}}, swarm::Standing{11, 1s});
    scene.rig.time.run_for(1100ms);
    CHECK(scene.end == swarm::RunEnd::not_held);
  }
  SECTION("one chunk came") {
    scene.ask({{2}, {5}}, swarm::Standing{11, 1s});
    scene.have(2);
    scene.rig.time.run_for(1100ms);
    CHECK(scene.came == "2");
    CHECK(scene.end == swarm::RunEnd::short_body);
  }
  CHECK(scene.rig.services.incoming.waits() == 0);
}

TEST_CASE("who goes away leaves the line") {
  HeldScene scene;
  scene.on_the_way = {{2}, {5}};
  scene.ask({{2}, {5}}, swarm::Standing{11, 5s});
  CHECK(scene.rig.services.incoming.waits() == 1);
  scene.fetch.reset();
  scene.rig.time.run_for(10ms);
  CHECK(scene.rig.services.incoming.waits() == 0);
}

TEST_CASE("more than so many do not stand in line at once") {
  HeldScene scene;
  scene.on_the_way = {{2}, {5}};
  std::vector<std::unique_ptr<swarm::RunFetch>> others;
  for (int i = 0; i < 64; ++i) {
    scene.ask({{2}, {3}}, swarm::Standing{11, 5s});
    CHECK_FALSE(scene.end);
    others.push_back(std::move(scene.fetch));
  }
  scene.ask({{2}, {3}}, swarm::Standing{11, 5s});
  CHECK(scene.end == swarm::RunEnd::not_held);
  scene.have(2);
  CHECK(scene.came == std::string(64, '2'));
}
