#pragma once

#include "core/base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

/// One setting of a configuration file. Value type.
struct ConfigEntry {
  std::string key;                  ///< An option's name without its dashes.
  std::vector<std::string> values;  ///< As they would stand on a command line; a list has several.
  bool is_list = false;
  std::size_t line = 0;
};

/// Reads the settings out of a TOML document: strings, numbers and truth values, and lists of them;
/// in the order of their lines. The error names the line.
[[nodiscard]] Result<std::vector<ConfigEntry>> parse_config(std::string_view toml);

/// The same from a file of 1 MiB at most. The error names the file.
[[nodiscard]] Result<std::vector<ConfigEntry>> read_config(const std::filesystem::path& file);

}  // namespace alluvium::gateway
