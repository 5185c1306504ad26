#include "tests/gateway/leases/scene.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::leases;
using namespace std::chrono_literals;
using Scene = alluvium::leases::test::Scene;

TEST_CASE("a second lease closes no circle with those who stand at a holder of the first") {
  // A dies; C is leased the chunk while B stands at C; C's lease ends; C must not be sent to B.
  Scene scene;
  constexpr std::uint32_t a = 1;
  constexpr std::uint32_t b = 2;
  constexpr std::uint32_t c = 3;
  for (const auto n : {a, b, c}) scene.add(n);
  CHECK(scene.asks(a, 0, 1) == "0 origin");
  CHECK(scene.asks(b, 0, 1) == "0 from 20.0.0.1 (coming)");
  scene.pass(800ms);
  CHECK(scene.asks(c, 0, 1) == "0 origin");
  scene.book.on_leave(Scene::at(a), scene.now);
  CHECK(scene.asks(b, 0, 1) == "0 from 20.0.0.3 (coming)");
  SECTION("it is leased anew to the next who asks, and the first is sent there") {
    scene.pass(800ms);
    CHECK(scene.asks(b, 0, 1) == "0 origin");
    CHECK(scene.asks(c, 0, 1) == "0 from 20.0.0.2 (coming)");
  }
  SECTION("or to the same again, but it is never sent to whom waits for it") {
    scene.fail(c, 0, std::nullopt);
    CHECK(scene.asks(c, 0, 1) == "0 origin");
    CHECK(scene.asks(b, 0, 1) == "0 from 20.0.0.3 (coming)");
  }
  SECTION("and while a third holds the lease, it is sent to that one only") {
    scene.fail(c, 0, std::nullopt);
    scene.add(4);
    CHECK(scene.asks(4, 0, 1) == "0 origin");
    for (int i = 0; i < 20; ++i) {
      scene.fail(c, 0, Scene::at(4), Failing::unwilling);
      CHECK(scene.asks(c, 0, 1) == "0 wait");
      scene.pass(10ms);
    }
  }
}

TEST_CASE("a ticket is kept as long as its place, and a lease's is lower than all others") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 4; ++n) scene.add(n);
  const auto ticket = [](const Answer& answer) {
    const auto& from = answer.given.at(0).from;
    if (const auto* peer = std::get_if<FromPeer>(&from)) return peer->ticket;
    return std::get<FromOrigin>(from).ticket.value();
  };
  const Ticket first = ticket(scene.want(1, 0, 1));
  const Ticket second = ticket(scene.want(2, 0, 1));
  const Ticket third = ticket(scene.want(3, 0, 1));
  CHECK(first < second);
  CHECK(second < third);
  scene.book.on_leave(Scene::at(1), scene.now);
  CHECK(ticket(scene.want(3, 0, 1)) < first);
  CHECK(ticket(scene.want(2, 0, 1)) == second);
}

TEST_CASE("one dead holder delays the others by no more than an urgent lease") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 50; ++n) scene.add(n);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  for (std::uint32_t n = 2; n <= 50; ++n)
    CHECK(scene.asks(n, 0, 1).find("coming") != std::string::npos);
  const Instant begin = scene.now;
  // They ask again every 250 ms, each at its own time; 1 is dead.
  bool is_leased_anew = false;
  while (!is_leased_anew && scene.now - begin < 5s) {
    for (std::uint32_t n = 2; n <= 50 && !is_leased_anew; ++n) {
      scene.pass(5ms);
      is_leased_anew = scene.asks(n, 0, 1) == "0 origin";
    }
  }
  CHECK(scene.now - begin <= 3 * first_guess_per_chunk + 250ms);
}

