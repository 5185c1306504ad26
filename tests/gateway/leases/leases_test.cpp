#include "tests/gateway/leases/scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::leases;
using namespace std::chrono_literals;
using Scene = alluvium::leases::test::Scene;

TEST_CASE("the first who asks is leased a chunk, the others are sent to it") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 3; ++n) scene.add(n);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1 (coming)");
  scene.have(1, "#");
  CHECK(scene.asks(3, 0, 1) == "0 from 20.0.0.1");
  CHECK(scene.book.counters().granted == 1);
}

TEST_CASE("what somebody holds is never leased") {
  Scene scene;
  scene.add(1, "####");
  scene.add(2);
  CHECK(scene.asks(2, 0, 6) == "0-3 from 20.0.0.1; 4-5 origin");
}

TEST_CASE("what is due later is leased in runs of 256 KiB, what is due soon in short ones") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 3; ++n) scene.add(n);
  CHECK(scene.asks(1, 100, 200, 1min) == "100-115 origin; 116-199 wait");
  CHECK(scene.asks(2, 0, 8) == "0-3 origin; 4-7 wait");
}

TEST_CASE("who is alone is leased more of what is due soon") {
  Scene scene;
  scene.add(1);
  CHECK(scene.asks(1, 0, 40) == "0-15 origin; 16-39 wait");
}

TEST_CASE("asked again, the answer is the same") {
  Scene scene;
  scene.add(1);
  scene.add(2);
  scene.add(3, "....####");
  const auto first = scene.asks(1, 0, 8);
  CHECK(first == "0-3 origin; 4-7 from 20.0.0.3");
  const auto assigned = scene.book.counters().assigned;
  CHECK(scene.asks(1, 0, 8) == first);
  CHECK(scene.book.counters().granted == 4);
  CHECK(scene.book.counters().assigned == assigned);
}

TEST_CASE("a lease ends when its time is over, and somebody else is leased the chunk") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 3; ++n) scene.add(n);
  const auto leased = scene.want(1, 0, 1);
  const Duration lease = std::get<FromOrigin>(leased.given[0].from).lease;
  CHECK(lease >= 300ms);
  CHECK(lease <= 1s);
  scene.pass(lease - 1us);
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1 (coming)");
  scene.pass(1us);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  CHECK(scene.book.counters().expired == 1);
  CHECK(scene.book.counters().live == 1);
}

TEST_CASE("progress keeps the rest of a leased run alive") {
  Scene scene;
  scene.add(1);
  scene.add(2);
  CHECK(scene.asks(1, 0, 3) == "0-2 origin");
  for (const char* held : {"#", "##"}) {
    scene.pass(700ms);
    scene.have(1, held);
  }
  scene.pass(700ms);
  CHECK(scene.asks(2, 2, 3) == "2 from 20.0.0.1 (coming)");
  CHECK(scene.book.counters().expired == 0);
  scene.pass(10s);
  CHECK(scene.asks(2, 2, 3) == "2 origin");
  CHECK(scene.book.counters().expired == 1);
}

TEST_CASE("a lease ends at the word of its holder, and when it leaves") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 3; ++n) scene.add(n);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  scene.fail(1, 0, std::nullopt);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  scene.book.on_leave(Scene::at(2), scene.now);
  CHECK(scene.asks(3, 0, 1) == "0 origin");
  CHECK(scene.book.counters().failed == 2);
}

TEST_CASE("a lease is settled once three listeners hold the chunk, or all there are") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 4; ++n) scene.add(n);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  scene.have(1, "#");
  scene.have(2, "#");
  CHECK(scene.book.counters().live == 1);
  scene.have(3, "#");
  CHECK(scene.book.counters().live == 0);
  CHECK(scene.book.counters().settled == 1);

  Scene pair;
  pair.add(1);
  pair.add(2);
  CHECK(pair.asks(1, 0, 1) == "0 origin");
  pair.have(1, "#");
  CHECK(pair.book.counters().live == 1);
  pair.have(2, "#");
  CHECK(pair.book.counters().settled == 1);
}

TEST_CASE("who cannot be reached is not leased anything while somebody is who can") {
  Scene scene;
  scene.hear(1, false);
  scene.have(1, "");
  scene.hear(2, std::nullopt);
  scene.have(2, "");
  CHECK(scene.asks(1, 0, 1) == "0 wait");
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  scene.add(3);
  scene.hear(4, std::nullopt);
  scene.have(4, "");
  CHECK(scene.asks(4, 1, 2) == "1 wait");
  CHECK(scene.asks(3, 1, 2) == "1 origin");
  // Nobody better has asked for a while.
  CHECK(scene.asks(4, 2, 3) == "2 wait");
  scene.pass(patience);
  CHECK(scene.asks(4, 2, 3) == "2 origin");
}

