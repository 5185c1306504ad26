#include "gateway/file_lookup.hpp"

namespace alluvium::gateway {

FileLookup::FileLookup(const Clock& clock, const OriginPolicy& policy, const FileRegistry& registry,
                       Stations& stations, FileFetcher& fetcher, FetchBudgets& budgets,
                       WaitingRoom& waiting, Counters& counters)
    : clock_(clock),
      policy_(policy),
      registry_(registry),
      stations_(stations),
      fetcher_(fetcher),
      budgets_(budgets),
      waiting_(waiting),
      counters_(counters) {}

FileLookup::Answer FileLookup::ask(const http::Url& url, const net::IpAddress& client) {
  const Instant now = clock_.now();
  const bool permitted = may_fetch(url);
  if (auto file = registry_.by_url(url)) {
    const bool is_due = permitted && registry_.age(url, now) >= confirm_after;
    if (is_due && !fetcher_.is_under_way(url) && !budgets_.take_check(url.host(), client, now)) {
      fetcher_.fetch(url, FileFetcher::Urgency::asked);
    }
    return file;
  }
  // Its row is being fetched; the whole part never is.
  if (const auto* item = stations_.find(url); item != nullptr && item->is_live) {
    return Unavailable{};
  }
  if (permitted) {
    if (registry_.has_failed_lately(url, now)) {
      ++counters_.refused_lately_failed;
      return Unavailable{};
    }
    if (fetcher_.is_under_way(url)) {
      fetcher_.fetch(url, FileFetcher::Urgency::asked);
      return Pending{};
    }
    if (const auto refusal = budgets_.take_url(url.host(), client, now)) {
      note(*refusal);
      return Exhausted{};
    }
    fetcher_.fetch(url, FileFetcher::Urgency::asked);
    return Pending{};
  }
  if (stations_.look_again()) return Pending{};
  ++counters_.refused_urls;
  return Unavailable{};
}

void FileLookup::doubt(const http::Url& url, const net::IpAddress& client) {
  const Instant now = clock_.now();
  if (!registry_.by_url(url) || !may_fetch(url) || fetcher_.is_under_way(url)) return;
  std::erase_if(doubted_, [&](const auto& entry) { return now - entry.second >= doubt_pause; });
  if (doubted_.count(url) > 0) return;
  if (const auto refusal = budgets_.take_url(url.host(), client, now)) return note(*refusal);
  doubted_[url] = now;
  fetcher_.fetch_again(url);
}

bool FileLookup::may_wait(const net::IpAddress& client) {
  if (waiting_.has_place_for(client)) return true;
  ++counters_.waits_refused;
  return false;
}

void FileLookup::note(FetchBudgets::Refusal refusal) {
  ++(refusal == FetchBudgets::Refusal::client_urls ? counters_.refused_client_budget
                                                   : counters_.refused_origin_budget);
}

}  // namespace alluvium::gateway
