#include "tests/core/swarm/picker_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;

namespace {

/// Nothing but what is urgent.
PickerScene urgently(std::string_view held) {
  PickerScene scene(held);
  scene.state().bulk_requests = 0;
  return scene;
}

}  // namespace

TEST_CASE("until the gateway has answered only the chunk due next is fetched") {
  PickerScene scene("#.......");
  scene.state().only_next = true;
  scene.urgent(1, 5).peer('A', "..######");
  CHECK(scene.picked() == "o1!");
  CHECK(PickerScene("........").urgent(0, 4).covered("a.......").asks().size() > 0);
  scene.covered(".a......");
  CHECK(scene.picked().empty());
}

TEST_CASE("until the gateway has answered a chunk that is not due yet is not fetched either") {
  PickerScene scene("........");
  scene.state().only_next = true;
  CHECK(scene.urgent(0, 0).picked().empty());
  CHECK(scene.urgent(0, 1).picked() == "o0!");
}

TEST_CASE("a chunk that is due soon is asked from a peer that has it, else from the origin") {
  const struct {
    const char* held;
    const char* a;
    const char* b;
    const char* picked;
  } cases[] = {
      {"....", "....", "....", "o0-3!"},         {"....", "####", "....", "A0-3!"},
      {"....", "##..", "..##", "A0-1! B2-3!"},   {"....", "..##", "....", "o0-1! A2-3!"},
      {"....", ".#..", "....", "o0! A1! o2-3!"}, {"#..#", "####", "....", "A1-2!"},
      {".#.#", "....", "....", "o0! o2!"},       {"####", "####", "####", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.held, c.a, c.b);
    auto scene = urgently(c.held);
    CHECK(scene.urgent(0, 4).peer('A', c.a).peer('B', c.b).picked() == c.picked);
  }
}

TEST_CASE("what is due is asked for in the order in which it is played, four chunks at a time") {
  auto scene = urgently("............");
  scene.urgent(1, 10);
  CHECK(scene.picked() == "o1-4! o5-8!");
  auto other = urgently("............");
  CHECK(other.urgent(1, 10).peer('A', "############").picked() == "A1-4! A5-8! A9!");
}

TEST_CASE("of the peers that have it the least busy one is asked") {
  auto scene = urgently("....");
  scene.urgent(0, 4).peer('A', "####", 1).peer('B', "####", 0).peer('C', "####", 1);
  CHECK(scene.picked() == "B0-3!");
}

TEST_CASE("of equally busy peers each chunk has its own, so that not all go to the same one") {
  std::string chosen;
  for (std::uint32_t i = 0; i < 40; ++i) {
    auto scene = urgently(std::string(40, '.'));
    const std::string all(40, '#');
    const auto asks = scene.urgent(i, i + 1).peer('A', all).peer('B', all).peer('C', all).asks();
    REQUIRE(asks.size() == 1);
    chosen += static_cast<char>('A' + asks[0].peer->address.bytes()[15] - 1);
  }
  for (const char name : {'A', 'B', 'C'}) {
    CHECK(std::count(chosen.begin(), chosen.end(), name) >= 5);
  }
}

TEST_CASE("a peer has two requests at most, and a third only if it is urgent") {
  const struct {
    unsigned requests;
    bool is_urgent;
    const char* picked;
  } cases[] = {
      {1, true, "A0-3!"}, {2, true, "A0-3!"}, {3, true, "o0-3!"},
      {0, false, "A0-3"}, {1, false, "A0-3"}, {2, false, ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.requests, c.is_urgent);
    PickerScene scene("....");
    scene.urgent(0, c.is_urgent ? 4 : 0).peer('A', "####", c.requests);
    CHECK(scene.picked() == c.picked);
  }
}

