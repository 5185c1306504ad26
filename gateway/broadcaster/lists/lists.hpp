#pragma once

#include "core/base/result.hpp"
#include "gateway/broadcaster/lists/list_entry.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::broadcaster {

/// Reads M3U: one location a line, `#EXTINF:seconds,title` before it. The error names the line. A
/// list of the pieces of one stream (HLS, RFC 8216) is refused.
[[nodiscard]] Result<std::vector<ListEntry>> parse_m3u(std::string_view text);

/// Reads XSPF 1 (https://www.xspf.org/spec): of each track its first location, title and creator.
/// Tracks without a location are left out.
[[nodiscard]] Result<std::vector<ListEntry>> parse_xspf(std::string_view text);

/// Whether a file of this name is read as a list: .m3u, .m3u8 or .xspf.
[[nodiscard]] bool is_list(const std::filesystem::path& path);

/// Reads a list from disk, the format by its name. The error begins with the list's name.
[[nodiscard]] Result<std::vector<ListEntry>> read_list(const std::filesystem::path& path);

/// What a list names: files within `folder`, as their names there, and files on the web.
struct ListedFile {
  std::string name;                ///< Path within the folder; empty if it is on the web.
  std::optional<FeedEntry> entry;  ///< If it is on the web.
};
struct ListedFiles {
  std::vector<ListedFile> files;   ///< In the list's order; a file may come again.
  std::vector<std::string> notes;  ///< What was left out, and why.
};

/// Finds out what the entries of the list at `list` mean. Locations are relative to the list's own
/// folder; `\` separates as well where there is no such file otherwise. What lies outside `folder`
/// is left out, as it has no address below the station's.
[[nodiscard]] ListedFiles resolve_list(const std::vector<ListEntry>& entries,
                                       const std::filesystem::path& list,
                                       const std::filesystem::path& folder);

}  // namespace alluvium::broadcaster
