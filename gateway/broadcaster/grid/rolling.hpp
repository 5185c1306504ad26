#pragma once

#include "core/playlist/playlist.hpp"
#include "gateway/broadcaster/library/measured_file.hpp"

#include <cstddef>
#include <optional>
#include <vector>

namespace alluvium::broadcaster {

/// An item of the earlier playlist that stays. Value type.
struct KeptItem {
  playlist::Item item;
  std::optional<std::size_t> file;  ///< Which file has that name now; none if it is gone.
};

/// From when to when an earlier playlist holds.
struct KeepRule {
  WallTime now;
  WallTime since;                 ///< What was over before is dropped.
  std::optional<WallTime> until;  ///< What begins then or later is dropped.
};

/// What of an earlier playlist is not moved: its dated items from `since` on, up to the first that
/// begins at `until` or later, or is still to begin and cannot be broadcast as it stands, as its
/// file is gone or has become another one. `items` gives each file's item as it would be written
/// now.
[[nodiscard]] std::vector<KeptItem> kept_items(const playlist::Playlist& earlier,
                                               const std::vector<playlist::Item>& items,
                                               const KeepRule& rule);

}  // namespace alluvium::broadcaster
