#include "gateway/broadcaster/grid/rolling.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace alluvium::broadcaster {

std::vector<KeptItem> kept_items(const playlist::Playlist& earlier,
                                 const std::vector<playlist::Item>& items, const KeepRule& rule) {
  std::unordered_map<std::string_view, std::size_t> files;
  for (std::size_t i = 0; i < items.size(); ++i) files.emplace(items[i].url.text(), i);
  std::vector<playlist::Item> dated;
  for (const playlist::Item& item : earlier.items) {
    if (item.is_filler || !item.start || !item.end || *item.end <= *item.start) continue;
    if (*item.end > rule.since) dated.push_back(item);
  }
  std::stable_sort(dated.begin(), dated.end(),
                   [](const auto& a, const auto& b) { return *a.start < *b.start; });
  std::vector<KeptItem> kept;
  for (playlist::Item& item : dated) {
    if (rule.until && *item.start >= *rule.until) break;
    const auto file = files.find(item.url.text());
    const bool is_same = file != files.end() && items[file->second].names_file_of(item) &&
                         items[file->second].duration == item.duration;
    if (!is_same && *item.start > rule.now) break;
    KeptItem keeps{.item = std::move(item), .file = std::nullopt};
    // Also of one that has become another file: it was heard under that name.
    if (file != files.end()) keeps.file = file->second;
    if (is_same) {
      // Titles are as the tags say now; one that was withheld comes back so.
      keeps.item.title = items[file->second].title;
      keeps.item.creator = items[file->second].creator;
      keeps.item.type = items[file->second].type;
    }
    kept.push_back(std::move(keeps));
  }
  return kept;
}

}  // namespace alluvium::broadcaster