TEST_CASE("a late chunk is asked from a second source, and from no third one") {
  const struct {
    const char* coverage;
    char asked_of;
    const char* peers_have;
    const char* picked;
  } cases[] = {
      {"l", 'A', "#.", "o0!"},  // Only A has it: the origin.
      {"l", 'A', "##", "B0!"},  // B has it as well.
      {"l", 'o', "#.", "A0!"},  // A late origin is helped by a peer.
      {"l", 'o', "..", ""},     // Nobody else is there.
      {"a", 'A', "##", ""},     // May still be in time.
      {"t", 'A', "##", ""},     // Two are at it.
  };
  for (const auto& c : cases) {
    CAPTURE(c.coverage, c.asked_of, c.peers_have);
    auto scene = urgently(".");
    scene.urgent(0, 1).covered(c.coverage).asked(0, c.asked_of);
    scene.peer('A', c.peers_have[0] == '#' ? "#" : ".")
        .peer('B', c.peers_have[1] == '#' ? "#" : ".");
    CHECK(scene.picked() == c.picked);
  }
}

TEST_CASE("no source is asked twice for a chunk, also not in the middle of a run") {
  auto scene = urgently("....");
  scene.urgent(0, 4).covered("..l.").asked(2, 'A').peer('A', "####");
  CHECK(scene.picked() == "A0-1! o2! A3!");
  auto origin = urgently("....");
  origin.urgent(0, 4).covered("..l.").asked(2, 'o');
  CHECK(origin.picked() == "o0-1! o3!");
}

TEST_CASE("beyond the window a late chunk waits for its turn to be urgent") {
  PickerScene scene("....");
  scene.urgent(0, 0).covered("ll..").peer('A', "####").peer('B', "####");
  for (const auto& ask : scene.asks()) CHECK(ask.run.begin.value >= 2);
}

TEST_CASE("at most two urgent requests go to the origin at once") {
  for (const unsigned under_way : {0u, 1u, 2u}) {
    auto scene = urgently("............");
    scene.state().origin_urgent_requests = under_way;
    CHECK(scene.urgent(0, 12).asks().size() == 2 - under_way);
  }
}

TEST_CASE("an origin that cannot be used is not asked") {
  PickerScene scene("......");
  scene.state().origin_usable = false;
  scene.state().self = endpoint_of('Z');
  CHECK(scene.urgent(0, 3).peer('A', ".#....").picked() == "A1!");
}

TEST_CASE("a peer that is left alone is not asked, and the origin steps in for what is due") {
  auto scene = urgently("....");
  scene.urgent(0, 4).peer('A', "####");
  scene.state().peers[0].is_usable = false;
  CHECK(scene.picked() == "o0-3!");
}

TEST_CASE("what another reader needs is urgent once all that is due for the first one is held") {
  const struct {
    const char* held;
    const char* covered;
    const char* picked;
  } cases[] = {
      {"......##..", "..........", "o0-2!"}, {"......##..", "......aa..", "o0-2!"},
      {"......#...", "..........", "o7!"},   {"......#...", ".......a..", ""},
      {"......#...", ".......l..", "A7!"},   {"......#...", ".......t..", ""},
      {"#.....##..", "..........", "o1-2!"}, {"#.....##..", ".l........", "A1! o2!"},
      {"###...##..", "..........", ""},
  };
  for (const auto& c : cases) {
    CAPTURE(c.held, c.covered);
    auto scene = urgently(c.held);
    scene.urgent(6, 8).after_urgent(0, 3).covered(c.covered);
    const bool is_asked = std::string_view(c.covered).find('l') != std::string_view::npos;
    if (is_asked) scene.asked(7, 'o').asked(1, 'o').peer('A', ".#.....#..");
    CHECK(scene.picked() == c.picked);
  }
}

TEST_CASE("until the gateway has answered no other reader's chunk is fetched") {
  PickerScene scene("......#...");
  scene.state().only_next = true;
  CHECK(scene.urgent(6, 7).after_urgent(0, 3).picked().empty());
}
