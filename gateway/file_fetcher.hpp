#pragma once

#include "core/time/clock.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/observer.hpp"
#include "gateway/origin_fetch.hpp"

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>

namespace alluvium::gateway {

/// Brings files into the registry: one fetch a URL however many ask, a few at a time, those that
/// somebody waits for before those that are only hashed ahead. Whether a URL may be fetched was
/// decided before.
class FileFetcher {
 public:
  static constexpr std::size_t concurrent_fetches = 4;
  static constexpr std::size_t longest_queue = 1'000;

  enum class Urgency { asked, ahead };

  /// Everything outlives the fetcher. `on_end` is told of the end of every fetch, good or bad,
  /// after the registry knows; it may call `fetch`.
  FileFetcher(OriginFetch::Surroundings surroundings, const Clock& clock, FileRegistry& registry,
              Counters& counters, Observer& observer, std::function<void(const http::Url&)> on_end);

  /// Sees to it that the file is fetched, or asked after if it is known. Nothing happens if that is
  /// under way, or if the queue is full: who still wants it will ask again.
  void fetch(const http::Url& url, Urgency urgency);
  [[nodiscard]] bool is_under_way(const http::Url& url) const;
  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  void start_next();
  void on_outcome(const http::Url& url, OriginFetch::Outcome outcome);

  OriginFetch::Surroundings surroundings_;
  const Clock& clock_;
  FileRegistry& registry_;
  Counters& counters_;
  Observer& observer_;
  std::function<void(const http::Url&)> on_end_;
  std::deque<http::Url> asked_;
  std::deque<http::Url> ahead_;
  std::map<http::Url, std::unique_ptr<OriginFetch>> running_;
};

}  // namespace alluvium::gateway
