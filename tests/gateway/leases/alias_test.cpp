#include "tests/gateway/leases/scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::leases;
using namespace std::chrono_literals;
using Scene = alluvium::leases::test::Scene;

namespace {

net::Endpoint v4(std::uint32_t number) {
  return Scene::at(number);
}
net::Endpoint v6(std::uint32_t number) {
  return {*net::IpAddress::parse("2a00::" + std::to_string(number)), 9000};
}

/// Listeners by their addresses, of which some have two.
struct Families : Scene {
  using Scene::Scene;

  void add(const net::Endpoint& peer, std::string_view drawn = "",
           std::optional<Alias> alias = std::nullopt, std::optional<bool> reachable = true) {
    book.on_peer({peer, 10'000'000, reachable, 60s, {}, std::move(alias)}, now);
    Held held;
    for (std::uint32_t i = 0; i < drawn.size(); ++i) {
      if (drawn[i] == '#') held.runs.push_back({{i}, {i + 1}});
    }
    book.on_have(peer, root, held, now);
  }
  std::string asks(const net::Endpoint& peer, std::uint32_t begin, std::uint32_t end,
                   Duration by = 2s) {
    return text(book.on_want(peer, {{root, {{{begin}, {end}}}, by}}, {}, now));
  }
  void fail(const net::Endpoint& peer, std::uint32_t chunk, const net::Endpoint& source,
            Failing why) {
    static_cast<void>(book.on_want(peer, {}, {{root, {{{chunk}, {chunk + 1}}}, source, why}}, now));
  }
};

}  // namespace

TEST_CASE("a chunk held by a listener of both families is leased to nobody else in either") {
  const bool is_known_by_v4 = GENERATE(true, false);
  Families scene;
  const auto own = is_known_by_v4 ? v4(1) : v6(1);
  const auto second = is_known_by_v4 ? v6(1) : v4(1);
  scene.add(own, "####", Alias{second, true});
  scene.add(v4(2));
  scene.add(v6(3));
  CHECK(scene.asks(v4(2), 0, 4) == "0-3 from 20.0.0.1");
  CHECK(scene.asks(v6(3), 0, 4) == "0-3 from 2a00::1");
  CHECK(scene.book.counters().granted == 0);
}

TEST_CASE("what a listener of both families is leased, both families wait for") {
  Families scene;
  scene.add(v6(1), "", Alias{v4(1), true});
  scene.add(v4(2));
  scene.add(v6(3));
  CHECK(scene.asks(v6(1), 0, 1) == "0 origin");
  CHECK(scene.asks(v4(2), 0, 1) == "0 from 20.0.0.1 (coming)");
  CHECK(scene.asks(v6(3), 0, 1) == "0 from 2a00::1 (coming)");
  CHECK(scene.book.counters().granted == 1);
}

TEST_CASE("who has both families has what others hold in either") {
  Families scene;
  scene.add(v4(1), "#.");
  scene.add(v6(2), ".#");
  scene.add(v6(3), "", Alias{v4(3), false});
  CHECK(scene.asks(v6(3), 0, 2) == "0 from 20.0.0.1; 1 from 2a00::2");
  CHECK(scene.book.counters().granted == 0);
}

TEST_CASE("a second address counts when somebody came through there, and only there") {
  Families scene;
  SECTION("it is the only one") {
    scene.add(v4(1), "#", Alias{v6(1), true}, false);
    scene.add(v6(2));
    CHECK(scene.asks(v6(2), 0, 1) == "0 from 2a00::1");
    scene.add(v4(3));
    CHECK(scene.asks(v4(3), 0, 1) == "0 origin");
  }
  SECTION("nobody came through") {
    scene.add(v4(1), "#", Alias{v6(1), false});
    scene.add(v6(2));
    CHECK(scene.asks(v6(2), 0, 1) == "0 origin");
  }
  SECTION("it is found out later") {
    scene.add(v4(1), "#", Alias{v6(1), std::nullopt});
    scene.book.on_alias(v4(1), Alias{v6(1), true}, scene.now);
    scene.add(v6(2));
    CHECK(scene.asks(v6(2), 0, 1) == "0 from 2a00::1");
    CHECK(scene.asks(v6(2), 0, 1) == "0 from 2a00::1");
  }
  SECTION("it is given up") {
    scene.add(v4(1), "#", Alias{v6(1), true});
    scene.book.on_alias(v4(1), std::nullopt, scene.now);
    scene.add(v6(2));
    CHECK(scene.asks(v6(2), 0, 1) == "0 origin");
  }
}

