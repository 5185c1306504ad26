#pragma once

#include "core/time/clock.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_fetcher.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/origin_policy.hpp"
#include "gateway/stations.hpp"
#include "gateway/waiting_room.hpp"

#include <map>
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
  static constexpr Duration doubt_pause = std::chrono::minutes(10);

  struct Pending {};  ///< On its way: ask again, or wait in `waiting()`.
  struct Unavailable {};
  struct Exhausted {};  ///< Too much was asked for; later perhaps.
  using Answer = std::variant<FileRegistry::File, Pending, Unavailable, Exhausted>;

  FileLookup(const Clock& clock, const OriginPolicy& policy, const FileRegistry& registry,
             Stations& stations, FileFetcher& fetcher, FetchBudgets& budgets, WaitingRoom& waiting,
             Counters& counters);

  /// What is new, and each question after what is known, counts against the budget of `client`.
  [[nodiscard]] Answer ask(const http::Url& url, const net::IpAddress& client);
  /// `client` says that the origin's bytes are not those of the file: it is fetched and hashed
  /// again, if that was not done within `doubt_pause`.
  void doubt(const http::Url& url, const net::IpAddress& client);
  [[nodiscard]] WaitingRoom& waiting() { return waiting_; }
  /// Whether one more request of that client can be kept waiting.
  [[nodiscard]] bool may_wait(const net::IpAddress& client);

 private:
  [[nodiscard]] bool may_fetch(const http::Url& url) const {
    return policy_.permits(url) || stations_.name(url);
  }
  void note(FetchBudgets::Refusal refusal);

  const Clock& clock_;
  const OriginPolicy& policy_;
  const FileRegistry& registry_;
  Stations& stations_;
  FileFetcher& fetcher_;
  FetchBudgets& budgets_;
  WaitingRoom& waiting_;
  Counters& counters_;
  std::map<http::Url, Instant> doubted_;  ///< When each was last doubted.
};

}  // namespace alluvium::gateway
