#pragma once

#include "core/time/clock.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/web/web.hpp"

#include <string>

namespace CLI {
class App;
}

namespace alluvium::broadcaster {

/// The words of `alluvium-broadcaster as-run` as they were typed.
struct AsRunWords {
  std::string station;
  std::string from;
  std::string to;
  std::string zone;
};

/// Adds the command to the program. `words` must live as long as the program.
CLI::App& add_as_run_command(CLI::App& program, AsRunWords& words);

/// The table; what it may lack is told to `console`. Throws std::runtime_error with one sentence.
[[nodiscard]] std::string run_as_run(const AsRunWords& words, WallTime now, Web& web,
                                     Console& console);

}  // namespace alluvium::broadcaster
