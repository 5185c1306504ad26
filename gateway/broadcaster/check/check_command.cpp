#include "gateway/broadcaster/check/check_command.hpp"

#include "gateway/broadcaster/check/report_text.hpp"
#include "gateway/broadcaster/zone/chosen_zone.hpp"

#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

CLI::App& add_check_command(CLI::App& program, CheckWords& words) {
  CLI::App& command = *program.add_subcommand(
      "check",
      "Proves what will go on air in the next days, and on the next two days on which clocks are\n"
      "set: looks at times, and at every file where listeners will look for it.");
  command.add_option("STATION", words.station, "The playlist: a file, or its URL")->required();
  command.add_option("--days", words.days, "How many days (default: 7)")
      ->type_name("N")
      ->check(CLI::Range(1, 366));
  command.add_option("--zone", words.zone, "Time zone to speak in (default: this machine's)")
      ->type_name("ZONE");
  command.add_flag("--whole", words.reads_whole, "Fetches every file as a whole and measures it");
  command.add_option("--jobs", words.jobs, "Files looked at at the same time (default: 8)")
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  command.add_flag("--json", words.is_json, "For programs");
  command.add_flag("-q,--quiet", words.is_quiet, "Says nothing if there is no problem");
  return command;
}

CheckResult run_check(const CheckWords& words, WallTime now, const WebMaker& make_web,
                      Console& console) {
  const Zone zone = chosen_zone(words.zone);
  CheckOptions options{.station = words.station};
  options.days = std::chrono::days(words.days);
  options.reads_whole = words.reads_whole;
  options.jobs = words.jobs;
  const StationReport report = check_station(options, now, zone, make_web, console);
  CheckResult result{.text = {}, .problems = report.count(Severity::problem)};
  if (words.is_quiet && result.problems == 0) return result;
  result.text = words.is_json ? report_json(report, zone) : report_text(report, zone);
  return result;
}

}  // namespace alluvium::broadcaster
