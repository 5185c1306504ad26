#pragma once

#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/library/library_entry.hpp"
#include "gateway/broadcaster/library/library_scan.hpp"
#include "gateway/broadcaster/lists/feed.hpp"
#include "gateway/broadcaster/lists/lists.hpp"
#include "gateway/broadcaster/web/web_files.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace alluvium::broadcaster {

/// Files that can be broadcast, and in which order they were named. Value type.
struct Programme {
  std::vector<MeasuredFile> files;
  std::vector<std::size_t> order;  ///< Indices; a file may come again.
};

/// All that stands in a folder, in byte order of names. `is_own` says which files are the
/// program's. What is left out and what is odd is told to `console`.
[[nodiscard]] Programme read_folder(const std::filesystem::path& folder,
                                    const std::function<bool(const FoundFile&)>& is_own,
                                    const ScanOptions& scan, Console& console);

/// What a list names, in its order: files beside it or below, and files on the web.
[[nodiscard]] Programme read_listed(const std::filesystem::path& list, const ScanOptions& scan,
                                    WebFiles& web, Console& console);

/// The first `most` entries of a feed, the oldest of them first: as a podcast is to be heard.
[[nodiscard]] Programme read_feed_entries(const Feed& feed, std::size_t most, WebFiles& web,
                                          Console& console);

/// Fetches a feed. Throws std::runtime_error with one sentence.
[[nodiscard]] Feed fetch_feed(const http::Url& url, Web& web);

/// Says what would be heard of files that do not go together.
void note_mixed_files(const std::vector<MeasuredFile>& files, Console& console);

}  // namespace alluvium::broadcaster
