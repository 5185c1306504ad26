#include "core/options/suggesting_error.hpp"
#include "tests/sim/report.hpp"

#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

using namespace alluvium;

namespace {

/// The options as they were written.
struct Raw {
  sim::Scenario scenario;
  std::vector<std::uint32_t> listeners{50};
  double seconds = 30;
  double join_within = 0.5;
  double position = 20;
  std::string uplink = "10M";
  std::string downlink = "50M";
  std::string origin_uplink = "100M";
  std::string gateway_uplink = "1G";
  std::string share;
  std::string latency = "20-120";
  double server_latency_ms = 10;
  std::string starts;
  double kill_at = 2;
  double gateway_dies_at = -1;
  std::int64_t clock_error_ms = 0;
  bool traffic = false;
  std::string csv;
  std::string svg;
};

Duration seconds(double value) {
  return Duration(static_cast<Duration::rep>(value * 1e6));
}

/// `512k`, `10M`, `1G`, or plain bits a second; 0 is without limit.
std::uint64_t rate(const std::string& text, const char* option) {
  std::size_t used = 0;
  double value = -1;
  try {
    value = std::stod(text, &used);
  } catch (const std::logic_error&) {
  }
  const std::string unit = text.substr(std::min(used, text.size()));
  const double factor = unit.empty()  ? 1
                        : unit == "k" ? 1e3
                        : unit == "M" ? 1e6
                        : unit == "G" ? 1e9
                                      : 0;
  if (value < 0 || factor == 0) {
    throw std::runtime_error(std::string(option) + ": '" + text + "' is no rate (512k, 10M, 1G)");
  }
  return static_cast<std::uint64_t>(value * factor);
}

void declare(CLI::App& app, Raw& raw) {
  sim::Scenario& scenario = raw.scenario;
  const CLI::Range percent(0u, 100u);
  app.add_option("--listeners", raw.listeners, "How many; several numbers are several runs")
      ->delimiter(',')
      ->type_name("N[,N...]");
  app.add_option("--seed", scenario.seed, "Everything that is drawn comes from it");
  app.add_option("--seconds", raw.seconds, "How long, from the first join on");
  app.add_option("--songs", scenario.songs, "Of the same size, one after the other");
  app.add_option("--file-bytes", scenario.file_bytes, "Of each song");
  app.add_option("--bitrate", scenario.bitrate, "Of the songs: one that MP3 has");
  app.add_option("--join-within", raw.join_within, "Seconds within which all join");
  app.add_option("--starts", raw.starts,
                 "Instead: lines of two numbers, the milliseconds from the first start to that of "
                 "each, and those that it takes")
      ->type_name("FILE");
  app.add_option("--position", raw.position,
                 "Seconds of the first song that are over when they do");
  app.add_option("--uplink", raw.uplink, "Bits a second of each listener")->type_name("RATE");
  app.add_option("--downlink", raw.downlink, "The same")->type_name("RATE");
  app.add_option("--share", raw.share, "What a listener lets others have; all, if not given")
      ->type_name("RATE");
  app.add_option("--origin-uplink", raw.origin_uplink, "Of the origin")->type_name("RATE");
  app.add_option("--gateway-uplink", raw.gateway_uplink, "Of the gateway")->type_name("RATE");
  app.add_option("--latency", raw.latency, "Milliseconds between two listeners, there and back")
      ->type_name("A-B");
  app.add_option(
      "--server-latency", raw.server_latency_ms,
      "Milliseconds that the way to origin and gateway takes beyond the listener's half");
  app.add_option("--liars", scenario.liars_percent, "Percent that send false bytes")
      ->check(percent);
  app.add_option("--withholders", scenario.withholders_percent, "Percent that never answer")
      ->check(percent);
  app.add_option("--slow", scenario.slow_percent, "Percent with uplinks of half the bit rate")
      ->check(percent);
  app.add_option("--nat", scenario.nat_percent, "Percent that cannot be dialled")->check(percent);
  app.add_option("--remembered", scenario.remembered,
                 "Others whom each listener has met before it joins");
  app.add_option("--resets", scenario.resets_per_mille, "Of a thousand answers so many break");
  app.add_option("--stalls", scenario.stalls_per_mille, "Of a thousand so many fall silent");
  app.add_option("--clock-error", raw.clock_error_ms,
                 "Milliseconds by which clocks are wrong at most");
  app.add_option("--kill", scenario.kill_percent, "Percent whose process ends")->check(percent);
  app.add_option("--freeze", scenario.freeze_percent, "Percent whose process stands still")
      ->check(percent);
  app.add_option("--at", raw.kill_at, "Seconds after the first join at which they do");
  app.add_option("--gateway-dies-at", raw.gateway_dies_at, "Seconds after the first join");
  app.add_flag("--hash-everywhere", scenario.hashes_everywhere,
               "Each listener hashes each chunk itself; same outcome, slow");
  app.add_flag("--traffic", raw.traffic, "Says what origin and gateway sent, by path");
  app.add_option("--csv", raw.csv, "Writes all figures there")->type_name("FILE");
  app.add_option("--svg", raw.svg, "Draws copies and first sound there")->type_name("FILE");
}

std::vector<sim::Start> starts(const std::string& file) {
  std::ifstream lines(file);
  std::vector<sim::Start> found;
  double at = 0;
  double takes = 0;
  while (lines >> at >> takes) found.push_back({seconds(at / 1e3), seconds(takes / 1e3)});
  if (found.empty() || !lines.eof()) {
    throw std::runtime_error("--starts: " + file + " is not lines of two numbers");
  }
  return found;
}

void finish(Raw& raw) {
  sim::Scenario& scenario = raw.scenario;
  scenario.duration = seconds(raw.seconds);
  scenario.join_within = seconds(raw.join_within);
  scenario.position = seconds(raw.position);
  scenario.uplink_bps = rate(raw.uplink, "--uplink");
  scenario.downlink_bps = rate(raw.downlink, "--downlink");
  scenario.origin_uplink_bps = rate(raw.origin_uplink, "--origin-uplink");
  scenario.gateway_uplink_bps = rate(raw.gateway_uplink, "--gateway-uplink");
  if (!raw.share.empty()) scenario.share_bps = rate(raw.share, "--share");
  scenario.kill_at = seconds(raw.kill_at);
  if (raw.gateway_dies_at >= 0) scenario.gateway_dies_at = seconds(raw.gateway_dies_at);
  scenario.most_clock_error = std::chrono::milliseconds(raw.clock_error_ms);
  unsigned least = 0;
  unsigned most = 0;
  if (std::sscanf(raw.latency.c_str(), "%u-%u", &least, &most) != 2 || least > most) {
    throw std::runtime_error("--latency: '" + raw.latency + "' is not two numbers like 20-120");
  }
  scenario.least_round_trip = std::chrono::milliseconds(least);
  scenario.most_round_trip = std::chrono::milliseconds(most);
  scenario.server_round_trip = seconds(raw.server_latency_ms / 1e3);
  if (!raw.starts.empty()) scenario.starts = starts(raw.starts);
}

void write(const std::string& file, const std::string& text) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + file);
}

void run(const Raw& raw) {
  std::vector<sim::Row> rows;
  std::fputs(sim::table_head().c_str(), stdout);
  for (const std::uint32_t count : raw.listeners) {
    sim::Scenario scenario = raw.scenario;
    scenario.listeners = count;
    rows.push_back({scenario, sim::run(scenario)});
    std::fputs(sim::table_line(rows.back()).c_str(), stdout);
    if (raw.traffic) std::fputs(sim::traffic_lines(rows.back()).c_str(), stdout);
    std::fflush(stdout);
  }
  if (!raw.csv.empty()) write(raw.csv, sim::csv(rows));
  if (!raw.svg.empty()) write(raw.svg, sim::svg(rows));
}

}  // namespace

int main(int argc, char** argv) {
  try {
    CLI::App app("Runs the shipped listener and gateway in virtual time, many at once.",
                 "simulate");
    app.option_defaults()->always_capture_default();
    Raw raw;
    declare(app, raw);
    try {
      app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
      std::fputs(app.help().c_str(), stdout);
      return 0;
    } catch (const CLI::ParseError& error) {
      throw std::runtime_error(options::suggesting_error(app, error));
    }
    finish(raw);
    run(raw);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "simulate: %s\n", error.what());
    return 1;
  }
}
