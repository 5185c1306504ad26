#pragma once

#include "core/time/clock.hpp"
#include "gateway/broadcaster/console.hpp"

#include <string>

namespace CLI {
class App;
}

namespace alluvium::broadcaster {

/// The words of `alluvium-broadcaster grid` as they were typed.
struct GridWords {
  std::string file;
  bool measures_all = false;
  bool is_quiet = false;
};

/// Adds the command to the program. `words` must live as long as the program.
CLI::App& add_grid_command(CLI::App& program, GridWords& words);

/// Makes the playlist of a weekly plan, or goes on with it. Returns a line that says what was made.
/// Throws std::runtime_error with one sentence, and then the playlist that was there is still
/// there.
[[nodiscard]] std::string run_grid(const GridWords& words, WallTime now, Console& console);

}  // namespace alluvium::broadcaster
