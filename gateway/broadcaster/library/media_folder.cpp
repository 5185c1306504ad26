#include "gateway/broadcaster/library/media_folder.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <stdexcept>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

/// Hidden, or made by this program.
bool is_of_no_interest(const std::string& name) {
  return name.starts_with('.') || name.ends_with(".thex") || name.ends_with(".thex.json") ||
         name.ends_with(".rss");
}

/// Walks one folder after the other. An object of its own for the root, which every link is held
/// against.
class Walk {
 public:
  explicit Walk(const fs::path& root) : root_(fs::canonical(root)) {}

  void folder(const fs::path& path, const std::string& prefix);
  void named(const fs::path& path, const std::string& name);
  [[nodiscard]] FoundFiles take();

 private:
  void entry(const fs::directory_entry& entry, const std::string& name);
  void note(const std::string& name, const std::string& why) {
    found_.notes.push_back(printable(name) + " is left out: " + why);
  }
  [[nodiscard]] bool is_inside(const fs::path& target) const {
    return std::mismatch(root_.begin(), root_.end(), target.begin(), target.end()).first ==
           root_.end();
  }

  fs::path root_;
  FoundFiles found_;
};

void Walk::folder(const fs::path& path, const std::string& prefix) {
  std::error_code error;
  fs::directory_iterator entries(path, error);
  for (; !error && entries != fs::directory_iterator(); entries.increment(error)) {
    const std::string name = entries->path().filename().string();
    if (!is_of_no_interest(name)) entry(*entries, prefix + name);
  }
  if (!error) return;
  if (prefix.empty()) {
    throw std::runtime_error(printable(path.string()) + " cannot be read: " + error.message());
  }
  note(prefix, error.message());
}

void Walk::entry(const fs::directory_entry& entry, const std::string& name) {
  std::error_code error;
  const bool is_link = entry.is_symlink(error);
  if (is_link) {
    const fs::path target = fs::canonical(entry.path(), error);
    if (error) return note(name, "it is a link to nothing");
    if (!is_inside(target)) return note(name, "it is a link out of the folder");
  }
  if (entry.is_directory(error)) {
    // What a link to a folder inside leads to is found without it.
    if (!is_link) folder(entry.path(), name + "/");
    return;
  }
  if (!entry.is_regular_file(error)) return note(name, "it is not a file");
  const auto stamp = stamp_of(entry.path());
  if (!stamp) return note(name, "it is gone");
  found_.files.push_back({entry.path(), name, *stamp});
}

void Walk::named(const fs::path& path, const std::string& name) {
  std::error_code error;
  const fs::directory_entry named(path, error);
  if (error || !named.exists(error)) return note(name, "there is no such file");
  if (named.is_directory(error)) return note(name, "it is a folder");
  entry(named, name);
}

FoundFiles Walk::take() {
  std::sort(found_.files.begin(), found_.files.end(),
            [](const FoundFile& a, const FoundFile& b) { return a.name < b.name; });
  std::sort(found_.notes.begin(), found_.notes.end());
  return std::move(found_);
}

Walk walk_of(const fs::path& folder) {
  std::error_code error;
  if (!fs::is_directory(folder, error)) {
    throw std::runtime_error(printable(folder.string()) + " is not a folder");
  }
  return Walk(folder);
}

}  // namespace

std::optional<FileStamp> stamp_of(const fs::path& path) {
  std::error_code error;
  FileStamp stamp;
  stamp.length = fs::file_size(path, error);
  if (error) return std::nullopt;
  stamp.modified = fs::last_write_time(path, error).time_since_epoch().count();
  if (error) return std::nullopt;
  return stamp;
}

FoundFiles find_named_files(const fs::path& folder, const std::vector<std::string>& names) {
  Walk walk = walk_of(folder);
  for (const std::string& name : names) walk.named(folder / name, name);
  return walk.take();
}

FoundFiles find_files(const fs::path& folder) {
  Walk walk = walk_of(folder);
  walk.folder(folder, "");
  return walk.take();
}

}  // namespace alluvium::broadcaster
