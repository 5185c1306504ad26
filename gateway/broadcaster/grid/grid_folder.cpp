#include "gateway/broadcaster/grid/grid_folder.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/programme.hpp"

#include <set>
#include <stdexcept>
#include <utility>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

/// Everything that the grid says is to be played.
std::set<std::string> sources_of(const Grid& grid) {
  std::set<std::string> sources{grid.fill, grid.filler, grid.jingles};
  for (const Show& show : grid.shows) sources.insert(show.play);
  sources.erase("");
  return sources;
}

/// The names of the files that a source consists of, in their order.
std::vector<std::string> names_of(const std::string& source, const Grid& grid,
                                  const FoundFiles& found, Console& console) {
  const fs::path path = grid.folder / source;
  if (is_list(path)) {
    const auto entries = read_list(path);
    if (!entries) throw std::runtime_error(entries.error().message);
    const ListedFiles listed = resolve_list(*entries, path, grid.folder);
    for (const std::string& note : listed.notes) console.note(note);
    std::vector<std::string> names;
    for (const ListedFile& file : listed.files) {
      if (!file.entry) names.push_back(file.name);
    }
    if (names.size() < listed.files.size()) {
      console.note(printable(source) + ": what is on the web cannot be in a grid and is left out");
    }
    return names;
  }
  std::string prefix = fs::path(source).lexically_normal().generic_string();
  if (prefix == "." || prefix == "./") prefix.clear();
  std::vector<std::string> names;
  for (const FoundFile& file : found.files) {
    const bool is_it = file.name == prefix;
    const bool is_in_it =
        prefix.empty() || file.name.starts_with(prefix + (prefix.ends_with('/') ? "" : "/"));
    if (is_it || is_in_it) names.push_back(file.name);
  }
  return names;
}

}  // namespace

GridFiles read_grid_files(const Grid& grid, const StationOutput& output, bool measures_all,
                          Console& console) {
  const FoundFiles found = find_files(grid.folder);
  std::map<std::string, std::vector<std::string>> names;
  std::set<std::string> wanted;
  for (const std::string& source : sources_of(grid)) {
    names[source] = names_of(source, grid, found, console);
    wanted.insert(names[source].begin(), names[source].end());
  }
  const ScanOptions scan{.catalogue = catalogue_of(output.path()), .forgets = measures_all};
  const auto is_unwanted = [&](const FoundFile& file) {
    return output.is(file.path) || !wanted.contains(file.name);
  };
  GridFiles files;
  files.files = read_folder(grid.folder, is_unwanted, scan, console).files;
  std::map<std::string, std::size_t> places;
  for (std::size_t i = 0; i < files.files.size(); ++i) places[files.files[i].name] = i;
  for (const auto& [source, list] : names) {
    std::vector<std::size_t>& indices = files.sources[source];
    for (const std::string& name : list) {
      const auto place = places.find(name);
      if (place != places.end()) indices.push_back(place->second);
    }
    if (indices.empty()) {
      console.note("There is nothing to play in " + printable((grid.folder / source).string()));
    }
  }
  return files;
}

}  // namespace alluvium::broadcaster
