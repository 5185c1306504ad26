#pragma once

#include "tests/sim/scenario.hpp"

#include <string>
#include <vector>

namespace alluvium::sim {

/// One scenario and what came of it.
struct Row {
  Scenario scenario;
  Outcome outcome;
};

/// For people: one line a run, under a head of the same widths.
[[nodiscard]] std::string table_head();
[[nodiscard]] std::string table_line(const Row& row);
/// For people: what origin and gateway sent, a line for each path.
[[nodiscard]] std::string traffic_lines(const Row& row);
/// For programs: all that is known of each run, with a head.
[[nodiscard]] std::string csv(const std::vector<Row>& rows);
/// Copies, and first sound, over the number of listeners: two charts on one picture.
[[nodiscard]] std::string svg(std::vector<Row> rows);

}  // namespace alluvium::sim
