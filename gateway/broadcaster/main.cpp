#include "core/options/suggesting_error.hpp"
#include "gateway/broadcaster/as_run/as_run_command.hpp"
#include "gateway/broadcaster/check/check_command.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/grid/grid_command.hpp"
#include "gateway/broadcaster/init.hpp"
#include "gateway/broadcaster/init_command.hpp"
#include "gateway/broadcaster/live/live_command.hpp"
#include "gateway/broadcaster/web/loop_web.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>

#include <CLI/CLI.hpp>

namespace {

using namespace alluvium;

WallTime wall_now() {
  return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

void run_init(const broadcaster::InitWords& words) {
  const auto read = broadcaster::read_init_options(words);
  if (!read) throw std::runtime_error(read.error().message);
  broadcaster::Console console(words.is_quiet);
  for (const std::string& note : read->notes) console.note(note);
  broadcaster::LoopWeb web;
  const std::string made = broadcaster::init(read->options, wall_now(), web, console);
  if (!words.is_quiet) std::printf("%s\n", made.c_str());
}

void run_grid(const broadcaster::GridWords& words) {
  broadcaster::Console console(words.is_quiet);
  const std::string made = broadcaster::run_grid(words, wall_now(), console);
  if (!words.is_quiet) std::printf("%s\n", made.c_str());
}

/// For cron: a station with problems is not the same as a check that could not be made.
constexpr int exit_with_problems = 2;

int run_check(const broadcaster::CheckWords& words) {
  broadcaster::Console console(words.is_quiet);
  const auto make_web = [] { return std::make_unique<broadcaster::LoopWeb>(); };
  const auto result = broadcaster::run_check(words, wall_now(), make_web, console);
  std::fputs(result.text.c_str(), stdout);
  return result.problems == 0 ? 0 : exit_with_problems;
}

void run_as_run(const broadcaster::AsRunWords& words) {
  broadcaster::Console console;
  broadcaster::LoopWeb web;
  std::fputs(broadcaster::run_as_run(words, wall_now(), web, console).c_str(), stdout);
}

void run_live(const broadcaster::LiveWords& words) {
  broadcaster::Console console(words.is_quiet);
  broadcaster::run_live(words, console);
}

int run(int argc, char** argv) {
  CLI::App program("Makes a station out of a folder of music.", "alluvium-broadcaster");
  program.require_subcommand(1);
  broadcaster::InitWords init_words;
  const CLI::App& init = broadcaster::add_init_command(program, init_words);
  broadcaster::GridWords grid_words;
  const CLI::App& grid = broadcaster::add_grid_command(program, grid_words);
  broadcaster::LiveWords live_words;
  const CLI::App& live = broadcaster::add_live_command(program, live_words);
  broadcaster::CheckWords check_words;
  const CLI::App& check = broadcaster::add_check_command(program, check_words);
  broadcaster::AsRunWords as_run_words;
  const CLI::App& as_run = broadcaster::add_as_run_command(program, as_run_words);
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    throw std::runtime_error(options::suggesting_error(program, error));
  }
  if (init.parsed()) run_init(init_words);
  if (grid.parsed()) run_grid(grid_words);
  if (live.parsed()) run_live(live_words);
  if (as_run.parsed()) run_as_run(as_run_words);
  return check.parsed() ? run_check(check_words) : 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const int status = run(argc, argv);
    // A table that lacks its end, on a full disk, is none.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0)
      throw std::runtime_error("the output cannot be written");
    return status;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "alluvium-broadcaster: %s\n", error.what());
    return 1;
  }
}
