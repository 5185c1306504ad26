#include "core/base/text.hpp"
#include "gateway/broadcaster/lists/lists.hpp"

#include <algorithm>
#include <fstream>
#include <utility>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view file_scheme = "file://";

bool is_on_web(const ListEntry& entry) {
  const std::string start = to_lower(std::string_view(entry.location).substr(0, 8));
  return entry.is_uri && (start.starts_with("http://") || start.starts_with("https://"));
}

/// The path that an entry means; nothing if it is no path of this machine.
std::optional<fs::path> path_of(const ListEntry& entry) {
  std::string_view location = entry.location;
  if (!entry.is_uri) return fs::path(location);
  if (to_lower(location.substr(0, file_scheme.size())) == file_scheme) {
    location.remove_prefix(file_scheme.size());
    // `file://localhost/x` and `file:///x` are the same.
    if (!location.starts_with('/'))
      location.remove_prefix(std::min(location.find('/'), location.size()));
  }
  auto decoded = percent_decoded(location);
  if (!decoded) return std::nullopt;
  return fs::path(*decoded);
}

/// The name within `folder`; empty if it lies elsewhere.
std::string name_within(const fs::path& folder, const fs::path& path) {
  // Without following links: a link in the folder has an address there.
  const fs::path relative = path.lexically_normal().lexically_relative(folder);
  if (relative.empty() || *relative.begin() == ".." || relative == ".") return {};
  return relative.generic_string();
}

fs::path real_place(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? fs::absolute(path, error).lexically_normal() : real;
}

fs::path existing(const fs::path& path) {
  std::error_code error;
  if (fs::exists(path, error)) return path;
  std::string text = path.string();
  std::replace(text.begin(), text.end(), '\\', '/');
  return fs::exists(text, error) ? fs::path(text) : path;
}

}  // namespace

ListedFiles resolve_list(const std::vector<ListEntry>& entries, const fs::path& list,
                         const fs::path& folder) {
  const fs::path beside = real_place(list).parent_path();
  const fs::path root = real_place(folder);
  ListedFiles listed;
  const auto leave_out = [&](const ListEntry& entry, const std::string& why) {
    listed.notes.push_back(printable(entry.location) + " is left out: " + why);
  };
  for (const ListEntry& entry : entries) {
    if (is_on_web(entry)) {
      auto url = http::Url::parse(entry.location);
      if (!url) {
        leave_out(entry, url.error().message);
        continue;
      }
      listed.files.push_back(
          {{}, FeedEntry{.url = std::move(*url), .title = entry.title, .creator = entry.creator}});
      continue;
    }
    const auto path = path_of(entry);
    if (!path) {
      leave_out(entry, "it is no address");
      continue;
    }
    const fs::path place = existing(beside / *path);
    std::string name = name_within(root, place);
    // The way to it may lead through links that the folder's own does not.
    if (name.empty()) name = name_within(root, real_place(place.parent_path()) / place.filename());
    if (name.empty()) {
      leave_out(entry, "it lies outside " + printable(root.string()) +
                           ", so that it has no address on the web");
      continue;
    }
    listed.files.push_back({std::move(name), std::nullopt});
  }
  return listed;
}

bool is_list(const fs::path& path) {
  const std::string extension = to_lower(path.extension().string());
  return extension == ".m3u" || extension == ".m3u8" || extension == ".xspf";
}

Result<std::vector<ListEntry>> read_list(const fs::path& path) {
  const std::string name = printable(path.string());
  std::ifstream file(path, std::ios::binary);
  if (!file || fs::is_directory(path)) return Error{name + " cannot be read"};
  std::string text(max_list_bytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > max_list_bytes) {
    return Error{name + " has more than " + human_bytes(max_list_bytes)};
  }
  const bool is_xspf = to_lower(path.extension().string()) == ".xspf";
  auto entries = is_xspf ? parse_xspf(text) : parse_m3u(text);
  if (!entries) return Error{name + ": " + entries.error().message};
  return entries;
}

}  // namespace alluvium::broadcaster
