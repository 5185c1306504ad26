#include "core/router/helper.hpp"
#include "core/uv/descriptors.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/signal.hpp"
#include "player-bridge/listener.hpp"
#include "player-bridge/options.hpp"

#include <csignal>
#include <cstdio>
#include <exception>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace {

/// Why the program ended, in one sentence; empty if it was told to.
std::string run(int argc, char** argv) {
  alluvium::bridge::Options options = alluvium::bridge::parse_options(argc, argv);
  spdlog::set_default_logger(spdlog::stderr_logger_st("alluvium"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l: %v");
  spdlog::set_level(spdlog::level::from_str(options.log_level));

  alluvium::uv::raise_descriptor_limit();
  alluvium::uv::Loop loop;
  alluvium::bridge::Listener listener(loop, std::move(options));
  const alluvium::uv::Signal terminated(loop, SIGTERM, [&] { listener.stop(); });
  const alluvium::uv::Signal interrupted(loop, SIGINT, [&] { listener.stop(); });
  listener.start();
  loop.run();
  return listener.failure();
}

}  // namespace

int main(int argc, char** argv) {
  if (const auto status = alluvium::router::run_as_helper(argc, argv)) return *status;
  std::string failure;
  try {
    failure = run(argc, argv);
  } catch (const std::exception& error) {
    failure = error.what();
  }
  if (failure.empty()) return 0;
  std::fprintf(stderr, "alluvium: %s\n", failure.c_str());
  return 1;
}
