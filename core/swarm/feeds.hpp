#pragma once

#include "core/playlist/schedule.hpp"
#include "core/swarm/ahead_plan.hpp"
#include "core/swarm/item_feed.hpp"
#include "core/swarm/services.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace alluvium::swarm {

/// How far the fetching of coming items has got: of so many files so many are complete.
struct AheadProgress {
  std::size_t complete = 0;
  std::size_t in_reach = 0;
};

/// The feeds of the item on air, of the coming ones, and of those that are over but still read.
/// What is coming is fetched by a part of the requests, while the item on air lacks nothing of its
/// next 30 s, and only as much of it as fits in half the store. In its last half minute an item is
/// fetched like the one on air. Owned by the engine.
class Feeds {
 public:
  /// `on_change` as for ItemFeed.
  Feeds(Services& services, std::optional<Duration> ahead, std::function<void()> on_change);

  /// A new playlist: a feed stays if its file still begins then.
  void on_playlist(const playlist::Playlist& playlist, const playlist::Schedule& schedule,
                   WallTime programme_now);
  /// Opens what is due to be opened, lets go of what is over.
  void follow(const playlist::Playlist& playlist, const playlist::Schedule& schedule,
              const std::optional<GatewayAccess>& gateway, WallTime programme_now);
  /// Each looks at the time again.
  void update(WallTime programme_now);
  void clear();

  /// Null if that slot has none.
  [[nodiscard]] ItemFeed* find(const playlist::Slot& slot) const;
  /// In the order of their starts, then those that are over.
  [[nodiscard]] std::vector<ItemFeed*> all() const;
  [[nodiscard]] AheadProgress ahead() const;

 private:
  void open(const playlist::Playlist& playlist, const playlist::Slot& slot,
            const std::optional<GatewayAccess>& gateway, WallTime programme_now);
  /// Keeps it for its readers only, if it has any.
  void drop(std::unique_ptr<ItemFeed>& feed);
  [[nodiscard]] unsigned requests_to_spare(WallTime programme_now) const;
  /// Bytes of coming files of which something is here already.
  [[nodiscard]] std::uint64_t begun_bytes() const;
  void update_coming(WallTime programme_now);

  Services& services_;
  std::function<void()> on_change_;
  AheadPlan plan_;
  std::vector<std::unique_ptr<ItemFeed>> feeds_;
  /// Over, but still being read by others than the station itself.
  std::vector<std::unique_ptr<ItemFeed>> over_;
  struct Expected {
    Coming coming;
    std::uint64_t bytes = 0;  ///< As the playlist says, or as is likely.
  };
  std::vector<Expected> expected_;
  bool has_reach_;
};

}  // namespace alluvium::swarm
