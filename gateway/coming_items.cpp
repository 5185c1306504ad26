#include "gateway/coming_items.hpp"

#include "core/playlist/schedule.hpp"

#include <algorithm>
#include <set>

namespace alluvium::gateway {

namespace {

constexpr std::size_t always_ahead = 2;
/// Bounds the walk through schedules of very short items.
constexpr std::size_t most_slots = 1'000;

}  // namespace

std::vector<ComingItem> coming_items(const playlist::Playlist& playlist, WallTime now) {
  const playlist::Schedule schedule(playlist);
  std::vector<ComingItem> coming;
  std::set<http::Url> seen;
  const auto add = [&](std::size_t item, std::optional<WallTime> due) {
    if (seen.insert(playlist.items[item].url).second) coming.push_back({item, due});
  };
  if (const auto slot = schedule.on_air(now)) {
    add(slot->item, slot->is_filler ? std::nullopt : std::optional(slot->heard_from()));
  }
  auto slot = schedule.next_programme_after(now);
  for (std::size_t i = 0; slot && i < most_slots; ++i) {
    if (i >= always_ahead && slot->heard_from() > now + look_ahead) break;
    add(slot->item, slot->heard_from());
    slot = schedule.next_programme_after(slot->heard_from());
  }
  for (const std::size_t item : schedule.filler()) add(item, std::nullopt);
  return coming;
}

}  // namespace alluvium::gateway
