#include "gateway/broadcaster/init_command.hpp"

#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "gateway/broadcaster/base_url.hpp"
#include "gateway/broadcaster/lists/lists.hpp"

#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

namespace {

Error about(std::string_view option, const std::string& problem) {
  return Error{std::string(option) + ": " + problem};
}

std::filesystem::path folder_of(const std::filesystem::path& list) {
  return list.parent_path().empty() ? "." : list.parent_path();
}

}  // namespace

CLI::App& add_init_command(CLI::App& program, InitWords& words) {
  CLI::App& command = *program.add_subcommand(
      "init",
      "Makes a station of a folder, a list or a podcast: measures and hashes every file, writes\n"
      "NAME.thex and NAME.thex.json beside each, and a playlist. Safe to run again.");
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_option("SOURCE", words.source,
                     "The folder with the music, or a list (.m3u, .m3u8, .xspf) in it");
  CLI::Option* feed =
      command.add_option("--feed", words.feed, "A podcast (RSS 2.0 or Atom) instead of a folder")
          ->type_name("URL");
  command.add_option("--latest", words.latest, "How many entries of the feed (default: 10)")
      ->type_name("N")
      ->check(CLI::Range(1, 10'000))
      ->needs(feed);
  command.add_option("--base", words.base, "URL at which the folder will be found on the web")
      ->type_name("URL")
      ->required();
  command
      .add_option("-o,--output", words.output, "The playlist (default: playlist.rss in the folder)")
      ->type_name("FILE");
  command.add_option("--title", words.title, "Name of the station (default: the folder's)")
      ->type_name("TEXT");
  command.add_option("--gateway", words.gateway, "Gateway that listeners shall ask")
      ->type_name("URL");
  CLI::Option* start =
      command
          .add_option("--start", words.start,
                      "Instant of the first broadcast, such as 2030-01-31T18:00:00+01:00; without "
                      "it the files play in a loop for ever")
          ->type_name("W3CDTF");
  command.add_option("--days", words.days, "How many days to fill from --start on (default: 7)")
      ->type_name("N")
      ->check(CLI::Range(1, 3'660))
      ->needs(start);
  CLI::Option* order =
      command.add_option("--order", words.order, "name, tags or shuffle (default: as they stand)")
          ->type_name("ORDER");
  command.add_option("--seed", words.seed, "Another number, another shuffle (default: 1)")
      ->type_name("N")
      ->needs(order);
  command.add_flag("--sealed", words.is_sealed,
                   "Titles are in the playlist only once they are on air; for runs by cron");
  command.add_flag("--rescan", words.measures_all, "Measures files that seem unchanged, too");
  command.add_flag("-q,--quiet", words.is_quiet, "Says nothing but why it failed");
  return command;
}

Result<ReadInitOptions> read_init_options(const InitWords& words) {
  ReadInitOptions read;
  InitOptions& options = read.options;
  if (words.source.empty() == words.feed.empty()) {
    return Error{words.feed.empty() ? "SOURCE is required: a folder or a list"
                                    : "either a folder or --feed, not both"};
  }
  options.source = words.source;
  options.folder = is_list(options.source) ? folder_of(options.source) : options.source;
  options.output = words.output;
  options.latest = words.latest;
  options.seed = words.seed;
  options.is_sealed = words.is_sealed;
  options.measures_all = words.measures_all;
  if (!words.order.empty()) {
    const auto order = parse_order(words.order);
    if (!order) return about("--order", order.error().message);
    options.order = *order;
  }
  if (!words.feed.empty()) {
    auto feed = http::Url::parse(words.feed);
    if (!feed) return about("--feed", feed.error().message);
    options.feed = std::move(*feed);
    if (words.output.empty()) return Error{"--feed needs --output: where the playlist is to be"};
  }
  options.title = words.title;
  auto base = parse_base_url(words.base);
  if (!base) return about("--base", base.error().message);
  options.base = std::move(*base);
  if (!words.gateway.empty()) {
    auto gateway = parse_gateway_url(words.gateway);
    if (!gateway) return about("--gateway", gateway.error().message);
    options.gateway = std::move(*gateway);
  }
  if (!words.start.empty()) {
    const auto start = parse_w3cdtf(words.start);
    if (!start) return about("--start", start.error().message);
    options.period = Period{.start = start->time};
    if (words.days != 0) options.period->days = std::chrono::days(words.days);
    if (start->zone_missing) {
      read.notes.push_back("--start names no time zone and is read as UTC: " +
                           format_w3cdtf(start->time));
    }
  }
  return read;
}

}  // namespace alluvium::broadcaster
