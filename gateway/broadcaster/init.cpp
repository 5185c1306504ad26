#include "gateway/broadcaster/init.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/programme.hpp"
#include "gateway/broadcaster/sealed.hpp"
#include "gateway/broadcaster/station_output.hpp"

#include <chrono>
#include <stdexcept>
#include <utility>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

/// Where what is known of files on the web lies: hidden, beside the playlist.
fs::path web_catalogue_of(const fs::path& playlist) {
  return playlist.parent_path() / ("." + playlist.filename().string() + ".web");
}

std::string clock_like(std::chrono::milliseconds duration) {
  const auto seconds = std::chrono::round<std::chrono::seconds>(duration).count();
  const auto two_digits = [](long long n) { return (n < 10 ? ":0" : ":") + std::to_string(n); };
  return std::to_string(seconds / 3'600) + two_digits(seconds / 60 % 60) + two_digits(seconds % 60);
}

/// What is to be broadcast, and what the station is called if nobody says.
struct Material {
  Programme programme;
  std::string title;
};

Material read_material(const InitOptions& options, const StationOutput& output, Web& web,
                       Console& console) {
  const ScanOptions scan{.catalogue = catalogue_of(output.path()), .forgets = options.measures_all};
  Material material;
  if (options.source == options.folder && !options.feed) {
    material.title = real_path(options.folder).filename().string();
    const auto is_own = [&](const FoundFile& file) { return output.is(file.path); };
    material.programme = read_folder(options.folder, is_own, scan, console);
    return material;
  }
  WebFiles files(web, options.measures_all ? fs::path() : web_catalogue_of(output.path()));
  if (options.feed) {
    const Feed feed = fetch_feed(*options.feed, web);
    material.title = feed.title.empty() ? options.feed->host() : feed.title;
    material.programme = read_feed_entries(feed, options.latest, files, console);
  } else {
    material.title = options.source.stem().string();
    material.programme = read_listed(options.source, scan, files, console);
  }
  files.keep(web_catalogue_of(output.path()));
  return material;
}

std::string summary(const playlist::Playlist& playlist, const InitOptions& options,
                    const StationOutput& output) {
  std::chrono::milliseconds total{};
  for (const playlist::Item& item : playlist.items) total += *item.duration;
  const std::size_t count = playlist.items.size();
  const std::string made = std::to_string(count) + (count == 1 ? " item, " : " items, ") +
                           clock_like(total) + ", in " + printable(output.path().string());
  if (options.folder.empty()) {
    return made + "; upload it, so that listeners find " + output.url().text();
  }
  const std::string folder = printable(options.folder.string());
  return made + "; upload " +
         (output.is_in_folder() ? "the folder " + folder : "it and the folder " + folder) +
         " with its .thex and .thex.json files, so that listeners find " +
         (output.is_in_folder() ? output.url().text() : options.base->text());
}

fs::path output_path(const InitOptions& options) {
  return options.output.empty() ? options.folder / "playlist.rss" : options.output;
}

}  // namespace

std::string init(const InitOptions& options, WallTime now, Web& web, Console& console) {
  std::error_code error;
  if (!options.feed && !fs::exists(options.source, error)) {
    throw std::runtime_error("there is neither a folder nor a list at " +
                             printable(options.source.string()));
  }
  const StationOutput output(output_path(options), options.folder, *options.base);
  Material material = read_material(options, output, web, console);
  Programme& programme = material.programme;
  if (programme.order.empty()) {
    throw std::runtime_error(
        "there is nothing to broadcast in " +
        printable(options.feed ? options.feed->text() : options.source.string()));
  }
  note_mixed_files(programme.files, console);
  put_in_order(programme.order, programme.files, options.order, options.seed);

  StationPlan station{.base = *options.base, .gateway = options.gateway, .period = options.period};
  station.title = valid_utf8(options.title.empty() ? material.title : options.title);
  // Listeners would jump if a loop were counted from another instant than before.
  station.anchor = output.earlier() && output.earlier()->anchor
                       ? *output.earlier()->anchor
                       : WallTime(std::chrono::floor<std::chrono::days>(now));
  auto playlist = plan(programme.files, programme.order, station);
  if (!playlist) throw std::runtime_error(playlist.error().message);
  std::string made = summary(*playlist, options, output);
  if (options.is_sealed) seal(*playlist, now);
  output.write(*playlist);
  return made;
}

}  // namespace alluvium::broadcaster
