#include "gateway/broadcaster/sealed.hpp"

#include "core/playlist/schedule.hpp"

namespace alluvium::broadcaster {

void seal(playlist::Playlist& playlist, WallTime now) {
  const playlist::Schedule schedule(playlist);
  const auto on_air = schedule.on_air(now);
  for (std::size_t i = 0; i < playlist.items.size(); ++i) {
    playlist::Item& item = playlist.items[i];
    const bool has_begun = item.start && *item.start <= now;
    if (has_begun || (on_air && on_air->item == i)) continue;
    item.title.clear();
    item.creator.clear();
  }
}

}  // namespace alluvium::broadcaster
