#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/live/live_options.hpp"

#include <string>

namespace CLI {
class App;
}

namespace alluvium::broadcaster {

/// The words of `alluvium-broadcaster live` as they were typed.
struct LiveWords {
  std::string output;
  std::string schedule;
  std::string base;
  std::string title;
  std::string gateway;
  std::string listen = "127.0.0.1:8000";
  std::string mount = "/live";
  std::string user = "source";
  std::string password_file;
  double part = 2;
  double lead = 2.5;
  unsigned poll = 3;
  unsigned planned = 0;  ///< Minutes; 0: not said.
  std::string record;
  bool is_quiet = false;
};

/// Adds the command to the program. `words` is filled when its command line is parsed and must live
/// as long as the program's.
CLI::App& add_live_command(CLI::App& program, LiveWords& words);

/// What was meant. Reads the password.
[[nodiscard]] Result<LiveOptions> read_live_options(const LiveWords& words);

/// Runs until SIGTERM or SIGINT. Throws std::runtime_error with one sentence if it cannot begin.
void run_live(const LiveWords& words, Console& console);

}  // namespace alluvium::broadcaster
