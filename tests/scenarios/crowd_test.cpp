#include "tests/scenarios/small_crowd.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using sim::Outcome;
using sim::Scenario;
using std::chrono::seconds;

TEST_CASE("the same seed gives the same run to the last event, and another seed another one") {
  Scenario scenario = small_crowd(30);
  scenario.liars_percent = 10;
  scenario.nat_percent = 20;
  scenario.slow_percent = 20;
  scenario.resets_per_mille = 20;
  scenario.stalls_per_mille = 10;
  scenario.kill_percent = 20;
  scenario.kill_at = seconds(3);
  const Outcome first = sim::run(scenario);
  const Outcome second = sim::run(scenario);
  CHECK(first.trace.notes() > 1'000);
  CHECK(first.trace == second.trace);
  CHECK(first.events == second.events);
  CHECK(first.origin_bytes == second.origin_bytes);
  CHECK(first.gateway_bytes == second.gateway_bytes);
  CHECK(first.first_sounds == second.first_sounds);
  scenario.seed = 2;
  CHECK(sim::run(scenario).trace != first.trace);
}

TEST_CASE("to hash each chunk once, or in every listener, makes no difference") {
  Scenario scenario = small_crowd(10);
  scenario.liars_percent = 20;
  const Outcome once = sim::run(scenario);
  scenario.hashes_everywhere = true;
  const Outcome everywhere = sim::run(scenario);
  CHECK(once.trace == everywhere.trace);
  CHECK(once.events == everywhere.events);
  CHECK(once.false_bytes == 0);
  CHECK(everywhere.false_bytes == 0);
}

TEST_CASE("fifty who join within half a second all hear at once and take most from each other") {
  const Outcome outcome = run_and_print("fifty at once", small_crowd(50));
  CHECK(outcome.counted == 50);
  CHECK(outcome.unheard == 0);
  CHECK(outcome.complete == 50);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.false_bytes == 0);
  CHECK(outcome.first_sound(0.99) < seconds(1));
  CHECK(outcome.copies() < 8);
  CHECK(outcome.beyond_percent() < 5);
}

TEST_CASE("whoever's program takes time to start hears later by that, counted from its start") {
  Scenario scenario = small_crowd(10);
  scenario.join_within = {};
  scenario.starts = {{seconds(0), seconds(0)}, {seconds(1), seconds(2)}};
  const Outcome outcome = run_and_print("nine start two seconds long", scenario);
  REQUIRE(outcome.first_sounds.size() == 10);
  CHECK(outcome.first_sound(0.1) < seconds(1));
  CHECK(outcome.first_sound(0.2) >= seconds(2));
  CHECK(outcome.first_sound(1.0) < seconds(3));
}

TEST_CASE("the nearer origin and gateway, the sooner is the first sound") {
  Scenario scenario = small_crowd(10);
  scenario.server_round_trip = {};
  const Outcome near = sim::run(scenario);
  scenario.server_round_trip = std::chrono::milliseconds(200);
  const Outcome far = sim::run(scenario);
  CHECK(near.first_sound(0.5) + std::chrono::milliseconds(200) <= far.first_sound(0.5));
}

TEST_CASE("where most cannot be dialled the song still leaves the origin hardly more than once") {
  Scenario scenario = small_crowd(30);
  scenario.duration = seconds(60);
  scenario.nat_percent = 80;
  const Outcome outcome = run_and_print("four in five cannot be dialled", scenario);
  CHECK(outcome.complete == 30);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.copies() <= 1.3);
}

TEST_CASE("where nobody can be dialled listeners meet, and carry most of the song to each other") {
  Scenario scenario = small_crowd(30);
  scenario.duration = seconds(60);
  scenario.nat_percent = 100;
  const Outcome outcome = run_and_print("nobody can be dialled", scenario);
  CHECK(outcome.complete == 30);
  CHECK(outcome.missed_bytes == 0);
  CHECK(outcome.first_sound(1.0) <= seconds(2));
  CHECK(outcome.copies() <= 5);
}