TEST_CASE("what turned urgent is not held up by a lease of what was not") {
  Scene scene;
  scene.add(1);
  scene.add(2);
  CHECK(scene.asks(1, 0, 16, 1min) == "0-15 origin");
  scene.pass(1'100ms);
  CHECK(scene.asks(2, 0, 1, 1min) == "0 from 20.0.0.1 (coming)");
  CHECK(scene.asks(2, 0, 1, 1s).find("origin") == std::string::npos);
  CHECK(scene.asks(2, 0, 1, 1s) == "0 origin");
}

TEST_CASE("who reports a false chunk is not sent there again, others are") {
  Scene scene;
  scene.add(1, "#");
  scene.add(2);
  scene.add(3);
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  scene.fail(2, 0, Scene::at(1), Failing::untrue);
  CHECK(scene.asks(2, 0, 1) == "0 origin");
  CHECK(scene.asks(3, 1, 2) == "1 origin");
  scene.add(1, "####");
  CHECK(scene.asks(3, 3, 4) == "3 from 20.0.0.1");
  CHECK(scene.asks(2, 3, 4) == "3 origin");
}

TEST_CASE("who is reported from three addresses is sent nobody and leased nothing") {
  Scene scene;
  scene.add(9, "##########");
  for (std::uint32_t n = 1; n <= 4; ++n) scene.add(n);
  for (std::uint32_t n = 1; n <= 3; ++n) {
    CHECK(scene.asks(4, n, n + 1).find("from 20.0.0.9") != std::string::npos);
    CHECK(scene.asks(n, 0, 1).find("from") != std::string::npos);
    scene.fail(n, 0, Scene::at(9), Failing::untrue);
  }
  CHECK(scene.book.counters().distrusted == 1);
  CHECK(scene.asks(4, 5, 6) == "5 origin");
  CHECK(scene.asks(9, 20, 21) == "20 wait");
  SECTION("for a minute") {
    scene.pass(distrusted_for);
    scene.hear(9);
    scene.hear(4);
    CHECK(scene.asks(9, 20, 21) == "20 origin");
  }
}

TEST_CASE("one from whom nobody has got anything yet is distrusted sooner for being late") {
  Scene scene;
  scene.add(9, "##########");
  for (std::uint32_t n = 1; n <= 4; ++n) scene.add(n);
  const bool has_served = GENERATE(false, true);
  if (has_served) {
    CHECK(scene.asks(4, 5, 6) == "5 from 20.0.0.9");
    scene.have(4, ".....#");
  }
  for (std::uint32_t n = 1; n <= 3; ++n) CHECK(scene.asks(n, 0, 1) == "0 from 20.0.0.9");
  scene.pass(500ms);
  for (std::uint32_t n = 1; n <= 3; ++n) scene.fail(n, 0, Scene::at(9));
  CHECK(scene.book.counters().distrusted == (has_served ? 0 : 1));
}

TEST_CASE("reports count once an address, and only of those who were sent there") {
  Scene scene;
  scene.add(9, "##########");
  for (std::uint32_t n = 1; n <= 5; ++n) scene.add(n);
  for (int i = 0; i < 5; ++i) {
    CHECK(scene.asks(1, 0, 1) == (i == 0 ? "0 from 20.0.0.9" : "0 origin"));
    scene.fail(1, 0, Scene::at(9), Failing::untrue);
  }
  for (std::uint32_t n = 2; n <= 5; ++n) scene.fail(n, 5, Scene::at(9), Failing::untrue);
  // Neighbours behind one address, each of which was sent there.
  for (std::uint16_t port = 9001; port < 9006; ++port) {
    const net::Endpoint one{Scene::at(20).address, port};
    scene.book.on_peer({one, 0, true, 60s}, scene.now);
    const std::vector<hash::ChunkRun> chunk{{{7}, {8}}};
    const auto sent = scene.book.on_want(one, {{scene.root, chunk, 2s}}, {}, scene.now);
    CHECK(Scene::text(sent) == "7 from 20.0.0.9");
    static_cast<void>(scene.book.on_want(
        one, {}, {{scene.root, chunk, Scene::at(9), Failing::untrue}}, scene.now));
  }
  CHECK(scene.book.counters().distrusted == 0);
}

TEST_CASE("a late chunk is had from another holder") {
  Scene scene;
  scene.add(1, "#");
  scene.add(2);
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  scene.add(3, "#");
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.1");
  scene.pass(1s);
  CHECK(scene.asks(2, 0, 1) == "0 from 20.0.0.3");
}

TEST_CASE("of what is not urgent a slow uplink is sent as many as it has time for") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 3; ++n) {
    scene.hear(n, true, least_up_bps);  // A chunk takes two seconds.
    scene.have(n, "#");
  }
  std::set<std::string> sources;
  for (std::uint32_t n = 10; n < 13; ++n) sources.insert(scene.asks(n, 0, 1, 1min));
  CHECK(sources == std::set<std::string>{"0 from 20.0.0.1", "0 from 20.0.0.2", "0 from 20.0.0.3"});
  CHECK(scene.asks(13, 0, 1, 1min) == "0 wait");
  scene.pass(2s);
  CHECK(scene.asks(13, 0, 1, 1min).starts_with("0 from"));
}

