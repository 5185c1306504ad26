#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/init.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace alluvium::broadcaster {

/// The words of `alluvium-broadcaster init` as they were typed.
struct InitWords {
  std::string source;
  std::string feed;
  std::size_t latest = 10;
  std::string base;
  std::string output;
  std::string title;
  std::string gateway;
  std::string start;
  unsigned days = 0;  ///< 0: not said.
  std::string order;
  std::uint64_t seed = 1;
  bool is_sealed = false;
  bool measures_all = false;
  bool is_quiet = false;
};

/// Adds the command to the program. `words` is filled when its command line is parsed and must
/// live as long as the program's.
CLI::App& add_init_command(CLI::App& program, InitWords& words);

/// What was meant, and sentences about what is doubtful in it.
struct ReadInitOptions {
  InitOptions options;
  std::vector<std::string> notes;
};
[[nodiscard]] Result<ReadInitOptions> read_init_options(const InitWords& words);

}  // namespace alluvium::broadcaster
