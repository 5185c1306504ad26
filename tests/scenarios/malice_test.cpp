#include "tests/scenarios/small_crowd.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using sim::Outcome;
using sim::Scenario;
using std::chrono::seconds;

namespace {

/// Everybody hears, nothing false, and misses little, if anything.
void check_little_is_missed(const Outcome& outcome, std::uint32_t listeners) {
  CHECK(outcome.counted == listeners);
  CHECK(outcome.unheard == 0);
  CHECK(outcome.false_bytes == 0);
  CHECK(outcome.missed_bytes < outcome.held_bytes / 100);
}

}  // namespace

TEST_CASE("a fifth of all lie, and not one false byte is played") {
  Scenario scenario = small_crowd(30);
  scenario.liars_percent = 20;
  const Outcome outcome = run_and_print("a fifth lie", scenario);
  CHECK(outcome.counted == 24);
  CHECK(outcome.unheard == 0);
  CHECK(outcome.false_bytes == 0);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.complete == 24);
  // They did get at their victims: a chunk a liar and victim, at most.
  const std::uint64_t wasted = outcome.received_bytes - outcome.held_bytes;
  CHECK(wasted > 16'384);
  CHECK(wasted < 2 * 6 * 24 * 16'384);
}

TEST_CASE("whoever says to have everything and never answers keeps nobody from hearing") {
  Scenario scenario = small_crowd(30);
  scenario.withholders_percent = 20;
  scenario.duration = seconds(60);
  const Outcome outcome = run_and_print("a fifth withhold", scenario);
  check_little_is_missed(outcome, 24);
}

TEST_CASE("slow, unreachable and unreliable neighbours and wrong clocks leave no hole") {
  Scenario scenario = small_crowd(30);
  scenario.duration = seconds(60);
  scenario.slow_percent = 20;
  scenario.nat_percent = 30;
  scenario.resets_per_mille = 30;
  scenario.stalls_per_mille = 10;
  scenario.most_clock_error = std::chrono::milliseconds(300);
  const Outcome outcome = run_and_print("a bad network", scenario);
  check_little_is_missed(outcome, 30);
}
