#include "tests/scenarios/small_crowd.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using sim::Outcome;
using sim::Scenario;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// Whoever is left has heard everything from its first sound on, and has all of the song.
void check_nothing_is_missed(const Outcome& outcome, std::uint32_t left) {
  CHECK(outcome.counted == left);
  CHECK(outcome.unheard == 0);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.complete == left);
}

}  // namespace

TEST_CASE("when half of the listeners are killed the others miss nothing") {
  Scenario scenario = small_crowd(30);
  scenario.kill_percent = 50;
  scenario.kill_at =
      GENERATE(milliseconds(300), milliseconds(600), milliseconds(2'000), milliseconds(6'000));
  CAPTURE(scenario.kill_at.count());
  check_nothing_is_missed(run_and_print("half of them killed", scenario), 15);
}

TEST_CASE("when half of the listeners fall silent the others miss nothing from then on") {
  Scenario scenario = small_crowd(30);
  // Those who stand still are given up one after the other.
  scenario.duration = seconds(60);
  scenario.freeze_percent = 50;
  scenario.kill_at = GENERATE(milliseconds(600), milliseconds(2'000));
  CAPTURE(scenario.kill_at.count());
  check_nothing_is_missed(run_and_print("half of them frozen", scenario), 15);
}

TEST_CASE("without the gateway everybody hears, whenever it dies") {
  Scenario scenario = small_crowd(30);
  scenario.gateway_dies_at = GENERATE(milliseconds(0), milliseconds(400), milliseconds(3'000));
  CAPTURE(scenario.gateway_dies_at->count());
  const Outcome outcome = run_and_print("gateway dead", scenario);
  check_nothing_is_missed(outcome, 30);
  CHECK(outcome.first_sound(1) < seconds(3));
}

TEST_CASE("who met the others before needs no gateway to share the work with them") {
  Scenario scenario = small_crowd(30);
  scenario.duration = seconds(40);
  scenario.remembered = 30;
  scenario.gateway_dies_at = milliseconds(0);
  const Outcome outcome = run_and_print("no gateway, but acquaintances", scenario);
  check_nothing_is_missed(outcome, 30);
  CHECK(outcome.origin_bytes < 2 * outcome.file_bytes);
}

TEST_CASE("who knows a few others finds the rest of them without a gateway") {
  Scenario scenario = small_crowd(30);
  scenario.file_bytes = 5'000'000;
  scenario.duration = seconds(40);
  SECTION("from another day") {
    scenario.remembered = 6;
    scenario.gateway_dies_at = milliseconds(0);
  }
  SECTION("as the gateway named them with the song, or once, before it died") {
    scenario.gateway_dies_at = milliseconds(800);
  }
  const Outcome outcome = run_and_print("no gateway, but a few others", scenario);
  check_nothing_is_missed(outcome, 30);
  CHECK(outcome.origin_bytes < outcome.file_bytes * 3 / 2);
}

TEST_CASE("when the gateway dies the songs to come leave the origin hardly more often") {
  Scenario scenario = small_crowd(30);
  scenario.songs = 3;
  scenario.duration = seconds(360);
  scenario.gateway_dies_at = seconds(3);
  const Outcome outcome = run_and_print("gateway dead for three songs", scenario);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.complete == 30);
  CHECK(outcome.origin_bytes < 2 * outcome.file_bytes);
}

TEST_CASE("where uplinks are narrow, and some too narrow, the song still leaves the origin once") {
  Scenario scenario = small_crowd(30);
  scenario.file_bytes = 5'000'000;
  scenario.duration = seconds(120);
  scenario.slow_percent = 20;
  scenario.share_bps = 1'000'000;
  const Outcome outcome = run_and_print("narrow uplinks", scenario);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.complete == 30);
  CHECK(outcome.origin_bytes < outcome.file_bytes * 13 / 10);
}
