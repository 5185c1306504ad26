#pragma once

#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/grid/grid_station.hpp"
#include "gateway/broadcaster/station_output.hpp"

namespace alluvium::broadcaster {

/// Measures the files that a grid names, in its folder, and tells them apart by what names them.
/// What is missing is told to `console`. Throws std::runtime_error with one sentence.
[[nodiscard]] GridFiles read_grid_files(const Grid& grid, const StationOutput& output,
                                        bool measures_all, Console& console);

}  // namespace alluvium::broadcaster
