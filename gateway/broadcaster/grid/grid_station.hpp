#pragma once

#include "core/base/result.hpp"
#include "core/playlist/playlist.hpp"
#include "gateway/broadcaster/grid/grid.hpp"
#include "gateway/broadcaster/library/measured_file.hpp"
#include "gateway/broadcaster/zone/zone.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// The files of a grid's folders, lists and single files, as the grid names them. Value type.
struct GridFiles {
  std::vector<MeasuredFile> files;
  std::map<std::string, std::vector<std::size_t>> sources;  ///< Indices, as they stand there.
};

/// What a grid comes to: a playlist, and sentences about what the owner may not have meant.
struct PlannedGrid {
  playlist::Playlist playlist;
  std::vector<std::string> notes;
};

/// When and after what a grid is planned.
struct GridMoment {
  WallTime now;
  const playlist::Playlist* earlier = nullptr;  ///< What an earlier run wrote, if there is one.
  /// Whether the grid was edited since: then it holds from `Grid::hold` on. Otherwise the earlier
  /// playlist is only gone on with.
  bool is_edited = false;
};

/// The playlist from today's beginning, or from what an earlier one still has, to the end of the
/// day `Grid::days` from today. A pure function: the same input gives the same playlist, and on the
/// same day a later run gives no other one.
[[nodiscard]] Result<PlannedGrid> plan_grid(const Grid& grid, const Zone& zone,
                                            const GridFiles& files, const GridMoment& moment);

}  // namespace alluvium::broadcaster
