#include "core/swarm/clock_check.hpp"

#include "core/base/random.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const WallTime noon{milliseconds(1'767'268'800'000)};

/// Our clock, which may be wrong, and servers whose clocks are off by as much as is said.
struct ClockScene {
  swarm::ClockCheck check;
  Duration elapsed{};
  milliseconds wrong{};  ///< How far our clock is ahead of the true time.

  [[nodiscard]] Instant now() const { return Instant(1h + elapsed); }
  [[nodiscard]] WallTime truth() const { return noon + duration_cast<milliseconds>(elapsed); }
  [[nodiscard]] WallTime ours() const { return truth() + wrong; }

  void pass(Duration span) {
    elapsed += span;
    check.on_time(now(), ours());
  }
  void set_clock(milliseconds by) {
    wrong += by;
    check.on_time(now(), ours());
  }
  /// One exchange, in the middle of which the server looks at its clock.
  void ask(const std::string& source, milliseconds server_ahead = 0ms, Duration round_trip = 20ms) {
    const WallTime server = truth() + duration_cast<milliseconds>(round_trip / 2) + server_ahead;
    pass(round_trip);
    check.on_sample(source,
                    {std::chrono::floor<seconds>(server),
                     ours() - duration_cast<milliseconds>(round_trip / 2), round_trip},
                    now());
  }
  milliseconds correction() { return check.verdict(now()).correction; }
  std::string problem() { return check.verdict(now()).problem; }
  /// How far wrong it still is.
  milliseconds error() { return std::chrono::abs(wrong + correction()); }
};

}  // namespace

TEST_CASE("a clock that is right within two seconds is no problem and is left alone") {
  for (const auto wrong : {0ms, 700ms, -700ms, 1'400ms, -1'400ms}) {
    CAPTURE(wrong.count());
    ClockScene scene;
    scene.wrong = wrong;
    for (int i = 0; i < 20; ++i) {
      scene.ask(i % 2 == 0 ? "radio.example" : "gateway.example:8080");
      scene.pass(730ms);
      CHECK(scene.problem().empty());
      CHECK(scene.correction() == 0ms);
    }
  }
}

TEST_CASE("one server's word is shown but not followed") {
  ClockScene scene;
  scene.set_clock(12s);
  scene.ask("radio.example");
  CHECK(scene.correction() == 0ms);
  CHECK(
      scene.problem() ==
      "this computer's clock is 12 s ahead of radio.example's; it is used as it is until a second "
      "server says the same");
}

