#include "tests/core/swarm/picker_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

/// A picker whose gateway gives directions.
struct DirectedScene : PickerScene {
  swarm::Directions directions;

  explicit DirectedScene(std::string_view held) : PickerScene(held) {
    state().directions = &directions;
  }
  DirectedScene& origin(std::uint32_t begin, std::uint32_t end) {
    directions.take({{begin}, {end}}, swarm::FromOrigin{1s, 1}, Instant{});
    return *this;
  }
  DirectedScene& peer_at(char name, std::uint32_t begin, std::uint32_t end,
                         swarm::Ticket ticket = 5, Duration wait = 1s) {
    directions.take({{begin}, {end}}, swarm::FromPeer{endpoint_of(name), ticket, wait}, Instant{});
    return *this;
  }
};

}  // namespace

TEST_CASE("without a direction nothing is asked from the origin") {
  DirectedScene scene("........");
  scene.urgent(0, 3);
  CHECK(scene.picked().empty());
}

TEST_CASE("what is leased to us comes from the origin, and no more than that") {
  DirectedScene scene("........");
  scene.urgent(0, 3);
  scene.origin(1, 2).origin(4, 7);
  CHECK(scene.picked() == "o1! o4-6");
}

TEST_CASE("a chunk that a peer is getting is asked from it, in its line") {
  DirectedScene scene("........");
  scene.urgent(0, 2);
  scene.peer('A', "........");
  scene.peer_at('A', 0, 2).peer_at('A', 4, 6, 5, 0s);
  const auto asks = scene.asks();
  REQUIRE(asks.size() == 2);
  CHECK(asks[0].run == hash::ChunkRun{{0}, {2}});
  CHECK(asks[0].standing == swarm::Standing{5, 1s, 1s});
  // What it holds already it may have no time for.
  CHECK(asks[1].run == hash::ChunkRun{{4}, {6}});
  CHECK(asks[1].standing == swarm::Standing{5, 1s, 1s, true});
}

TEST_CASE("each of a peer's lines has its own ticket") {
  DirectedScene scene("........");
  scene.urgent(0, 4);
  scene.peer('A', "........");
  scene.peer_at('A', 0, 1, 5).peer_at('A', 1, 2, 6).peer_at('A', 2, 4, 6);
  CHECK(scene.picked() == "A0! A1-3!");
}

TEST_CASE("what is due soon is asked of who is known to hold it, the rest where the gateway says") {
  DirectedScene scene("........");
  scene.urgent(0, 2);
  scene.peer('A', "##.####.");
  scene.origin(0, 1);
  CHECK(scene.picked() == "o0! A1!");
}

TEST_CASE("a chunk that is late comes from another place that is known") {
  DirectedScene scene("........");
  scene.urgent(0, 2).covered("l.......");
  scene.peer('A', "........").peer('B', "#.......");
  scene.peer_at('A', 0, 1).asked(0, 'A');
  CHECK(scene.picked() == "B0!");
}

TEST_CASE("out of turn only what is due at once comes from the origin, as far as the ration goes") {
  DirectedScene scene("........");
  scene.urgent(0, 4);
  scene.state().critical = {{0}, {2}};
  CHECK(scene.picked().empty());
  scene.state().escape_chunks = 1;
  CHECK(scene.picked() == "o0!");
  scene.state().escape_chunks = 9;
  CHECK(scene.picked() == "o0! o1!");
  scene.origin(0, 1);
  scene.covered("a.......");
  CHECK(scene.picked() == "o1!");
}

TEST_CASE("a direction that is too old does not count") {
  DirectedScene scene("........");
  scene.urgent(0, 3);
  scene.origin(0, 8);
  CHECK(scene.picked(2s).empty());
}
