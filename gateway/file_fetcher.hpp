#pragma once

#include "core/time/clock.hpp"
#include "gateway/budgets/fetch_budgets.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/observer.hpp"
#include "gateway/origin_fetch.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>

namespace alluvium::gateway {

/// Brings files into the registry: one fetch a URL however many ask, as many at a time as the
/// budgets have room for, those that somebody waits for before those that are only hashed ahead.
/// Whether a URL may be fetched, and by whose budget, was decided before.
class FileFetcher {
 public:
  static constexpr std::size_t longest_queue = 1'000;

  enum class Urgency { asked, ahead };

  /// Everything outlives the fetcher. `on_end` is told of the end of every fetch, good or bad,
  /// after the registry knows; it may call `fetch`.
  FileFetcher(OriginFetch::Surroundings surroundings, const Clock& clock, FileRegistry& registry,
              FetchBudgets& budgets, Counters& counters, Observer& observer,
              std::function<void(const http::Url&)> on_end);

  /// Sees to it that the file is fetched, or asked after if it is known. Nothing happens if that is
  /// under way, or if the queue is full: who still wants it will ask again. What is fetched ahead
  /// is at the expense of stations.
  void fetch(const http::Url& url, Urgency urgency);
  /// The same, but the file is fetched whole and hashed even if its origin calls it unchanged.
  void fetch_again(const http::Url& url);
  [[nodiscard]] bool is_under_way(const http::Url& url) const;
  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  [[nodiscard]] std::optional<OriginFetch::Failed> judge(const http::ClientResponse& head,
                                                         std::uint64_t length, Urgency urgency);
  void start_next();
  [[nodiscard]] bool start_first_of(std::deque<http::Url>& queue, Urgency urgency);
  void start(const http::Url& url, Urgency urgency);
  void on_failed(const http::Url& url, const OriginFetch::Failed& failed);
  void on_outcome(const http::Url& url, OriginFetch::Outcome outcome);

  OriginFetch::Surroundings surroundings_;
  const Clock& clock_;
  FileRegistry& registry_;
  FetchBudgets& budgets_;
  Counters& counters_;
  Observer& observer_;
  std::function<void(const http::Url&)> on_end_;
  std::deque<http::Url> asked_;
  std::deque<http::Url> ahead_;
  std::set<http::Url> doubted_;  ///< Of those that wait, whose origin is not to be believed.
  std::map<http::Url, std::unique_ptr<OriginFetch>> running_;
};

}  // namespace alluvium::gateway
