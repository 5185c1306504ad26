#include "core/options/suggesting_error.hpp"
#include "gateway/broadcaster/console.hpp"
#include "gateway/broadcaster/grid/grid_command.hpp"
#include "gateway/broadcaster/init.hpp"
#include "gateway/broadcaster/init_command.hpp"
#include "gateway/broadcaster/web/loop_web.hpp"

#include <chrono>
#include <cstdio>
#include <exception>
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

int run(int argc, char** argv) {
  CLI::App program("Makes a station out of a folder of music.", "alluvium-broadcaster");
  program.require_subcommand(1);
  broadcaster::InitWords init_words;
  const CLI::App& init = broadcaster::add_init_command(program, init_words);
  broadcaster::GridWords grid_words;
  const CLI::App& grid = broadcaster::add_grid_command(program, grid_words);
  try {
    program.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return program.exit(help);
  } catch (const CLI::ParseError& error) {
    throw std::runtime_error(options::suggesting_error(program, error));
  }
  if (init.parsed()) run_init(init_words);
  if (grid.parsed()) run_grid(grid_words);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "alluvium-broadcaster: %s\n", error.what());
    return 1;
  }
}