TEST_CASE("what is not urgent is leased shortly before it is due if its few holders have no time") {
  Scene scene;
  const std::uint32_t holders = GENERATE(1u, 2u, 3u);
  for (std::uint32_t n = 1; n <= holders; ++n) {
    scene.hear(n, true, least_up_bps);
    scene.have(n, "#");
  }
  scene.add(9);
  // Others who share nothing keep them busy.
  const auto keep_busy = [&](std::uint32_t turn) {
    for (std::uint32_t n = 1; n <= holders; ++n) {
      scene.hear(n, true, least_up_bps);
      static_cast<void>(scene.asks(100 + 10 * turn + n, 0, 1, 1min));
    }
  };
  for (std::uint32_t i = 0; i < 12; ++i) {
    keep_busy(i);
    CHECK(scene.asks(9, 0, 1, bulk_hurry) == "0 wait");
    scene.hear(9);
    scene.pass(1s);
  }
  keep_busy(12);
  CHECK(scene.asks(9, 0, 1, bulk_hurry + 1s) == "0 wait");
  scene.pass(search_pause);
  CHECK(scene.asks(9, 0, 1, bulk_hurry) == (holders < 3 ? "0 origin" : "0 wait"));
}

TEST_CASE("the uplink that would be through first is chosen") {
  Scene scene;
  scene.hear(1, true, 1'000'000);
  scene.have(1, "####################");
  scene.hear(2, true, 10'000'000);
  scene.have(2, "####################");
  int slow = 0;
  for (std::uint32_t n = 10; n < 32; ++n) {
    scene.add(n);
    if (scene.asks(n, 0, 1) == "0 from 20.0.0.1") ++slow;
  }
  // Ten at the one take as long as one at the other; those who are served help as well.
  CHECK(slow <= 2);
}

TEST_CASE("escapes are rationed for all together") {
  Scene scene;
  scene.add(1);
  constexpr std::uint32_t askers = 200;
  for (std::uint32_t n = 2; n < 2 + askers; ++n) scene.add(n);
  CHECK(scene.asks(1, 0, 1) == "0 origin");
  // The holder goes on saying that it lives, and never gets it; the others are not sent to it.
  std::uint64_t escapes = 0;
  for (int i = 0; i < 100; ++i) {
    scene.pass(100ms);
    for (std::uint32_t n = 2; n < 2 + askers; ++n) {
      scene.fail(n, 0, Scene::at(1), Failing::unwilling);
      escapes += scene.want(n, 0, 1, 100ms).escape_bytes;
    }
  }
  CHECK(escapes == scene.book.counters().escapes);
  CHECK(escapes > 0);
  // What is saved up at first, and a quarter of the bit rate for ten seconds.
  const auto ration =
      escape_stock * hash::chunk_bytes + scene.count * hash::chunk_bytes / escape_part * 10 / 180;
  CHECK(escapes <= ration);
}

