#include "gateway/broadcaster/init.hpp"

#include "core/base/text.hpp"
#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "gateway/broadcaster/atomic_file.hpp"
#include "gateway/broadcaster/measure.hpp"
#include "gateway/broadcaster/media_folder.hpp"
#include "gateway/broadcaster/sidecars.hpp"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <set>
#include <stdexcept>
#include <utility>
#include <vector>

#include <unistd.h>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

/// The folder as it is really called, so that `.` and `music/` have a name too.
fs::path real_path(const fs::path& path) {
  std::error_code error;
  const fs::path real = fs::weakly_canonical(path, error);
  return error ? path : real;
}

/// Found out before hours of hashing rather than after.
void require_writable(const fs::path& output) {
  const fs::path folder = output.parent_path().empty() ? "." : output.parent_path();
  std::error_code error;
  if (fs::is_directory(output, error)) {
    throw std::runtime_error(printable(output.string()) + " is a folder, not a playlist");
  }
  if (!fs::is_directory(folder, error) || ::access(folder.c_str(), W_OK) != 0) {
    throw std::runtime_error(printable(folder.string()) +
                             " is not a folder that can be written to");
  }
}

fs::path below(const fs::path& path, const fs::path& folder) {
  return real_path(path).lexically_relative(real_path(folder));
}

bool is_below(const fs::path& path, const fs::path& folder) {
  const fs::path relative = below(path, folder);
  return !relative.empty() && *relative.begin() != "..";
}

/// Where the playlist itself will be found: below the base URL if it lies in the folder.
http::Url url_of_playlist(const fs::path& output, const fs::path& folder, const http::Url& base) {
  const fs::path place = is_below(output, folder) ? below(output, folder) : output.filename();
  const auto url = url_below(base, place.string());
  if (!url) throw std::runtime_error(url.error().message);
  return *url;
}

/// The playlist of an earlier run, if there is one. What stands there and is neither a playlist nor
/// called one was named by mistake.
std::optional<playlist::Playlist> earlier_playlist(const fs::path& output, const http::Url& base) {
  std::error_code error;
  const auto length = fs::file_size(output, error);
  if (error || length == 0) return std::nullopt;
  if (length <= playlist::max_playlist_bytes) {
    std::ifstream file(output, std::ios::binary);
    const std::string text(std::istreambuf_iterator<char>(file), {});
    if (auto earlier = playlist::read_rss(text, base)) return std::move(earlier->playlist);
  }
  const std::string extension = to_lower(output.extension().string());
  if (extension != ".rss" && extension != ".rdf" && extension != ".xml") {
    throw std::runtime_error(printable(output.string()) +
                             " is there already and is no playlist, so it is left as it is");
  }
  return std::nullopt;
}

std::vector<MeasuredFile> measured_files(const fs::path& folder, const fs::path& output,
                                         Console& console) {
  FoundFiles found = find_files(folder);
  std::erase_if(found.files, [own = real_path(output)](const FoundFile& file) {
    return real_path(file.path) == own;
  });
  for (const std::string& note : found.notes) console.note(note);
  std::vector<MeasuredFile> files;
  for (std::size_t i = 0; i < found.files.size(); ++i) {
    const FoundFile& file = found.files[i];
    console.progress(i + 1, found.files.size(), file.name);
    auto measured = measure(file);
    if (!measured) {
      console.note(printable(file.name) + " is left out: " + measured.error().message);
      continue;
    }
    for (const std::string& note : measured->notes) console.note(note);
    write_sidecars(file.path, measured->row, measured->file.facts);
    files.push_back(std::move(measured->file));
  }
  console.end_progress();
  return files;
}

void note_mixed_types(const std::vector<MeasuredFile>& files, Console& console) {
  std::set<std::string> types;
  for (const MeasuredFile& file : files) types.insert(file.facts.type);
  if (types.size() < 2) return;
  std::string list;
  for (const std::string& type : types) list += (list.empty() ? "" : ", ") + type;
  console.note("The files are of several types (" + list +
               "): players are cut off, and have to come back, whenever the type changes");
}

std::string rss_of(const playlist::Playlist& playlist, const http::Url& about) {
  std::string text = playlist::write_rss(playlist, about.text());
  if (text.size() > playlist::max_playlist_bytes) {
    throw std::runtime_error("the playlist would have " + human_bytes(text.size()) +
                             ", and listeners read no more than " +
                             human_bytes(playlist::max_playlist_bytes) +
                             "; fewer files or --days make it shorter");
  }
  return text;
}

std::string clock_like(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
  const auto two_digits = [](long long n) { return (n < 10 ? ":0" : ":") + std::to_string(n); };
  return std::to_string(seconds / 3'600) + two_digits(seconds / 60 % 60) + two_digits(seconds % 60);
}

std::string summary(const playlist::Playlist& playlist, const InitOptions& options,
                    const fs::path& output, const http::Url& about) {
  std::chrono::milliseconds total{};
  for (const playlist::Item& item : playlist.items) total += *item.duration;
  const std::string folder = printable(options.folder.string());
  const bool is_inside = is_below(output, options.folder);
  const std::size_t count = playlist.items.size();
  return std::to_string(count) + (count == 1 ? " item, " : " items, ") + clock_like(total) +
         ", in " + printable(output.string()) + "; upload " +
         (is_inside ? "the folder " + folder : "it and the folder " + folder) +
         " with its .thex and .thex.json files, so that listeners find " +
         (is_inside ? about.text() : options.base->text());
}

}  // namespace

std::string init(const InitOptions& options, WallTime now, Console& console) {
  const fs::path output = options.output.empty() ? options.folder / "playlist.rss" : options.output;
  std::error_code error;
  if (!fs::is_directory(options.folder, error)) {
    throw std::runtime_error(printable(options.folder.string()) + " is not a folder");
  }
  require_writable(output);
  const http::Url about = url_of_playlist(output, options.folder, *options.base);
  const auto earlier = earlier_playlist(output, about);

  const auto files = measured_files(options.folder, output, console);
  if (files.empty()) {
    throw std::runtime_error("there is nothing to broadcast in " +
                             printable(options.folder.string()));
  }
  note_mixed_types(files, console);

  StationPlan station{.base = *options.base, .gateway = options.gateway, .period = options.period};
  station.title = options.title.empty() ? valid_utf8(real_path(options.folder).filename().string())
                                        : valid_utf8(options.title);
  // Listeners would jump if a loop were counted from another instant than before.
  station.anchor = earlier && earlier->anchor
                       ? *earlier->anchor
                       : WallTime(std::chrono::floor<std::chrono::days>(now));
  const auto playlist = plan(files, station);
  if (!playlist) throw std::runtime_error(playlist.error().message);
  replace_if_different(output, rss_of(*playlist, about));
  return summary(*playlist, options, output, about);
}

}  // namespace alluvium::broadcaster