TEST_CASE("a slow uplink is leased something only if no better one asks") {
  Scene scene;
  scene.hear(1, true, 300'000);
  scene.have(1, "");
  scene.add(2);
  CHECK(scene.asks(1, 0, 1) == "0 wait");
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  scene.book.on_leave(Scene::at(2), scene.now);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
}

TEST_CASE("where nobody could serve others everybody fetches for himself") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 2; ++n) {
    scene.hear(n, false);
    CHECK(scene.asks(n, 0, 4) == "0-3 alone");
  }
  const Answer visitor = scene.book.on_want({Scene::at(3).address, 0},
                                            {{scene.root, {{{0}, {1}}}, 1s}}, {}, scene.now);
  CHECK(Scene::text(visitor) == "0 alone");
  CHECK(scene.book.counters().granted == 0);
}

TEST_CASE("who does not share is sent to peers, gets no lease, and is not remembered") {
  Scene scene;
  scene.add(1, "#");
  const net::Endpoint visitor{Scene::at(9).address, 0};
  const auto asks = [&] {
    return Scene::text(
        scene.book.on_want(visitor, {{scene.root, {{{0}, {2}}}, 2s}}, {}, scene.now));
  };
  CHECK(asks() == "0 from 20.0.0.1; 1 wait");
  CHECK(asks() == "0 from 20.0.0.1; 1 wait");
  CHECK(scene.book.peer_count() == 1);
}

TEST_CASE("nobody is sent to whom others cannot reach") {
  Scene scene;
  scene.hear(1, std::nullopt);
  scene.have(1, "");
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  scene.add(2);
  CHECK(scene.asks(2, 0, 1) == "0 wait");
  scene.have(1, "#");
  CHECK(scene.asks(2, 0, 1) == "0 wait");
  SECTION("until that is known") {
    scene.hear(1, true);
    CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  }
  SECTION("and if not, somebody else is leased the chunk") {
    scene.hear(1, false);
    CHECK(scene.asks(2, 0, 1) == "0 origin");
  }
  SECTION("or if it takes too long") {
    scene.pass(being_found_out);
    CHECK(scene.asks(2, 0, 1) == "0 origin");
  }
}

TEST_CASE("a listener is sent to peers of its own family") {
  Scene scene;
  scene.add(1, "#");
  const net::Endpoint six{*net::IpAddress::parse("2001:db8::1"), 9000};
  scene.book.on_peer({six, 0, true, 60s}, scene.now);
  const auto answer = scene.book.on_want(six, {{scene.root, {{{0}, {1}}}, 2s}}, {}, scene.now);
  CHECK(Scene::text(answer) == "0 origin");
}

TEST_CASE("leases are capped for each client: an IPv4 address, or a network of IPv6") {
  const bool is_v4 = GENERATE(true, false);
  Scene scene;
  for (std::uint16_t port = 9000; port < 9010; ++port) {
    const auto neighbour = "2001:db8::" + std::to_string(port);
    const net::Endpoint peer{is_v4 ? Scene::at(1).address : *net::IpAddress::parse(neighbour),
                             port};
    scene.book.on_peer({peer, 0, true, 60s}, scene.now);
    const std::uint32_t begin = (port - 9000u) * 16;
    static_cast<void>(
        scene.book.on_want(peer, {{scene.root, {{{begin}, {begin + 16}}}, 1min}}, {}, scene.now));
  }
  CHECK(scene.book.counters().granted == leases_per_client);
}

TEST_CASE("a listener that has gone silent is sent nobody and holds no lease") {
  Scene scene;
  scene.book.on_peer({Scene::at(1), 0, true, 1s}, scene.now);
  scene.have(1, "#");
  scene.add(2);
  CHECK(scene.asks(1, 5, 6) == "5 origin");
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  scene.pass(1s);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  CHECK(scene.asks(2, 5, 6) == "5 origin");
}

TEST_CASE("the same calls with the same seed give the same answers") {
  const auto trace = [] {
    Scene scene(64, 5);
    std::string all;
    Random random(3);
    for (int i = 0; i < 2'000; ++i) {
      const auto n = static_cast<std::uint32_t>(random.below(60));
      const auto chunk = static_cast<std::uint32_t>(random.below(60));
      scene.hear(n);
      if (random.below(3) == 0) scene.have(n, std::string(chunk, '#'));
      all += scene.asks(n, chunk, chunk + 4) + "\n";
      scene.pass(5ms);
    }
    return all;
  };
  CHECK(trace() == trace());
}
