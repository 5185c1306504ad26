#include "core/base/text.hpp"
#include "core/playlist/text_encoding.hpp"
#include "gateway/broadcaster/lists/lists.hpp"

#include <utility>

namespace alluvium::broadcaster {

namespace {

constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
constexpr std::string_view extended_info = "#EXTINF:";

bool is_web_address(std::string_view location) {
  const std::string start = to_lower(location.substr(0, 8));
  return start.starts_with("http://") || start.starts_with("https://") ||
         start.starts_with("file://");
}

/// The title of `#EXTINF:123 key="value",Title`: behind the first comma outside of quotes.
std::string title_of(std::string_view info) {
  bool is_quoted = false;
  for (std::size_t i = 0; i < info.size(); ++i) {
    if (info[i] == '"') is_quoted = !is_quoted;
    if (info[i] == ',' && !is_quoted) return playlist::one_line(info.substr(i + 1));
  }
  return {};
}

Error at_line(std::size_t number, const char* problem) {
  return Error{"line " + std::to_string(number) + ": " + problem};
}

}  // namespace

Result<std::vector<ListEntry>> parse_m3u(std::string_view text) {
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  std::vector<ListEntry> entries;
  std::string title;
  std::size_t number = 0;
  for (const std::string_view raw : split(text, '\n')) {
    ++number;
    const std::string_view line = trimmed(raw);
    if (line.find('\0') != std::string_view::npos) return at_line(number, "it is not text");
    if (line.starts_with("#EXT-X-")) {
      return at_line(number, "it lists the pieces of one stream (HLS), not files");
    }
    if (line.starts_with(extended_info)) title = title_of(line.substr(extended_info.size()));
    if (line.empty() || line[0] == '#') continue;
    if (entries.size() == max_list_entries) return at_line(number, "it has too many entries");
    ListEntry entry{.location = std::string(line)};
    entry.is_uri = is_web_address(line);
    entry.title = std::exchange(title, {});
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace alluvium::broadcaster
