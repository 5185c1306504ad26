#pragma once

#include "core/time/clock.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_fetcher.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/origin_policy.hpp"
#include "gateway/stations.hpp"
#include "gateway/waiting_room.hpp"

#include <variant>

namespace alluvium::gateway {

/// Answers what is known of a URL, and sets in motion what is needed to know it: looks at the
/// stations again if no playlist names it, has it fetched if that is permitted, and has a file that
/// was confirmed long ago asked after. Owned by Gateway.
class FileLookup {
 public:
  /// A known file is asked after again when it is asked for and its origin was last heard this long
  /// ago. The answer meanwhile is what is known.
  static constexpr Duration confirm_after = std::chrono::seconds(60);

  struct Pending {};  ///< On its way: ask again, or wait in `waiting()`.
  struct Unavailable {};
  using Answer = std::variant<FileRegistry::File, Pending, Unavailable>;

  FileLookup(const Clock& clock, const OriginPolicy& policy, const FileRegistry& registry,
             Stations& stations, FileFetcher& fetcher, WaitingRoom& waiting, Counters& counters);

  [[nodiscard]] Answer ask(const http::Url& url);
  [[nodiscard]] WaitingRoom& waiting() { return waiting_; }

 private:
  const Clock& clock_;
  const OriginPolicy& policy_;
  const FileRegistry& registry_;
  Stations& stations_;
  FileFetcher& fetcher_;
  WaitingRoom& waiting_;
  Counters& counters_;
};

}  // namespace alluvium::gateway
