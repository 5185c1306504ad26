#include "gateway/file_fetcher.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

FileFetcher::FileFetcher(OriginFetch::Surroundings surroundings, const Clock& clock,
                         FileRegistry& registry, Counters& counters, Observer& observer,
                         std::function<void(const http::Url&)> on_end)
    : surroundings_(std::move(surroundings)),
      clock_(clock),
      registry_(registry),
      counters_(counters),
      observer_(observer),
      on_end_(std::move(on_end)) {}

bool FileFetcher::is_under_way(const http::Url& url) const {
  const auto waits_in = [&](const std::deque<http::Url>& queue) {
    return std::find(queue.begin(), queue.end(), url) != queue.end();
  };
  return running_.count(url) > 0 || waits_in(asked_) || waits_in(ahead_);
}

void FileFetcher::fetch(const http::Url& url, Urgency urgency) {
  if (running_.count(url) > 0) return;
  const auto in_asked = std::find(asked_.begin(), asked_.end(), url);
  if (in_asked != asked_.end()) return;
  if (urgency == Urgency::asked) std::erase(ahead_, url);
  std::deque<http::Url>& queue = urgency == Urgency::asked ? asked_ : ahead_;
  if (queue.size() >= longest_queue || std::find(queue.begin(), queue.end(), url) != queue.end()) {
    return;
  }
  queue.push_back(url);
  start_next();
}

void FileFetcher::start_next() {
  while (running_.size() < concurrent_fetches && !(asked_.empty() && ahead_.empty())) {
    std::deque<http::Url>& queue = asked_.empty() ? ahead_ : asked_;
    const http::Url url = std::move(queue.front());
    queue.pop_front();
    ++counters_.fetches_started;
    running_[url] = std::make_unique<OriginFetch>(
        surroundings_, url, registry_.by_url(url).get(),
        [this, url](OriginFetch::Outcome outcome) { on_outcome(url, std::move(outcome)); });
  }
}

void FileFetcher::on_outcome(const http::Url& url_of_fetch, OriginFetch::Outcome outcome) {
  // The reference lives in the fetch, which ends here.
  const http::Url url = url_of_fetch;
  const auto ended = running_.extract(url);
  counters_.fetched_bytes += ended.mapped()->received_bytes();
  const Instant now = clock_.now();
  if (const auto* fetched = std::get_if<OriginFetch::Fetched>(&outcome)) {
    registry_.add(fetched->file, now);
    observer_.on_file_known(*fetched->file);
    if (!fetched->kept) observer_.on_file_not_kept(url, fetched->kept.error().message);
  } else if (std::holds_alternative<OriginFetch::Unchanged>(outcome)) {
    ++counters_.fetches_unchanged;
    registry_.confirm(url, now);
  } else {
    ++counters_.fetches_failed;
    // A known file stays known while its origin is away: listeners share it.
    if (registry_.by_url(url)) {
      registry_.confirm(url, now);
    } else {
      registry_.fail(url, now);
    }
    observer_.on_file_failed(url, std::get<Error>(outcome).message);
  }
  start_next();
  on_end_(url);
}

}  // namespace alluvium::gateway
