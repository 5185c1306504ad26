#include "gateway/file_fetcher.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

namespace {

/// What may be shown to everybody. Why nobody could be connected to is for the log alone.
std::string shown(const OriginFetch::Failed& failed) {
  return failed.why == OriginFetch::Trouble::no_answer ? "its origin gave no answer"
                                                       : failed.message;
}

}  // namespace

FileFetcher::FileFetcher(OriginFetch::Surroundings surroundings, const Clock& clock,
                         FileRegistry& registry, FetchBudgets& budgets, Counters& counters,
                         Observer& observer, std::function<void(const http::Url&)> on_end)
    : surroundings_(std::move(surroundings)),
      clock_(clock),
      registry_(registry),
      budgets_(budgets),
      counters_(counters),
      observer_(observer),
      on_end_(std::move(on_end)) {
  surroundings_.answer_within = budgets.limits().origin_patience;
}

std::optional<OriginFetch::Failed> FileFetcher::judge(const http::ClientResponse& head,
                                                      std::uint64_t length, Urgency urgency) {
  using Trouble = OriginFetch::Trouble;
  const FetchLimits& limits = budgets_.limits();
  if (length > limits.max_file_bytes) {
    return OriginFetch::Failed{Trouble::too_large,
                               "the file has " + human_bytes(length) + ", more than the " +
                                   human_bytes(limits.max_file_bytes) + " that are permitted"};
  }
  const std::string_view type = head.headers.find("Content-Type").value_or("");
  if (!is_permitted_type(limits.types, type)) {
    return OriginFetch::Failed{Trouble::wrong_type, "the origin says the file is " +
                                                        printable(type, 100) +
                                                        ", which is not a type that is permitted"};
  }
  // Where redirects led is who pays.
  const auto purpose =
      urgency == Urgency::asked ? FetchBudgets::Purpose::client : FetchBudgets::Purpose::station;
  if (!budgets_.take_bytes(head.url.host(), length, purpose, clock_.now())) {
    return OriginFetch::Failed{Trouble::origin_budget,
                               "as much as is permitted in a day was fetched from " +
                                   printable(head.url.host()) + " already"};
  }
  return std::nullopt;
}

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
  if (std::find(queue.begin(), queue.end(), url) != queue.end()) return;
  if (queue.size() >= longest_queue) {
    ++counters_.refused_queue_full;
    return;
  }
  queue.push_back(url);
  start_next();
}

void FileFetcher::fetch_again(const http::Url& url) {
  if (is_under_way(url)) return;
  doubted_.insert(url);
  fetch(url, Urgency::asked);
  if (!is_under_way(url)) doubted_.erase(url);
}

void FileFetcher::start_next() {
  while (start_first_of(asked_, Urgency::asked) || start_first_of(ahead_, Urgency::ahead)) {
  }
}

bool FileFetcher::start_first_of(std::deque<http::Url>& queue, Urgency urgency) {
  const auto first = std::find_if(queue.begin(), queue.end(), [&](const http::Url& url) {
    return budgets_.has_slot(url.host());
  });
  if (first == queue.end()) return false;
  const http::Url url = std::move(*first);
  queue.erase(first);
  start(url, urgency);
  return true;
}

void FileFetcher::start(const http::Url& url, Urgency urgency) {
  ++counters_.fetches_started;
  budgets_.begin(url.host());
  const auto known = doubted_.erase(url) > 0 ? nullptr : registry_.by_url(url);
  OriginFetch::Surroundings surroundings = surroundings_;
  surroundings.judge = [this, urgency](const http::ClientResponse& head, std::uint64_t length) {
    return judge(head, length, urgency);
  };
  running_[url] = std::make_unique<OriginFetch>(
      surroundings, url, known.get(),
      [this, url](OriginFetch::Outcome outcome) { on_outcome(url, std::move(outcome)); });
}

void FileFetcher::on_outcome(const http::Url& url_of_fetch, OriginFetch::Outcome outcome) {
  // The reference lives in the fetch, which ends here.
  const http::Url url = url_of_fetch;
  const auto ended = running_.extract(url);
  budgets_.end(url.host());
  counters_.fetched_bytes += ended.mapped()->received_bytes();
  const Instant now = clock_.now();
  if (const auto* fetched = std::get_if<OriginFetch::Fetched>(&outcome)) {
    const auto before = registry_.by_url(url);
    registry_.add(fetched->file, now);
    if (before && before->root() != fetched->file->root()) {
      ++counters_.files_replaced;
      observer_.on_file_replaced(*fetched->file, before->root());
    }
    observer_.on_file_known(*fetched->file);
    if (!fetched->kept) observer_.on_file_not_kept(url, fetched->kept.error().message);
  } else if (std::holds_alternative<OriginFetch::Unchanged>(outcome)) {
    ++counters_.fetches_unchanged;
    registry_.confirm(url, now);
  } else if (std::holds_alternative<OriginFetch::Changed>(outcome)) {
    fetch_again(url);
  } else {
    on_failed(url, std::get<OriginFetch::Failed>(outcome));
  }
  start_next();
  on_end_(url);
}

void FileFetcher::on_failed(const http::Url& url, const OriginFetch::Failed& failed) {
  using Trouble = OriginFetch::Trouble;
  switch (failed.why) {
    case Trouble::no_answer:
      ++counters_.failed_no_answer;
      break;
    case Trouble::not_a_file:
      ++counters_.failed_not_a_file;
      break;
    case Trouble::too_large:
      ++counters_.failed_too_large;
      break;
    case Trouble::wrong_type:
      ++counters_.failed_wrong_type;
      break;
    case Trouble::origin_budget:
      ++counters_.failed_origin_budget;
      break;
  }
  registry_.fail(url, shown(failed), clock_.now());
  observer_.on_file_failed(url, failed.message);
}

}  // namespace alluvium::gateway
