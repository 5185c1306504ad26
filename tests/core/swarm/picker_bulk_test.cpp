#include "tests/core/swarm/picker_scene.hpp"

#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr swarm::PickLimits generous{4, 16, 2, 3, 2, 1'000, seconds(1), 1'000, seconds(1)};

/// The chunks asked from the origin, as a drawing.
std::string from_origin(const std::vector<swarm::Ask>& asks, std::size_t chunks) {
  std::string drawing(chunks, '.');
  for (const auto& ask : asks) {
    if (ask.peer) continue;
    for (auto i = ask.run.begin; i < ask.run.end; ++i) drawing[i.value] = '#';
  }
  return drawing;
}

/// What the member `self` of a swarm of `size`, of whom nobody has anything, asks from the origin
/// after `waited`.
std::string share_of(char self, char size, std::size_t chunks, Duration waited) {
  PickerScene scene(std::string(chunks, '.'), generous);
  const std::string nothing(chunks, '.');
  for (char name = 'A'; name < 'A' + size; ++name) {
    if (name != self) scene.peer(name, nothing);
  }
  if (self != '?') scene.state().self = endpoint_of(self);
  auto asks = scene.asks();
  if (waited > Duration::zero()) asks = scene.asks(waited);
  return from_origin(asks, chunks);
}

}  // namespace

TEST_CASE(
    "beyond the window each chunk nobody has is asked from the origin by one listener at once") {
  for (const char size : std::string{1, 2, 3, 10, 20}) {
    CAPTURE(int{size});
    std::string askers(200, '0');
    for (char self = 'A'; self < 'A' + size; ++self) {
      const std::string share = share_of(self, size, 200, {});
      for (std::size_t i = 0; i < 200; ++i)
        if (share[i] == '#') ++askers[i];
    }
    CHECK(askers == std::string(200, '1'));
  }
}

