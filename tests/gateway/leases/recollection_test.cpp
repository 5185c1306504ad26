#include "tests/gateway/leases/scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::leases;
using namespace std::chrono_literals;
using Scene = alluvium::leases::test::Scene;

namespace {

/// A second book that is told all that the first one knows.
struct Successor : Scene {
  explicit Successor(const Scene& before) : Scene(before.count, 2) {
    now = before.now;
    book.resume_after(before.book.tickets());
    for (const auto& peer : before.book.peers()) {
      book.restore(*before.book.recollect(peer, before.now), now);
    }
  }
};

}  // namespace

TEST_CASE("what is held when a book ends is not leased by the next one") {
  Scene before;
  before.add(1, "####");
  before.add(2);
  before.add(3);
  before.have_all(3);
  before.hear(4, false);
  before.have(4, "......##");
  Successor after(before);
  CHECK(after.book.peer_count() == 4);
  before.book.on_leave(Scene::at(3), before.now);
  CHECK(after.asks(2, 4, 6) == "4-5 from 20.0.0.3");
  Successor last(before);
  // Who cannot be reached supplies nobody.
  CHECK(last.asks(2, 0, 8) == "0-3 from 20.0.0.1; 4-7 origin");
}

TEST_CASE("a lease goes on in the next book, and ends there when its time is over") {
  Scene before;
  before.add(1);
  before.add(2);
  CHECK(before.asks(1, 0, 3) == "0-2 origin");
  before.pass(500ms);
  Successor after(before);
  CHECK(after.book.counters().live == 3);
  CHECK(after.asks(2, 0, 3) == "0-2 from 20.0.0.1 (coming)");
  after.have(1, "##");
  after.pass(700ms);
  CHECK(after.asks(2, 2, 3) == "2 from 20.0.0.1 (coming)");
  after.pass(100ms);
  CHECK(after.asks(2, 2, 3) == "2 origin");
}

TEST_CASE("what a holder of a lease already has is not leased again, nor told of") {
  Scene before;
  before.add(1);
  before.add(2);
  CHECK(before.asks(1, 0, 3) == "0-2 origin");
  before.have(1, "##");
  const auto known = *before.book.recollect(Scene::at(1), before.now);
  REQUIRE(known.files.size() == 1);
  REQUIRE(known.files[0].leases.size() == 1);
  CHECK(known.files[0].leases[0].run == hash::ChunkRun{{2}, {3}});
  CHECK(known.files[0].held.runs.size() == 1);
}

TEST_CASE("tickets of the next book lie beyond all that were given before") {
  Scene before;
  before.add(1);
  before.add(2);
  const auto given = before.want(1, 0, 1);
  const auto lease = *std::get<FromOrigin>(given.given[0].from).ticket;
  const auto asked = std::get<FromPeer>(before.want(2, 0, 1).given[0].from).ticket;
  Successor after(before);
  after.add(3);
  CHECK(*std::get<FromOrigin>(after.want(3, 5, 6).given[0].from).ticket < lease);
  CHECK(std::get<FromPeer>(after.want(3, 0, 1).given[0].from).ticket > asked);
  // The lease itself keeps its own.
  CHECK(after.book.recollect(Scene::at(1), after.now)->files[0].leases[0].ticket == lease);
}

TEST_CASE("nonsense about leases and tickets is taken for what it can be") {
  Scene scene(10);
  Recollection known;
  known.facts = {Scene::at(1), 0, true, 60s};
  known.files.resize(2);
  known.files[0].root = hash::TreeRoot{{9}};
  known.files[0].held.complete = true;
  known.files[0].leases.push_back({{{0}, {5}}, 1, 1s});
  known.files[1].root = scene.root;
  known.files[1].held.runs = {{{3}, {2}}, {{8}, {4'000'000}}};
  known.files[1].leases.push_back({{{0}, {4'000'000'000}}, 5, -1s});
  known.files[1].leases.push_back({{{7}, {3}}, 5, 1h});
  scene.book.restore(known, scene.now);
  scene.book.resume_after({0, 0});
  scene.book.resume_after({~Ticket{0}, 1});
  scene.add(2);
  CHECK(scene.asks(2, 8, 10) == "8-9 from 20.0.0.1");
  CHECK(scene.book.counters().live == 8);
  scene.pass(2s);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
}

TEST_CASE("while it holds back a book leases nothing, and says where to get what is there") {
  Scene scene;
  scene.add(1, "#");
  scene.add(2);
  scene.book.hold_back(scene.now + 300ms);
  CHECK(scene.asks(2, 0, 2) == "0 from 20.0.0.1; 1 wait");
  scene.pass(300ms);
  CHECK(scene.asks(2, 1, 2) == "1 origin");
}

TEST_CASE("while it holds back a book leases nothing for being late elsewhere either") {
  Scene scene;
  scene.hear(1, true, 64'000);
  scene.have(1, "#");
  scene.hear(2);
  scene.book.hold_back(scene.now + 300ms);
  CHECK(scene.asks(2, 0, 1, 500ms) == "0 from 20.0.0.1");
  scene.pass(300ms);
  CHECK(scene.asks(2, 0, 1, 500ms) == "0 origin");
}
