#pragma once

#include "core/time/clock.hpp"
#include "gateway/broadcaster/check/station_check.hpp"

#include <string>

namespace CLI {
class App;
}

namespace alluvium::broadcaster {

/// The words of `alluvium-broadcaster check` as they were typed.
struct CheckWords {
  std::string station;
  std::string zone;
  unsigned days = 7;
  unsigned jobs = 8;
  bool reads_whole = false;
  bool is_json = false;
  bool is_quiet = false;
};

/// Adds the command to the program. `words` must live as long as the program.
CLI::App& add_check_command(CLI::App& program, CheckWords& words);

/// What to print, and how many problems there are.
struct CheckResult {
  std::string text;
  std::size_t problems = 0;
};

/// Throws std::runtime_error with one sentence if there is no such time zone.
[[nodiscard]] CheckResult run_check(const CheckWords& words, WallTime now, const WebMaker& make_web,
                                    Console& console);

}  // namespace alluvium::broadcaster