TEST_CASE("the shares of a swarm are about equal") {
  for (char self = 'A'; self < 'A' + 5; ++self) {
    const std::string share = share_of(self, 5, 1'000, {});
    const auto chunks = std::count(share.begin(), share.end(), '#');
    CHECK(chunks > 140);
    CHECK(chunks < 270);
  }
}

TEST_CASE("who is not first for a chunk waits a second for each who is before") {
  for (const int waited : {1, 2}) {
    std::string askers(100, '0');
    for (char self = 'A'; self < 'D'; ++self) {
      const std::string early = share_of(self, 3, 100, seconds(waited) - milliseconds(1));
      const std::string share = share_of(self, 3, 100, seconds(waited));
      for (std::size_t i = 0; i < 100; ++i)
        if (share[i] == '#') ++askers[i];
      CHECK(std::count(early.begin(), early.end(), '#') <
            std::count(share.begin(), share.end(), '#'));
    }
    CHECK(askers == std::string(100, static_cast<char>('1' + waited)));
  }
}

TEST_CASE("who cannot serve comes last, and alone is first") {
  CHECK(share_of('?', 3, 20, milliseconds(2'999)) == std::string(20, '.'));
  CHECK(share_of('?', 3, 20, seconds(3)) == std::string(20, '#'));
  CHECK(share_of('?', 0, 20, {}) == std::string(20, '#'));
}

TEST_CASE("what a peer has comes from that peer, whoever's turn it would be") {
  PickerScene scene("........");
  scene.state().self = endpoint_of('Z');
  CHECK(scene.urgent(0, 0).peer('A', "########").picked(seconds(100)) == "A0-7");
}

TEST_CASE("a holder that has no time now is waited for, one that does not answer is not") {
  PickerScene scene("####....");
  scene.urgent(4, 4).peer('A', "########");
  scene.state().peers[0].is_usable = false;
  CHECK(scene.picked().empty());
  CHECK(scene.picked(seconds(10)).empty());
  scene.state().peers[0].is_failing = true;
  CHECK(scene.picked(seconds(10)).empty());
  CHECK(scene.picked(seconds(13)) == "o4-7");
}

TEST_CASE("the waiting begins anew when a holder is lost, or all would go to the origin at once") {
  PickerScene scene("........");
  scene.urgent(0, 0).peer('A', "........");
  CHECK(scene.picked().empty());
  scene.map_of_peer(0) = store::ChunkMap::all(8);
  scene.state().peers[0].requests = 2;
  CHECK(scene.picked(milliseconds(900)).empty());
  scene.map_of_peer(0) = store::ChunkMap(8);
  CHECK(scene.picked(milliseconds(1'000)).empty());
  CHECK(scene.picked(milliseconds(3'999)).empty());
  CHECK(scene.picked(milliseconds(4'000)) == "o0-7");
}

TEST_CASE("the rest comes after the window, to the end, and last what lies before it") {
  const struct {
    const char* held;
    std::uint32_t begin;
    std::uint32_t end;
    const char* picked;
  } cases[] = {
      {"........", 3, 5, "A3-4! A5-7 A0-2"}, {"........", 0, 2, "A0-1! A2-7"},
      {"........", 6, 8, "A6-7! A0-5"},      {"##.#.##.", 4, 4, "A4 A7 A2"},
      {"...##...", 3, 5, "A5-7 A0-2"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.held, c.begin, c.end);
    swarm::PickLimits limits;
    limits.requests_per_peer = 10;
    limits.urgent_requests_per_peer = 10;
    PickerScene scene(c.held, limits);
    CHECK(scene.urgent(c.begin, c.end).peer('A', "########").picked() == c.picked);
  }
}

TEST_CASE("a run beyond the window has at most sixteen chunks and ends where its source does") {
  PickerScene scene(std::string(40, '.'));
  scene.urgent(0, 0).peer('A', std::string(40, '#'));
  CHECK(scene.picked() == "A0-15 A16-31");
  PickerScene holes("........");
  CHECK(holes.urgent(0, 0).peer('A', "##.##...").picked() == "A0-1 A3-4");
}

TEST_CASE("at most two requests that are not urgent go to the origin at once") {
  for (const unsigned under_way : {0u, 1u, 2u}) {
    PickerScene scene(std::string(100, '.'));
    scene.urgent(0, 0).state().origin_bulk_requests = under_way;
    CHECK(scene.asks().size() == 2 - under_way);
  }
}

TEST_CASE("urgent and other requests to the origin do not take each other's places") {
  PickerScene scene(std::string(30, '.'));
  scene.state().origin_bulk_requests = 2;
  CHECK(scene.urgent(0, 4).picked() == "o0-3!");
  PickerScene other(std::string(30, '.'));
  other.state().origin_urgent_requests = 2;
  CHECK(other.urgent(0, 4).picked() == "o4-19 o20-29");
}

TEST_CASE("the waiting begins even while there is no place for a request") {
  PickerScene scene(".....");
  scene.urgent(0, 0).peer('A', ".....");
  scene.state().origin_bulk_requests = 2;
  CHECK(scene.picked().empty());
  scene.state().origin_bulk_requests = 0;
  CHECK(scene.picked(seconds(3)) == "o0-4");
}

TEST_CASE("without room only what is urgent is fetched") {
  PickerScene scene("........");
  scene.state().bulk_requests = 0;
  CHECK(scene.urgent(2, 4).peer('A', "########").picked() == "A2-3!");
}

TEST_CASE("the order of a swarm is the same for everybody, and different for each chunk") {
  const auto a = endpoint_of('A');
  CHECK(swarm::turn_order(a, {5}) == swarm::turn_order(endpoint_of('A'), {5}));
  std::set<std::uint64_t> values;
  for (char name = 'A'; name < 'K'; ++name) {
    for (std::uint32_t i = 0; i < 100; ++i)
      values.insert(swarm::turn_order(endpoint_of(name), {i}));
  }
  auto other_port = a;
  ++other_port.port;
  values.insert(swarm::turn_order(other_port, {5}));
  CHECK(values.size() == 1'001);
}

TEST_CASE("a window beyond the end of the file asks for nothing that is not there") {
  PickerScene scene("....");
  scene.urgent(3, 9).peer('A', "####");
  CHECK(scene.picked() == "A3! A0-2");
  PickerScene beyond("....");
  CHECK(beyond.urgent(9, 9).peer('A', "####").picked() == "A0-3");
}

TEST_CASE(
    "who is only supposed to take part is asked for what is its own turn, and holds the request") {
  PickerScene scene(std::string(40, '.'), generous);
  for (const char name : {'A', 'B', 'C'}) scene.supposed(name);
  scene.state().self = endpoint_of('D');
  const auto asks = scene.asks();
  std::size_t to_supposed = 0;
  for (const auto& ask : asks) {
    char first = 'D';
    for (const char name : {'A', 'B', 'C'}) {
      const bool is_before = swarm::turn_order(endpoint_of(name), ask.run.begin) <
                             swarm::turn_order(endpoint_of(first), ask.run.begin);
      if (is_before) first = name;
    }
    CHECK(ask.peer == (first == 'D' ? std::nullopt : std::optional(endpoint_of(first))));
    if (!ask.peer) continue;
    ++to_supposed;
    REQUIRE(ask.standing);
    CHECK_FALSE(ask.standing->ticket);
    CHECK(ask.standing->wait > Duration::zero());
    CHECK(ask.run.size() == 1);
  }
  CHECK(to_supposed >= 3);
}

TEST_CASE(
    "what one who has not answered yet is to fetch is nobody else's turn, however long it takes") {
  PickerScene scene(std::string(100, '.'), generous);
  scene.supposed('A');
  scene.state().self = endpoint_of('B');
  (void)scene.asks();
  const std::string at_once = from_origin(scene.asks(), 100);
  CHECK(from_origin(scene.asks(seconds(100)), 100) == at_once);
  scene.state().peers[0].is_supposed = false;
  (void)scene.asks(seconds(100));
  CHECK(from_origin(scene.asks(seconds(101)), 100) == std::string(100, '#'));
}

TEST_CASE("what a player waits for is asked once of whose turn it is, then of the origin") {
  PickerScene scene("....", generous);
  scene.supposed('A').urgent(0, 1);
  std::uint32_t of_a = 0;
  // Some chunk is the neighbour's turn.
  while (swarm::turn_order(endpoint_of('B'), {of_a}) <
         swarm::turn_order(endpoint_of('A'), {of_a})) {
    ++of_a;
  }
  REQUIRE(of_a < 4);
  scene.urgent(of_a, of_a + 1);
  scene.state().self = endpoint_of('B');
  const std::string there = "A" + std::to_string(of_a) + "!";
  CHECK(scene.picked().starts_with(there));
  std::string late(4, 'a');
  late[of_a] = 'l';
  scene.covered(late).asked(of_a, 'A');
  CHECK(scene.picked() == "o" + std::to_string(of_a) + "!");
}

TEST_CASE("of a long file only the next chunks that nobody has are looked at, held ones all") {
  swarm::PickLimits limits;
  limits.turns_considered = 10;
  limits.origin_bulk_requests = 1'000;
  PickerScene scene(std::string(100, '.'), limits);
  scene.urgent(0, 0).peer('A', std::string(99, '.') + "#");
  scene.state().self = endpoint_of('Z');
  (void)scene.asks();
  const std::string waited = from_origin(scene.asks(seconds(100)), 100);
  CHECK(waited.substr(0, 10) == "##########");
  const auto asks = scene.asks(seconds(100));
  const bool asks_holder = std::any_of(asks.begin(), asks.end(), [](const swarm::Ask& ask) {
    return ask.peer == endpoint_of('A') && ask.run.begin.value == 99;
  });
  CHECK(asks_holder);
}
