#pragma once

#include "tests/sim/report.hpp"

#include <cstdio>

namespace alluvium::test {

/// Big enough for a swarm to have something to trade, small enough to run in every test.
inline sim::Scenario small_crowd(std::uint32_t listeners) {
  sim::Scenario scenario;
  scenario.listeners = listeners;
  scenario.file_bytes = 2'000'000;
  scenario.duration = std::chrono::seconds(20);
  return scenario;
}

inline sim::Outcome run_and_print(const char* what, const sim::Scenario& scenario) {
  const sim::Row row{scenario, sim::run(scenario)};
  std::printf("%s:\n%s%s", what, sim::table_head().c_str(), sim::table_line(row).c_str());
  return row.outcome;
}

}  // namespace alluvium::test
