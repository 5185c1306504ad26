#include "core/curl/client.hpp"
#include "core/tls/server_identity.hpp"
#include "core/uv/descriptors.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/signal.hpp"
#include "gateway/gateway.hpp"
#include "gateway/log_lines.hpp"
#include "gateway/options.hpp"
#include "gateway/redis/shared_store.hpp"
#include "gateway/redis/storage.hpp"
#include "gateway/sqlite_storage.hpp"

#include <csignal>
#include <cstdio>
#include <exception>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

using namespace alluvium;

namespace {

std::unique_ptr<gateway::Storage> make_storage(const gateway::Options& options) {
  if (options.redis) return std::make_unique<redis::Storage>(*options.redis);
  if (!options.store) return std::make_unique<gateway::NoStorage>();
  return std::make_unique<gateway::SqliteStorage>(*options.store);
}

/// So many bytes that nobody can guess.
std::string random_hex(std::size_t bytes) {
  std::random_device random;
  std::string text;
  for (std::size_t i = 0; i < bytes; ++i) text += fmt::format("{:02x}", random() & 0xff);
  return text;
}

gateway::Gateway::Settings settings_from(const gateway::Options& options) {
  gateway::Gateway::Settings settings;
  settings.stations = options.stations;
  settings.origins = options.origins;
  settings.rules = options.rules;
  settings.names = options.names;
  settings.fetching = options.fetching;
  settings.seed = std::random_device()();
  settings.secret = random_hex(32);
  settings.companions.id = random_hex(16);
  settings.companions.secret = random_hex(32);
  return settings;
}

void set_up_log(const gateway::Options& options) {
  spdlog::set_default_logger(spdlog::stderr_color_mt("gateway"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S%z %l %v");
  spdlog::set_level(spdlog::level::from_str(options.log_level));
}

std::unique_ptr<tls::ServerIdentity> make_identity(const gateway::Options& options) {
  if (!options.uses_tls()) return nullptr;
  return std::make_unique<tls::ServerIdentity>(
      tls::ServerIdentity::Files{options.tls_certificate, options.tls_key});
}

void reload(tls::ServerIdentity* identity) {
  if (!identity) return spdlog::info("there is nothing to read again: no --tls-cert was given");
  const auto reloaded = identity->reload();
  if (!reloaded) {
    return spdlog::error("{}; the certificate in use stays", reloaded.error().message);
  }
  spdlog::info("the certificate was read again and is used from now on");
}

void run(const gateway::Options& options) {
  set_up_log(options);
  uv::raise_descriptor_limit();
  const auto identity = make_identity(options);
  // The order is that of who outlives whom; the last jobs on the loop's workers use the storage.
  gateway::TimedStorage storage(make_storage(options));
  uv::Loop loop;
  curl::Client client(loop, {.user_agent = "Alluvium-Gateway/1"});
  gateway::LogLines log;
  const auto shared =
      options.redis ? std::make_unique<redis::SharedStore>(loop, *options.redis) : nullptr;
  std::unique_ptr<uv::HttpServer> server;
  gateway::Gateway service(
      {client, loop, loop, loop, storage, log, shared.get()}, settings_from(options), [&] {
        std::printf("gateway %s\n", gateway::base_url(options, server->endpoint()).c_str());
        std::fflush(stdout);
      });
  for (const auto& problem : service.storage_problems()) spdlog::warn("{}", problem);

  http::BehindProxies entrance(options.proxies, service.router());
  uv::HttpServerLimits limits;
  limits.request.body_bytes = gateway::max_announcement_bytes;
  server = std::make_unique<uv::HttpServer>(loop, options.listen, entrance, limits, identity.get());
  server->divide_traffic(gateway::route_class_of);
  service.show([&] { return gateway::Edges{server->traffic(), storage.latencies()}; });
  service.on_listening(gateway::companion_url(options, server->endpoint()));
  const uv::Signal on_hup(loop, SIGHUP, [&] { reload(identity.get()); });
  const auto end = [&] { service.end([&] { loop.stop(); }); };
  const uv::Signal on_term(loop, SIGTERM, end);
  const uv::Signal on_int(loop, SIGINT, end);
  loop.run();
  server.reset();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    const auto options = gateway::parse_options(std::vector<std::string>(argv + 1, argv + argc));
    if (const auto* help = std::get_if<gateway::Help>(&options)) {
      std::fputs(help->text.c_str(), stdout);
      return 0;
    }
    run(std::get<gateway::Options>(options));
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "alluvium-gateway: %s\n", error.what());
    return 1;
  }
}