TEST_CASE("what goes to the second address of a listener comes out of its one uplink") {
  Families scene;
  scene.add(v4(1), std::string(300, '#'), Alias{v6(1), true});
  scene.add(v4(2), std::string(300, '#'));
  scene.add(v6(3), std::string(300, '#'));
  for (std::uint32_t n = 10; n < 16; ++n) {
    scene.add(v6(n));
    scene.asks(v6(n), 0, 4);
  }
  // The one who serves IPv6 has less to spare than the one who does not.
  scene.add(v4(20));
  CHECK(scene.asks(v4(20), 0, 1) == "0 from 20.0.0.2");
}

TEST_CASE("a report of the second address is one of the listener") {
  Families scene;
  scene.add(v4(1), "#", Alias{v6(1), true});
  for (std::uint32_t n = 2; n <= 4; ++n) {
    const net::Endpoint asker{*net::IpAddress::parse("2a00:" + std::to_string(n) + "::7"), 9000};
    scene.add(asker);
    CHECK(scene.asks(asker, 0, 1) == "0 from 2a00::1");
    scene.fail(asker, 0, v6(1), Failing::untrue);
  }
  CHECK(scene.book.counters().distrusted == 1);
  scene.add(v4(9));
  CHECK(scene.asks(v4(9), 0, 1) == "0 origin");
}

TEST_CASE("whom the second address failed is not sent to the first one") {
  Families scene;
  scene.add(v4(1), "#", Alias{v6(1), true});
  scene.add(v6(2), "", Alias{v4(2), true});
  CHECK(scene.asks(v6(2), 0, 1) == "0 from 2a00::1");
  scene.fail(v6(2), 0, v6(1), Failing::untrue);
  CHECK(scene.asks(v6(2), 0, 1) == "0 origin");
}

TEST_CASE("what one family holds comes to the other through who has both") {
  Families scene;
  scene.add(v4(1), "####");
  scene.add(v6(2), "", Alias{v4(2), true});
  scene.add(v6(3));
  CHECK(scene.asks(v6(3), 0, 4) == "0-3 wait");
  CHECK(scene.asks(v6(2), 0, 4) == "0-3 from 20.0.0.1");
  scene.add(v6(2), "####", Alias{v4(2), true});
  CHECK(scene.asks(v6(3), 0, 4) == "0-3 from 2a00::2");
  CHECK(scene.book.counters().granted == 0);
}

TEST_CASE("who has both families and does not pass on is not waited for long") {
  Families scene;
  scene.add(v4(1), "####");
  scene.add(v6(2), "", Alias{v4(2), true});
  scene.add(v6(3));
  CHECK(scene.asks(v6(3), 0, 1) == "0 wait");
  scene.pass(link_patience);
  CHECK(scene.asks(v6(3), 0, 1) == "0 origin");
}

TEST_CASE("where nobody has both families each has its own copy") {
  Families scene;
  scene.add(v4(1), "####");
  scene.add(v6(2));
  CHECK(scene.asks(v6(2), 0, 4) == "0-3 origin");
}

TEST_CASE("a book is told of second addresses by the one before") {
  Families before;
  before.add(v4(1), "#", Alias{v6(1), true});
  Families after;
  after.book.restore(*before.book.recollect(v4(1), before.now), after.now);
  after.add(v6(2));
  CHECK(after.asks(v6(2), 0, 1) == "0 from 2a00::1");
}

TEST_CASE("who leaves is found at none of its addresses") {
  Families scene;
  scene.add(v4(1), "#", Alias{v6(1), true});
  scene.add(v6(2));
  CHECK(scene.asks(v6(2), 0, 1) == "0 from 2a00::1");
  scene.book.on_leave(v4(1), scene.now);
  CHECK(scene.asks(v6(2), 0, 1) == "0 origin");
  // It comes again with one only.
  scene.add(v4(1), "..#");
  CHECK(scene.asks(v6(2), 2, 3) == "2 origin");
}
