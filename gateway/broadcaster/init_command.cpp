#include "gateway/broadcaster/init_command.hpp"

#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"

#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

namespace {

Error about(std::string_view option, const std::string& problem) {
  return Error{std::string(option) + ": " + problem};
}

/// As everywhere, either the gateway's base or the address that is looked up there.
Result<http::Url> read_gateway(std::string_view text) {
  constexpr std::string_view lookup_path = "/gateway/head";
  while (text.ends_with('/')) text.remove_suffix(1);
  if (text.ends_with(lookup_path)) text.remove_suffix(lookup_path.size());
  return http::Url::parse(text);
}

Result<http::Url> read_base(const std::string& text) {
  auto url = http::Url::parse(text);
  if (!url) return url.error();
  if (url->path() != url->target()) return Error{"the URL of a folder has no query"};
  if (url->path().ends_with('/')) return url;
  return http::Url::parse(url->text() + "/");
}

}  // namespace

CLI::App& add_init_command(CLI::App& program, InitWords& words) {
  CLI::App& command = *program.add_subcommand(
      "init",
      "Makes a station of a folder: measures and hashes every file in it and below, writes\n"
      "NAME.thex and NAME.thex.json beside each, and a playlist. Safe to run again.");
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_option("DIR", words.folder, "The folder with the music")->required();
  command.add_option("--base", words.base, "URL at which the folder will be found on the web")
      ->type_name("URL")
      ->required();
  command.add_option("-o,--output", words.output, "The playlist (default: DIR/playlist.rss)")
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
  return command;
}

Result<ReadInitOptions> read_init_options(const InitWords& words) {
  ReadInitOptions read;
  InitOptions& options = read.options;
  options.folder = words.folder;
  options.output = words.output;
  options.title = words.title;
  auto base = read_base(words.base);
  if (!base) return about("--base", base.error().message);
  options.base = std::move(*base);
  if (!words.gateway.empty()) {
    auto gateway = read_gateway(words.gateway);
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
