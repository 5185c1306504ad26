#pragma once

#include "core/hash/tree.hpp"
#include "core/http/url.hpp"
#include "core/time/clock.hpp"
#include "gateway/budgets/fetch_budgets.hpp"
#include "gateway/file_fetcher.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/observer.hpp"
#include "gateway/stations.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::gateway {

/// Has the files that stations need soon hashed before they are on air, asks after those that are
/// known, and says which of them cannot be had or are not what the playlist says while there is
/// time to act. Owned by Gateway.
class ComingWatch {
 public:
  /// A coming file that is known is asked after when its origin was last heard this long ago.
  static constexpr Duration ask_again_after = std::chrono::minutes(5);

  /// Everything outlives the watch.
  ComingWatch(const Clock& clock, const Stations& stations, const FileRegistry& registry,
              FileFetcher& fetcher, FetchBudgets& budgets, Observer& observer)
      : clock_(clock),
        stations_(stations),
        registry_(registry),
        fetcher_(fetcher),
        budgets_(budgets),
        observer_(observer) {}

  /// To be called when a station has been looked at.
  void look();
  /// Leaves it to another gateway, until it is to look again.
  void rest();
  /// To be called when something has become known of a file.
  void assess();

  [[nodiscard]] const std::vector<ComingTrouble>& troubles() const { return troubles_; }
  [[nodiscard]] std::size_t coming() const { return expected_.size(); }

 private:
  /// What a playlist says of a file it will need.
  struct Expected {
    http::Url station;
    std::string title;
    http::Url url;
    std::optional<WallTime> due;
    std::optional<hash::TreeRoot> root;
    std::optional<std::uint64_t> length;
  };

  void ask_after(const http::Url& url);
  [[nodiscard]] std::optional<ComingTrouble> trouble_of(const Expected& expected) const;

  const Clock& clock_;
  const Stations& stations_;
  const FileRegistry& registry_;
  FileFetcher& fetcher_;
  FetchBudgets& budgets_;
  Observer& observer_;
  std::vector<Expected> expected_;  ///< As of the last look.
  std::vector<ComingTrouble> troubles_;
};

}  // namespace alluvium::gateway
