#include "gateway/coming_watch.hpp"

#include "core/base/text.hpp"
#include "gateway/coming_items.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

namespace {

bool is_of_same_file(const ComingTrouble& a, const ComingTrouble& b) {
  return a.station == b.station && a.url == b.url;
}

/// Whether it is said already. In a loop a file is due again and again, which is no news.
bool contains(const std::vector<ComingTrouble>& troubles, const ComingTrouble& one) {
  return std::any_of(troubles.begin(), troubles.end(), [&](const ComingTrouble& other) {
    return is_of_same_file(one, other) && one.kind == other.kind && one.text == other.text;
  });
}

}  // namespace

void ComingWatch::look() {
  expected_.clear();
  const WallTime now = clock_.wall_now();
  for (const auto& station : stations_.all()) {
    if (!station->playlist()) continue;
    for (const auto& coming : coming_items(*station->playlist(), now)) {
      const playlist::Item& item = station->playlist()->items[coming.item];
      if (item.is_live) continue;
      expected_.push_back(
          {station->url(), item.display_title(), item.url, coming.due, item.root, item.length});
    }
  }
  for (const auto& expected : expected_) ask_after(expected.url);
  assess();
}

void ComingWatch::rest() {
  expected_.clear();
  troubles_.clear();
}

void ComingWatch::ask_after(const http::Url& url) {
  const Instant now = clock_.now();
  if (fetcher_.is_under_way(url)) return;
  if (registry_.by_url(url)) {
    if (registry_.age(url, now) < ask_again_after) return;
    if (budgets_.take_check(url.host(), std::nullopt, now)) return;
  } else {
    if (registry_.has_failed_lately(url, now)) return;
    if (budgets_.take_url(url.host(), std::nullopt, now)) return;
  }
  fetcher_.fetch(url, FileFetcher::Urgency::ahead);
}

void ComingWatch::assess() {
  std::vector<ComingTrouble> troubles;
  for (const auto& expected : expected_) {
    if (auto trouble = trouble_of(expected)) troubles.push_back(std::move(*trouble));
  }
  std::swap(troubles, troubles_);
  for (const auto& trouble : troubles_) {
    if (!contains(troubles, trouble)) observer_.on_coming_trouble(trouble);
  }
  for (const auto& settled : troubles) {
    const bool is_still_wrong = std::any_of(
        troubles_.begin(), troubles_.end(),
        [&](const ComingTrouble& trouble) { return is_of_same_file(trouble, settled); });
    if (!is_still_wrong) observer_.on_coming_settled(settled);
  }
}

std::optional<ComingTrouble> ComingWatch::trouble_of(const Expected& expected) const {
  const auto with = [&](ComingTrouble::Kind kind, std::string text) {
    return ComingTrouble{expected.station, expected.title, expected.url,
                         expected.due,     kind,           std::move(text)};
  };
  const auto file = registry_.by_url(expected.url);
  if (file && expected.root && *expected.root != file->root()) {
    return with(
        ComingTrouble::Kind::contradicted,
        "the file at the origin is not the one the playlist names: it is " + file->root().urn());
  }
  if (file && expected.length && *expected.length != file->facts.length) {
    return with(ComingTrouble::Kind::contradicted,
                "the file has " + std::to_string(file->facts.length) +
                    " bytes, but the playlist says " + std::to_string(*expected.length));
  }
  const auto failure = registry_.last_failure(expected.url);
  if (failure.empty()) return std::nullopt;
  return with(ComingTrouble::Kind::missing, std::string(failure));
}

}  // namespace alluvium::gateway
