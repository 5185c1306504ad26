#include "gateway/broadcaster/as_run/as_run_command.hpp"

#include "core/base/text.hpp"
#include "core/playlist/schedule.hpp"
#include "core/time/w3cdtf.hpp"
#include "gateway/broadcaster/as_run/as_run.hpp"
#include "gateway/broadcaster/check/playlist_check.hpp"
#include "gateway/broadcaster/zone/chosen_zone.hpp"

#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

namespace {

constexpr auto longest = std::chrono::days(367);

/// A day alone is its beginning on the wall's clock, an instant is itself.
WallTime read_instant(const std::string& option, const std::string& text, const Zone& zone) {
  const auto read = parse_w3cdtf(text);
  if (!read) throw std::runtime_error(option + ": " + read.error().message);
  if (!read->zone_missing) return read->time;
  return zone.instant_of(LocalTime(read->time.time_since_epoch()));
}

/// Dated items that are over are dropped some day: what is asked for may have been longer ago.
bool may_lack_the_beginning(const playlist::Playlist& playlist, WallTime from) {
  const playlist::Schedule schedule(playlist);
  if (schedule.loops()) return false;
  for (const playlist::Item& item : playlist.items) {
    if (item.start && *item.start <= from) return false;
  }
  return true;
}

}  // namespace

CLI::App& add_as_run_command(CLI::App& program, AsRunWords& words) {
  CLI::App& command = *program.add_subcommand(
      "as-run", "Prints what was on air, with times, as CSV for royalty reports.");
  command.add_option("STATION", words.station, "The playlist: a file, or its URL")->required();
  command
      .add_option("--from", words.from,
                  "Day or instant from which on, such as 2026-01-31 (default: yesterday)")
      ->type_name("W3CDTF");
  command.add_option("--to", words.to, "Day or instant until which (default: a day later)")
      ->type_name("W3CDTF");
  command
      .add_option("--zone", words.zone, "Time zone of days without one (default: this machine's)")
      ->type_name("ZONE");
  return command;
}

std::string run_as_run(const AsRunWords& words, WallTime now, Web& web, Console& console) {
  const Zone zone = chosen_zone(words.zone);
  const auto day_after = [&](WallTime time, int days) {
    const auto local = std::chrono::floor<std::chrono::days>(zone.local(time));
    return zone.instant_of(LocalTime(local + std::chrono::days(days)));
  };
  const WallTime from =
      words.from.empty() ? day_after(now, -1) : read_instant("--from", words.from, zone);
  const WallTime to = words.to.empty() ? day_after(from, 1) : read_instant("--to", words.to, zone);
  if (to - from > longest) throw std::runtime_error("--from and --to are more than a year apart");
  if (to <= from) throw std::runtime_error("--to is not later than --from");
  if (to > now)
    throw std::runtime_error("what is on air after now is not known: choose an earlier --to");
  Findings findings;
  const auto playlist = read_station(words.station, web, findings);
  if (!playlist) {
    throw std::runtime_error(findings.empty() ? "there is no playlist" : findings.back().sentence);
  }
  if (may_lack_the_beginning(*playlist, from)) {
    console.note("The playlist begins later than " + zone.text(from) +
                 ": what was on before is not in it any more");
  }
  return as_run_csv(*playlist, from, to, zone);
}

}  // namespace alluvium::broadcaster
