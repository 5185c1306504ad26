#include "gateway/broadcaster/live/live_command.hpp"

#include "core/base/text.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/signal.hpp"
#include "core/uv/tcp_server.hpp"
#include "gateway/broadcaster/base_url.hpp"
#include "gateway/broadcaster/live/live_station.hpp"
#include "gateway/broadcaster/live/source_client.hpp"
#include "gateway/broadcaster/live/source_login.hpp"

#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <CLI/CLI.hpp>

namespace alluvium::broadcaster {

namespace {

/// What time alone changes is looked after so often.
constexpr Duration look_interval = std::chrono::milliseconds(250);

Error about(std::string_view option, const std::string& problem) {
  return Error{std::string(option) + ": " + problem};
}

Result<std::string> read_password(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string password;
  if (!file || !std::getline(file, password)) {
    return about("--password-file",
                 printable(path) + " cannot be read, or is empty: it has one line, the password");
  }
  if (password.ends_with('\r')) password.pop_back();
  if (password.size() < SourceLogin::least_password_bytes) {
    return about("--password-file", "the password in " + printable(path) + " is shorter than " +
                                        std::to_string(SourceLogin::least_password_bytes) +
                                        " characters, which is guessed too soon");
  }
  return password;
}

std::chrono::milliseconds as_milliseconds(double seconds) {
  return std::chrono::round<std::chrono::milliseconds>(std::chrono::duration<double>(seconds));
}

void add_source_options(CLI::App& command, LiveWords& words) {
  command.add_option("--listen", words.listen, "Where sources connect (default: 127.0.0.1:8000)")
      ->type_name("ADDRESS:PORT");
  command.add_option("--mount", words.mount, "The mount they send to (default: /live)")
      ->type_name("PATH");
  command.add_option("--user", words.user, "Their user name (default: source)")->type_name("NAME");
  command
      .add_option("--password-file", words.password_file,
                  "The file whose one line is their password")
      ->type_name("FILE")
      ->required();
  command.add_option("--record", words.record, "Keeps each show as one file in that folder")
      ->type_name("FOLDER");
}

void add_playlist_options(CLI::App& command, LiveWords& words) {
  command
      .add_option("--schedule", words.schedule,
                  "The playlist of init or grid: what is heard while there is no show")
      ->type_name("FILE");
  command.add_option("--base", words.base, "URL at which PLAYLIST's folder is found on the web")
      ->type_name("URL")
      ->required();
  command.add_option("--title", words.title, "Name of the station (default: the schedule's)")
      ->type_name("TEXT");
  command.add_option("--gateway", words.gateway, "Gateway that listeners shall ask")
      ->type_name("URL");
  command
      .add_option("--poll", words.poll,
                  "How often listeners look whether a show has begun (default: 3)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 60));
  command
      .add_option("--for", words.planned,
                  "How long a show is planned to be: what begins then is kept in the playlist")
      ->type_name("MINUTES")
      ->check(CLI::Range(1, 24 * 60));
}

}  // namespace

CLI::App& add_live_command(CLI::App& program, LiveWords& words) {
  CLI::App& command = *program.add_subcommand(
      "live",
      "Takes a show from a source, as Icecast does, and publishes it in short files that\n"
      "listeners pass on; while there is none they hear the schedule. Runs until it is stopped.");
  command.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  command.add_option("PLAYLIST", words.output, "The playlist that is published")->required();
  add_playlist_options(command, words);
  add_source_options(command, words);
  command.add_option("--part", words.part, "How long the files are (default: 2)")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.5, 10.0));
  command
      .add_option("--lead", words.lead,
                  "How long listeners have to fetch one before it is heard (default: 2.5)")
      ->type_name("SECONDS")
      ->check(CLI::Range(1.0, 30.0));
  command.add_flag("-q,--quiet", words.is_quiet, "Says nothing but why it failed");
  return command;
}

Result<LiveOptions> read_live_options(const LiveWords& words) {
  auto base = parse_base_url(words.base);
  if (!base) return about("--base", base.error().message);
  LiveOptions options{.base = std::move(*base)};
  options.output = words.output;
  options.schedule = words.schedule;
  options.title = words.title;
  if (!words.gateway.empty()) {
    auto gateway = parse_gateway_url(words.gateway);
    if (!gateway) return about("--gateway", gateway.error().message);
    options.gateway = std::move(*gateway);
  }
  auto listen = net::parse_endpoint(words.listen);
  if (!listen) return about("--listen", listen.error().message);
  options.listen = *listen;
  if (!words.mount.starts_with('/') || words.mount.find_first_of("?# ") != std::string::npos) {
    return about("--mount", "a mount is a path such as /live");
  }
  options.mount = words.mount;
  if (words.user.empty() || words.user.find(':') != std::string::npos) {
    return about("--user", "a name has no colon, and is not empty");
  }
  options.user = words.user;
  auto password = read_password(words.password_file);
  if (!password) return password.error();
  options.password = std::move(*password);
  options.part = as_milliseconds(words.part);
  options.lead.first = as_milliseconds(words.lead);
  // As the two stand to each other by default.
  options.lead.least = options.lead.first * 3 / 5;
  options.poll = std::chrono::seconds(words.poll);
  if (words.planned != 0) options.planned = std::chrono::minutes(words.planned);
  options.record = words.record;
  std::error_code error;
  if (!words.record.empty() && !std::filesystem::is_directory(words.record, error)) {
    return about("--record", printable(words.record) + " is not a folder");
  }
  return options;
}

void run_live(const LiveWords& words, Console& console) {
  const auto options = read_live_options(words);
  if (!options) throw std::runtime_error(options.error().message);
  uv::Loop loop;
  LiveStation station(*options, loop, console);
  SourceLogin login(options->user, options->password);
  const SourceConversation::Surroundings surroundings{options->mount, login, station};
  std::optional<uv::TcpServer> server;
  server.emplace(loop, options->listen, [&](const net::Endpoint& remote) {
    return std::make_unique<SourceClient>(surroundings, station, loop, remote.address);
  });
  console.note("sources send to http://" + server->endpoint().text() + options->mount +
               "; listeners find " + station.url().text());
  std::unique_ptr<Timer> timer;
  timer = loop.make_timer([&] {
    station.look();
    timer->arm(look_interval);
  });
  timer->arm(look_interval);
  const uv::Signal on_terminate(loop, SIGTERM, [&] { loop.stop(); });
  const uv::Signal on_interrupt(loop, SIGINT, [&] { loop.stop(); });
  loop.run();
  // With its connections the show ends, and the schedule is back in the playlist.
  server.reset();
}

}  // namespace alluvium::broadcaster
