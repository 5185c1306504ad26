#include "core/swarm/problems.hpp"

#include <algorithm>

namespace alluvium::swarm {

void Problems::report(const std::string& key, std::string text) {
  const auto [entry, is_new] = by_key_.try_emplace(key, Problem{text, clock_.wall_now()});
  if (!is_new && entry->second.text == text) return;
  entry->second.text = std::move(text);
  ++revision_;
}

void Problems::clear(std::string_view key) {
  const auto entry = by_key_.find(key);
  if (entry == by_key_.end()) return;
  by_key_.erase(entry);
  ++revision_;
}

void Problems::clear_all(std::string_view prefix) {
  const auto erased =
      std::erase_if(by_key_, [&](const auto& entry) { return entry.first.starts_with(prefix); });
  revision_ += erased;
}

void Problems::hold_back(const std::string& url) {
  held_back_.insert(url);
  ++revision_;
}

void Problems::show(const std::string& url) {
  const auto found = held_back_.find(url);
  if (found == held_back_.end()) return;
  held_back_.erase(found);
  ++revision_;
}

std::vector<Problem> Problems::list() const {
  std::vector<Problem> all;
  for (const auto& [key, problem] : by_key_) {
    // A key is a word, and for a file its URL after a colon.
    const auto colon = key.find(':');
    const std::string_view about = std::string_view(key).substr(colon + 1);
    if (colon == std::string::npos || !held_back_.contains(about)) all.push_back(problem);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Problem& a, const Problem& b) { return a.since < b.since; });
  return all;
}

}  // namespace alluvium::swarm
