#include "tests/gateway/leases/scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::leases;
using namespace alluvium::leases::test;
using namespace std::chrono_literals;

namespace {

/// A listener that says whom it can ask though they cannot be dialled.
void hear_with_neighbours(Scene& scene, std::uint32_t number, std::optional<bool> reachable,
                          std::initializer_list<std::uint32_t> neighbours) {
  PeerFacts facts{Scene::at(number), 10'000'000, reachable, 60s, {}};
  for (const auto neighbour : neighbours) facts.neighbours.push_back(Scene::at(neighbour));
  scene.book.on_peer(facts, scene.now);
}

}  // namespace

TEST_CASE(
    "who cannot be dialled is asked by those to whom it opened a connection, and nobody else") {
  Scene scene;
  scene.hear(1, false);
  scene.have(1, "#");
  hear_with_neighbours(scene, 2, true, {1});
  scene.add(3);
  CHECK(scene.book.neighbours(Scene::at(2)) == 1);
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  CHECK(scene.asks(3, 0, 1) == "0 from 20.0.0.2 (coming)");
}

TEST_CASE("a neighbour that is gone is not asked any more") {
  Scene scene;
  scene.hear(1, false);
  scene.have(1, "#");
  hear_with_neighbours(scene, 2, true, {1});
  SECTION("as who asked it says") {
    hear_with_neighbours(scene, 2, true, {});
  }
  SECTION("as it says itself") {
    scene.book.on_leave(Scene::at(1), scene.now);
  }
  SECTION("as it is not heard of") {
    scene.pass(61s);
  }
  hear_with_neighbours(scene, 2, true, {});
  CHECK(scene.asks(2, 0, 1) == "0 origin");
}

TEST_CASE("nobody can be called a neighbour to have others sent to it") {
  Scene scene;
  scene.add(1, "#");
  hear_with_neighbours(scene, 2, true, {1, 2, 9});
  CHECK(scene.book.neighbours(Scene::at(2)) == 2);
  // It can be dialled, so that it is asked as anybody.
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  CHECK(scene.asks(2, 1, 2) == "1 origin");
}

TEST_CASE("links outlive neither of their ends, and are never counted below none") {
  Scene scene;
  scene.hear(1, false);
  hear_with_neighbours(scene, 2, true, {1});
  scene.book.on_leave(Scene::at(1), scene.now);
  scene.hear(1, false);
  hear_with_neighbours(scene, 2, true, {});
  scene.have(1, "#");
  // Nobody can ask it: it helps nobody that it holds the chunk.
  CHECK(scene.asks(2, 0, 1) == "0 origin");
}

TEST_CASE(
    "where nobody can be dialled, what one with links holds is waited for by its neighbours") {
  Scene scene;
  scene.hear(1, false);
  hear_with_neighbours(scene, 2, false, {1});
  hear_with_neighbours(scene, 3, false, {2});
  scene.have(1, "#");
  scene.have(2, "");
  scene.have(3, "");
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  CHECK(scene.asks(3, 0, 1) == "0 from 20.0.0.2 (coming)");
  SECTION("and when it has come nearer, it is had from there") {
    scene.have(2, "#");
    CHECK(scene.asks(3, 0, 1) == "0 from 20.0.0.2");
  }
}

TEST_CASE("where nobody can be dialled and nobody has neighbours each fetches alone what is due") {
  Scene scene;
  for (const std::uint32_t n : {1u, 2u}) {
    scene.hear(n, false);
    scene.have(n, "");
    CHECK(scene.asks(n, 0, 1) == "0 alone");
    // There may be neighbours yet.
    CHECK(scene.asks(n, 100, 101, 1min) == "100 wait");
  }
  scene.pass(alone_patience - 1ms);
  CHECK(scene.asks(1, 100, 101, 1min) == "100 wait");
  scene.pass(1ms);
  CHECK(scene.asks(1, 100, 101, 1min) == "100 alone");
}

TEST_CASE("what is not urgent is leased to who can be reached, for three seconds to nobody else") {
  Scene scene;
  scene.hear(1, std::nullopt);
  scene.have(1, "");
  CHECK(scene.asks(1, 50, 51, 1min) == "50 wait");
  scene.add(2);
  SECTION("who asks as well gets it at once") {
    CHECK(scene.asks(2, 50, 51, 1min) == "50 origin");
  }
  SECTION("and if nobody does, it is leased all the same") {
    scene.pass(bulk_lease_patience);
    CHECK(scene.asks(1, 50, 51, 1min) == "50 origin");
  }
}

TEST_CASE(
    "what is due is not held up by one of whom it is being found out whether it can be reached") {
  Scene scene;
  scene.hear(1, std::nullopt);
  scene.have(1, "");
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  scene.add(2);
  scene.have(1, "#");
  CHECK(scene.asks(2, 0, 1) == "0 wait");
  scene.pass(usually_found_out - 1ms);
  CHECK(scene.asks(2, 0, 1) == "0 wait");
  scene.pass(1ms);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
}

TEST_CASE(
    "in a swarm of whom nothing is known yet each fetches alone what is due and did not come") {
  Scene scene;
  for (const std::uint32_t n : {1u, 2u}) {
    scene.hear(n, std::nullopt);
    scene.have(n, "");
  }
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  scene.have(1, "#");
  CHECK(scene.asks(2, 0, 1) == "0 wait");
  scene.pass(forlorn_after);
  CHECK(scene.asks(2, 0, 1) == "0 alone");
}

TEST_CASE("what a housemate has, or is getting, is not fetched from outside again") {
  Scene scene;
  const auto mate = [](std::uint16_t port) { return net::Endpoint{Scene::at(7).address, port}; };
  const auto hear = [&](std::uint16_t port, std::uint16_t neighbour) {
    scene.book.on_peer({mate(port), 10'000'000, false, 60s, {mate(neighbour)}}, scene.now);
  };
  const auto asks = [&](std::uint16_t port, Duration by) {
    return scene.book.on_want(mate(port), {{scene.root, {{{0}, {1}}}, by}}, {}, scene.now)
        .given.at(0);
  };
  scene.add(1, "#");
  hear(9001, 9002);
  hear(9002, 9001);
  hear(9001, 9002);
  for (const std::uint16_t port : {std::uint16_t{9001}, std::uint16_t{9002}}) {
    scene.book.on_have(mate(port), scene.root, {}, scene.now);
  }
  const Duration by = GENERATE(Duration(2s), Duration(1min));
  CHECK(std::get<FromPeer>(asks(9001, by).from).peer == Scene::at(1));
  SECTION("while it comes") {}
  SECTION("when it has come") {
    scene.book.on_have(mate(9001), scene.root, {false, {{{0}, {1}}}}, scene.now);
  }
  CHECK(std::get<FromPeer>(asks(9002, by).from).peer == mate(9001));
}