TEST_CASE("two servers that say the same are followed") {
  const auto wrong = GENERATE(3'600s, -3'600s, 5s, -5s, 864'000s);
  ClockScene scene;
  scene.set_clock(wrong);
  scene.pass(350ms);
  scene.ask("radio.example");
  scene.ask("gateway.example:8080");
  CHECK(scene.error() <= 520ms);
  CHECK_THAT(scene.problem(), Catch::Contains("radio.example's and gateway.example:8080's; the "
                                              "time is taken from them") ||
                                  Catch::Contains("gateway.example:8080's and radio.example's; "
                                                  "the time is taken from them"));
}

TEST_CASE("amounts are told as people would") {
  const struct {
    seconds wrong;
    const char* told;
  } cases[] = {{12s, "is 12 s ahead of"},    {-119s, "is 119 s behind"},
               {600s, "is 10 min ahead of"}, {-3'600s, "is 60 min behind"},
               {18'000s, "is 5 h ahead of"}, {-864'000s, "is 10 days behind"}};
  for (const auto& c : cases) {
    ClockScene scene;
    scene.set_clock(c.wrong);
    scene.ask("radio.example");
    CHECK_THAT(scene.problem(), Catch::Contains(c.told));
  }
}

TEST_CASE("where servers disagree the clock is used as it is, and all is said") {
  ClockScene scene;
  scene.set_clock(3'600s);
  scene.ask("a.example");
  scene.ask("b.example", 3'600s);
  CHECK(scene.correction() == 0ms);
  CHECK(scene.problem() ==
        "this computer's clock is 60 min ahead of a.example's and agrees with b.example's; since "
        "they disagree, it is used as it is");
  // Two against one are no better.
  scene.ask("c.example");
  CHECK(scene.correction() == 0ms);
}

TEST_CASE("two servers that are both off, but apart, are not followed") {
  ClockScene scene;
  scene.set_clock(60s);
  scene.ask("a.example");
  scene.ask("b.example", 10s);
  CHECK(scene.correction() == 0ms);
  CHECK(
      scene.problem() ==
      "this computer's clock is 60 s ahead of a.example's and is 50 s ahead of b.example's; since "
      "they disagree, it is used as it is");
}

TEST_CASE("the same server asked twice is one server") {
  ClockScene scene;
  scene.set_clock(60s);
  for (int i = 0; i < 10; ++i) {
    scene.ask("a.example");
    scene.pass(1'100ms);
  }
  CHECK(scene.correction() == 0ms);
}

TEST_CASE("many samples find the offset more closely than a second") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Random random(seed);
    ClockScene scene;
    scene.set_clock(milliseconds(3'000 + random.below(100'000)));
    for (int i = 0; i < 30; ++i) {
      const auto trip = milliseconds(5 + random.below(40));
      scene.ask(i % 2 == 0 ? "a.example" : "b.example", 0ms, trip);
      scene.pass(milliseconds(100 + random.below(900)));
      (void)scene.correction();
    }
    CHECK(scene.error() < 200ms);
  }
}

TEST_CASE("a correction that still fits is not touched") {
  ClockScene scene;
  scene.set_clock(30s);
  scene.pass(500ms);
  scene.ask("a.example");
  scene.ask("b.example");
  const auto first = scene.correction();
  REQUIRE(first != 0ms);
  int changes = 0;
  auto last = first;
  for (int i = 0; i < 100; ++i) {
    scene.ask(i % 2 == 0 ? "a.example" : "b.example");
    scene.pass(370ms);
    if (scene.correction() != last) ++changes;
    last = scene.correction();
  }
  CHECK(changes <= 6);
}

TEST_CASE("an answer that took long says little") {
  ClockScene scene;
  scene.set_clock(30s);
  scene.ask("a.example", 0ms, 20s);
  CHECK(scene.problem().empty());
  scene.ask("a.example", 0ms, 2s);
  scene.ask("b.example", 0ms, 10ms);
  CHECK(scene.error() <= 520ms);
}

TEST_CASE("a server whose clock is set is believed anew") {
  ClockScene scene;
  scene.set_clock(0s);
  for (int i = 0; i < 5; ++i) {
    scene.ask("a.example", 40s);
    scene.pass(1s);
  }
  CHECK_FALSE(scene.problem().empty());
  scene.ask("a.example");
  CHECK(scene.problem().empty());
}

TEST_CASE("a correction stays while nobody can be asked") {
  ClockScene scene;
  scene.set_clock(3'600s);
  scene.ask("a.example");
  scene.ask("b.example");
  const auto correction = scene.correction();
  for (int i = 0; i < 120; ++i) {
    scene.pass(60s);
    REQUIRE(scene.correction() == correction);
  }
  // One of the two is enough to go on, and enough to end it.
  scene.ask("b.example");
  CHECK(std::chrono::abs(scene.correction() - correction) <= 600ms);
  scene.pass(3'600s);
  scene.ask("b.example", 3'600s);
  CHECK(scene.correction() == 0ms);
  CHECK(scene.problem().empty());
}

TEST_CASE("what was said long ago counts no more") {
  ClockScene scene;
  scene.set_clock(12s);
  scene.ask("a.example");
  scene.pass(16min);
  scene.ask("b.example");
  CHECK(scene.correction() == 0ms);
  CHECK_THAT(scene.problem(), !Catch::Contains("a.example"));
}

TEST_CASE("when our clock is set all that was known is void") {
  ClockScene scene;
  scene.set_clock(3'600s);
  scene.ask("a.example");
  scene.ask("b.example");
  CHECK(scene.correction() != 0ms);
  scene.set_clock(-3'600s);
  CHECK(scene.correction() == 0ms);
  CHECK(scene.problem().empty());
  scene.ask("a.example");
  scene.ask("b.example");
  CHECK(scene.correction() == 0ms);
  CHECK(scene.problem().empty());
}

TEST_CASE("a hundred servers are no more than a few") {
  ClockScene scene;
  scene.set_clock(3'600s);
  for (int i = 0; i < 100; ++i) scene.ask("server" + std::to_string(i) + ".example");
  CHECK(scene.error() <= 1s);
  CHECK(scene.problem().size() < 300);
}
