#include "core/swarm/ahead_plan.hpp"

#include <algorithm>
#include <set>

namespace alluvium::swarm {

using playlist::Slot;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t always_ahead = 2;
/// Bounds the walk through schedules of very short items, and the work for many short files.
constexpr std::size_t most_slots = 200;
constexpr std::size_t most_files = 64;

}  // namespace

std::vector<Slot> AheadPlan::in_reach(const playlist::Schedule& schedule, WallTime now) const {
  std::vector<Slot> slots;
  const std::size_t at_least = reach_ ? always_ahead : 1;
  const WallTime limit = now + duration_cast<milliseconds>(reach_.value_or(Duration::zero()));
  auto slot = schedule.next_after(now);
  while (slot && slots.size() < most_slots &&
         (slots.size() < at_least || slot->heard_from() <= limit)) {
    slots.push_back(*slot);
    slot = schedule.next_after(slot->heard_from());
  }
  if (!reach_) return slots;
  // However long filler plays until then.
  slot = schedule.next_programme_after(now);
  for (std::size_t i = 0; slot && i < always_ahead; ++i) {
    if (slots.empty() || slots.back().heard_from() < slot->heard_from()) slots.push_back(*slot);
    slot = schedule.next_programme_after(slot->heard_from());
  }
  return slots;
}

AheadPlan::Draw& AheadPlan::draw(const Key& key, std::map<Key, Draw>& kept) {
  if (const auto before = draws_.find(key); before != draws_.end()) {
    return kept.insert(*before).first->second;
  }
  const milliseconds lead = seconds(20) + milliseconds(random_.below(10'000));
  return kept.insert({key, Draw{key.first - lead, std::nullopt}}).first->second;
}

std::vector<Coming> AheadPlan::look(const playlist::Playlist& playlist,
                                    const playlist::Schedule& schedule, WallTime now) {
  std::vector<Coming> coming;
  std::map<Key, Draw> kept;
  std::set<std::string> files;
  if (const auto slot = schedule.on_air(now)) files.insert(playlist.items[slot->item].url.text());
  for (const Slot& slot : in_reach(schedule, now)) {
    const std::string& url = playlist.items[slot.item].url.text();
    Draw& drawn = draw({slot.heard_from(), url}, kept);
    const bool is_first = files.size() <= most_files && files.insert(url).second;
    if (is_first && !drawn.begin) {
      const milliseconds span = drawn.latest - now;
      const bool has_time = reach_ && span > milliseconds(0);
      drawn.begin =
          has_time ? now + milliseconds(random_.below(static_cast<std::uint64_t>(span.count())))
                   : drawn.latest;
    }
    coming.push_back({slot, now >= (is_first ? *drawn.begin : drawn.latest), is_first});
  }
  draws_ = std::move(kept);
  return coming;
}

}  // namespace alluvium::swarm
