#pragma once

#include "core/base/random.hpp"
#include "core/playlist/schedule.hpp"
#include "core/time/clock.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace alluvium::swarm {

/// One coming broadcast, as AheadPlan sees it. Value type.
struct Coming {
  playlist::Slot slot;
  bool is_open = false;   ///< Its time to be fetched has come.
  bool is_first = false;  ///< Of its file, the one on air included.
};

/// Decides which coming items are to be fetched, and from when on. In reach is all that starts
/// within `reach`, and always the next two; of several broadcasts of one file the first. Each
/// begins at a moment drawn once, evenly between the one at which it came into reach and 20 to 30 s
/// before its start, so that not all listeners come at once. Without a reach only the next one is
/// opened, in those last seconds. Bounded, however short the items are. Pure but for the draws;
/// owned by the engine.
class AheadPlan {
 public:
  AheadPlan(std::optional<Duration> reach, Random& random) : reach_(reach), random_(random) {}

  /// The slots after the one on air that are in reach, the next one first.
  [[nodiscard]] std::vector<Coming> look(const playlist::Playlist& playlist,
                                         const playlist::Schedule& schedule,
                                         WallTime programme_now);

 private:
  using Key = std::pair<WallTime, std::string>;  ///< Start and URL: item numbers change.
  struct Draw {
    WallTime latest;
    std::optional<WallTime> begin;  ///< None while it is not the file's first broadcast.
  };

  [[nodiscard]] std::vector<playlist::Slot> in_reach(const playlist::Schedule& schedule,
                                                     WallTime now) const;
  [[nodiscard]] Draw& draw(const Key& key, std::map<Key, Draw>& kept);

  std::optional<Duration> reach_;
  Random& random_;
  std::map<Key, Draw> draws_;
};

}  // namespace alluvium::swarm
