#include "gateway/broadcaster/grid/grid_command.hpp"

#include "core/base/text.hpp"
#include "gateway/broadcaster/grid/grid_file.hpp"
#include "gateway/broadcaster/grid/grid_folder.hpp"
#include "gateway/broadcaster/programme.hpp"

#include <filesystem>
#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

namespace fs = std::filesystem;

namespace {

/// Whether the grid, or a list it names, was written after the playlist.
bool is_edited(const fs::path& grid_file, const Grid& grid) {
  std::error_code error;
  const auto made = fs::last_write_time(grid.output, error);
  if (error) return false;
  std::vector<fs::path> sources{grid_file, grid.folder / grid.fill, grid.folder / grid.filler,
                                grid.folder / grid.jingles};
  for (const Show& show : grid.shows) sources.push_back(grid.folder / show.play);
  for (const fs::path& source : sources) {
    if (source != grid_file && !fs::is_regular_file(source, error)) continue;
    const auto written = fs::last_write_time(source, error);
    if (!error && written > made) return true;
  }
  return false;
}

}  // namespace

CLI::App& add_grid_command(CLI::App& program, GridWords& words) {
  CLI::App& command = *program.add_subcommand(
      "grid",
      "Makes the playlist of the coming days out of a weekly plan, or goes on with it. Made to\n"
      "be run again and again by cron: what listeners hold already is not moved.");
  command.add_option("FILE", words.file, "The weekly plan (TOML)")->required();
  command.add_flag("--rescan", words.measures_all, "Measures files that seem unchanged, too");
  command.add_flag("-q,--quiet", words.is_quiet, "Says nothing but why it failed");
  return command;
}

std::string run_grid(const GridWords& words, WallTime now, Console& console) {
  const auto grid = read_grid(words.file);
  if (!grid) throw std::runtime_error(grid.error().message);
  const auto zone = Zone::find(grid->zone);
  if (!zone) throw std::runtime_error(printable(words.file) + ": " + zone.error().message);
  const StationOutput output(grid->output, grid->folder, grid->base);
  const GridFiles files = read_grid_files(*grid, output, words.measures_all, console);
  GridMoment moment{.now = now};
  if (output.earlier()) moment.earlier = &*output.earlier();
  moment.is_edited = is_edited(words.file, *grid);
  const auto planned = plan_grid(*grid, *zone, files, moment);
  if (!planned) throw std::runtime_error(planned.error().message);
  for (const std::string& note : planned->notes) console.note(note);
  note_mixed_files(files.files, console);
  const bool is_new = output.write(planned->playlist);

  WallTime last = now;
  for (const playlist::Item& item : planned->playlist.items) {
    if (item.end) last = std::max(last, *item.end);
  }
  return std::to_string(planned->playlist.items.size()) + " items until " + zone->text(last) +
         ", in " + printable(output.path().string()) +
         (is_new ? "; upload the folder " + printable(grid->folder.string()) +
                       ", so that listeners find " + output.url().text()
                 : ", which is unchanged");
}

}  // namespace alluvium::broadcaster