TEST_CASE("nothing that is said of chunks beyond the end, or in masses, does harm") {
  Scene scene(20);
  scene.add(1);
  CHECK(scene.asks(1, 18, 4'000'000'000u, 1min) == "18-19 origin");
  CHECK(scene.asks(1, 30, 20) == "");
  Held held;
  for (std::uint32_t i = 0; i < 100'000; ++i) held.runs.push_back({{i * 2}, {i * 2 + 1}});
  scene.book.on_have(Scene::at(1), scene.root, held, scene.now);
  scene.add(2);
  CHECK(scene.asks(2, 0, 3) == "0,2 from 20.0.0.1; 1 origin");
  for (std::uint32_t n = 0; n < most_peers_per_client + 10; ++n) {
    const auto port = static_cast<std::uint16_t>(2'000 + n);
    scene.book.on_peer({{Scene::at(3).address, port}, 0, true, 60s}, scene.now);
  }
  CHECK(scene.book.peer_count() == 2 + most_peers_per_client);
  for (std::uint32_t i = 0; i < most_files + 10; ++i) {
    hash::TreeRoot root;
    root.digest[0] = static_cast<std::uint8_t>(i);
    root.digest[1] = static_cast<std::uint8_t>(i >> 8);
    root.digest[2] = 1;
    scene.book.on_file(root, {hash::ChunkLayout(100), std::nullopt});
    scene.book.on_have(Scene::at(2), root, {true, {}}, scene.now);
  }
  CHECK(scene.book.file_count() == most_files);
}

TEST_CASE("what is not heard of for a minute is forgotten") {
  Scene scene;
  scene.add(1, "##");
  scene.add(2);
  CHECK(scene.asks(2, 0, 4) == "0-1 from 20.0.0.1; 2-3 origin");
  scene.pass(peer_lifetime);
  scene.book.on_tick(scene.now);
  CHECK(scene.book.peer_count() == 0);
  CHECK(scene.book.file_count() == 0);
  CHECK(scene.book.counters().live == 0);
}

TEST_CASE("what only a slow listener holds is leased to a better one that needs it now") {
  Scene scene;
  scene.hear(1, true, 64'000);
  scene.have(1, "#");
  scene.hear(2);
  // It is not due for long enough to come from there.
  CHECK(scene.asks(2, 0, 1, 4s) == "0 from 20.0.0.1");
  scene.hear(3);
  CHECK(scene.asks(3, 0, 1, 500ms) == "0 origin");
  // One such lease serves all: the next one stands in line there.
  scene.hear(4);
  CHECK(scene.asks(4, 0, 1, 500ms) == "0 from 20.0.0.3 (coming)");
  // Nor does the one that waits already wait on, once that has come.
  scene.have(3, "#");
  CHECK(scene.asks(4, 0, 1, 500ms) == "0 from 20.0.0.3");
}

TEST_CASE(
    "nobody is sent into a long line for what is due soon, since others will have it by then") {
  Scene scene;
  scene.hear(1, true, 1'000'000);  // A chunk takes it 131 ms.
  scene.have(1, "#");
  unsigned sent = 0;
  std::string last;
  for (unsigned i = 2; i < 32; ++i) {
    // They share nothing, so that nobody can be sent to them.
    scene.hear(i, false);
    last = scene.asks(i, 0, 1, 4s);
    if (last == "0 from 20.0.0.1") ++sent;
  }
  CHECK(last == "0 wait");
  CHECK(sent >= 10);
  CHECK(sent <= 13);
  // Who waited is sent there as soon as the line is shorter.
  scene.pass(500ms);
  CHECK(scene.asks(31, 0, 1, 3500ms) == "0 from 20.0.0.1");
}

TEST_CASE("where all are slow nothing is leased twice") {
  Scene scene;
  for (std::uint32_t n = 1; n <= 4; ++n) scene.hear(n, true, 64'000);
  scene.have(1, "#");
  for (std::uint32_t n = 2; n <= 4; ++n) CHECK(scene.asks(n, 0, 1, 300ms) != "0 origin");
}

TEST_CASE("whom a stranger has let down is not sent to the next stranger") {
  Scene scene;
  scene.add(1, "#");
  scene.add(2, "#");
  scene.add(3);
  const std::string first = scene.asks(3, 0, 1, 500ms);
  const std::uint32_t liar = first == "0 from 20.0.0.1" ? 1 : 2;
  scene.pass(500ms);
  scene.fail(3, 0, Scene::at(liar));
  CHECK(scene.asks(3, 0, 1, 500ms) == "0 origin");
  scene.have(3, "#");
  // Who comes later may find out about the other one, but not if it was let down as well.
  scene.add(4);
  scene.fail(4, 0, Scene::at(1));
  CHECK(scene.asks(4, 0, 1, 500ms) == "0 from 20.0.0.3");
  // It has got it from there: that one is no stranger any more.
  scene.have(4, "#");
  scene.add(5);
  scene.fail(5, 0, Scene::at(2));
  CHECK(scene.asks(5, 0, 1, 500ms) == "0 from 20.0.0.3");
}
