#include "gateway/file_lookup.hpp"

namespace alluvium::gateway {

FileLookup::FileLookup(const Clock& clock, const OriginPolicy& policy, const FileRegistry& registry,
                       Stations& stations, FileFetcher& fetcher, WaitingRoom& waiting,
                       Counters& counters)
    : clock_(clock),
      policy_(policy),
      registry_(registry),
      stations_(stations),
      fetcher_(fetcher),
      waiting_(waiting),
      counters_(counters) {}

FileLookup::Answer FileLookup::ask(const http::Url& url) {
  const Instant now = clock_.now();
  const bool permitted = policy_.permits(url) || stations_.name(url);
  if (auto file = registry_.by_url(url)) {
    // Without validators the only way to ask would be to fetch the file whole.
    if (permitted && file->has_validators() && registry_.age(url, now) >= confirm_after) {
      fetcher_.fetch(url, FileFetcher::Urgency::asked);
    }
    return file;
  }
  if (permitted) {
    if (registry_.has_failed_lately(url, now)) return Unavailable{};
    fetcher_.fetch(url, FileFetcher::Urgency::asked);
    return Pending{};
  }
  if (stations_.look_again()) return Pending{};
  ++counters_.refused_urls;
  return Unavailable{};
}

}  // namespace alluvium::gateway
