#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/grid/grid.hpp"

#include <filesystem>
#include <string_view>

namespace alluvium::broadcaster {

/// Reads a week from TOML. Paths are relative to `folder`, where the file lies. Errors name the
/// line; a key that does not exist is one, with the nearest that does.
[[nodiscard]] Result<Grid> parse_grid(std::string_view toml, const std::filesystem::path& folder);

/// The same from disk. The error begins with the file's name.
[[nodiscard]] Result<Grid> read_grid(const std::filesystem::path& file);

/// `7:00`, `07:00:30`, `24:00`: since midnight.
[[nodiscard]] std::optional<std::chrono::seconds> parse_time_of_day(std::string_view text);

/// `90m`, `1h`, `1h30m`, `45s`: more than nothing, up to a week.
[[nodiscard]] std::optional<std::chrono::seconds> parse_length(std::string_view text);

}  // namespace alluvium::broadcaster
