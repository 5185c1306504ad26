#include "gateway/options.hpp"

#include "core/base/text.hpp"
#include "core/options/suggesting_error.hpp"
#include "gateway/config_file.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::gateway {

namespace {

constexpr const char* description =
    "Tells listeners of Alluvium stations what files hash to and who has them.";

std::uint64_t seconds(Duration duration) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(duration).count());
}

/// The options as they were written.
struct Raw {
  std::string config;
  std::string listen = "[::]:8080";
  std::vector<std::string> names;
  std::vector<std::string> stations;
  std::vector<std::string> prefixes;
  std::vector<std::string> networks;
  std::vector<std::string> proxies;
  std::string store;
  std::string store_password;
  std::string companion;
  std::string tls_certificate;
  std::string tls_key;
  FetchLimits fetching;
  std::uint64_t negative_cache = seconds(FetchLimits().failure_lifetime);
  std::uint64_t origin_patience = seconds(FetchLimits().origin_patience);
  std::vector<std::string> types;
  std::string log_level = "info";
};

/// How much is fetched for others.
void declare_budgets(CLI::App& app, Raw& raw) {
  FetchLimits& limits = raw.fetching;
  const auto count = [&](const char* name, auto& value, const char* help, const char* unit) {
    return app.add_option(name, value, help)->type_name(unit)->capture_default_str();
  };
  const auto bytes = [&](const char* name, std::uint64_t& value, const char* help) {
    count(name, value, help, "BYTES")->transform(CLI::AsSizeValue(false));
  };
  count("--max-fetches", limits.concurrent, "Fetches from origins at the same time", "N")
      ->check(CLI::Range(1, 1'000));
  count("--max-fetches-per-origin", limits.concurrent_per_host, "The same for one host", "N")
      ->check(CLI::Range(1, 1'000));
  count("--new-urls-per-origin", limits.new_urls_per_host, "New files an hour of one host", "N");
  count("--new-urls-per-client", limits.new_urls_per_client,
        "New files an hour for one client, an IPv4 address or a /64 of IPv6", "N");
  bytes("--bytes-per-origin", limits.bytes_per_host, "Bytes a day of one host");
  bytes("--max-file-bytes", limits.max_file_bytes, "Length of the longest file that is fetched");
  app.add_option("--type", raw.types,
                 "Content type that may be fetched, instead of the usual ones (repeatable)")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false)
      ->type_name("TYPE/SUBTYPE|TYPE/*|*/*");
  count("--negative-cache", raw.negative_cache, "Time in which nobody asks again for what failed",
        "SECONDS")
      ->check(CLI::Range(1, 86'400));
  count("--origin-patience", raw.origin_patience,
        "Time for an origin to begin its answer; who asks is told of none only after it", "SECONDS")
      ->check(CLI::Range(1, 60));
}

void declare(CLI::App& app, Raw& raw) {
  const auto repeatable = [&](const char* name, std::vector<std::string>& values,
                              const char* help) {
    return app.add_option(name, values, help)->allow_extra_args(false);
  };
  // Of an option given twice the last counts.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--config", raw.config,
                 "Settings by the names of these options, in TOML; what is given here wins")
      ->type_name("FILE");
  app.add_option("--listen", raw.listen, "Address and port to serve at; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--store", raw.store,
                 "Folder for what is known of files, made if missing; or a Redis, redis://HOST:PORT"
                 "[/DB], over which several gateways answer as one")
      ->type_name("DIR");
  app.add_option("--store-password", raw.store_password,
                 "File whose first line is the password of the Redis")
      ->type_name("FILE");
  app.add_option("--companion-url", raw.companion,
                 "Where the other gateways on the same Redis reach this one")
      ->type_name("URL");
  app.add_option("--tls-cert", raw.tls_certificate,
                 "Certificate to serve https with, and those that vouch for it; read again on HUP")
      ->type_name("PEM-FILE");
  app.add_option("--tls-key", raw.tls_key, "Key of the certificate")->type_name("PEM-FILE");
  app.add_option("--log-level", raw.log_level, "How much to log to standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();

  declare_budgets(app, raw);

  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  repeatable("--name", raw.names, "Host name to answer to (repeatable)")->type_name("HOST");
  repeatable("--station", raw.stations, "Playlist whose files may be fetched (repeatable)")
      ->type_name("PLAYLIST-URL");
  repeatable("--allow", raw.prefixes, "Beginning of URLs that may be fetched (repeatable)")
      ->type_name("URL-PREFIX");
  repeatable("--allow-net", raw.networks,
             "Private or reserved addresses that may be contacted (repeatable)")
      ->type_name("CIDR");
  repeatable("--proxy", raw.proxies,
             "Reverse proxies that are believed when they say for whom they ask (repeatable)")
      ->type_name("CIDR");
}

template <typename T>
T valid(Result<T> result, const std::string& option) {
  if (!result) throw std::runtime_error(option + ": " + result.error().message);
  return std::move(result).value();
}

FetchLimits checked_budgets(const Raw& raw) {
  FetchLimits limits = raw.fetching;
  limits.failure_lifetime = std::chrono::seconds(raw.negative_cache);
  limits.origin_patience = std::chrono::seconds(raw.origin_patience);
  if (limits.max_file_bytes > hash::max_file_bytes) {
    throw std::runtime_error("--max-file-bytes: no file can be longer than 16 GiB");
  }
  if (raw.types.empty()) return limits;
  limits.types.clear();
  for (const auto& type : raw.types) {
    if (std::count(type.begin(), type.end(), '/') != 1) {
      throw std::runtime_error("--type: '" + printable(type) +
                               "' is not like audio/mpeg or audio/*");
    }
    limits.types.push_back(to_lower(type));
  }
  return limits;
}

/// Each option by itself.
Options converted(const Raw& raw) {
  Options options;
  options.listen = valid(net::parse_endpoint(raw.listen), "--listen");
  options.names = raw.names;
  for (const auto& text : raw.stations) {
    options.stations.push_back(valid(http::Url::parse(text), "--station"));
  }
  for (const auto& text : raw.prefixes) {
    options.origins.allow(valid(http::Url::parse(text), "--allow"));
  }
  for (const auto& text : raw.networks) {
    options.rules.allow(valid(net::parse_network(text), "--allow-net"));
  }
  for (const auto& text : raw.proxies) {
    options.proxies.add(valid(net::parse_network(text), "--proxy"));
  }
  if (redis::is_redis(raw.store)) {
    options.redis = valid(redis::parse_address(raw.store), "--store");
  } else if (!raw.store.empty()) {
    options.store = raw.store;
  }
  if (!raw.store_password.empty()) options.store_password = raw.store_password;
  if (!raw.companion.empty()) {
    options.companion = valid(http::Url::parse(raw.companion), "--companion-url");
  }
  options.fetching = checked_budgets(raw);
  options.log_level = raw.log_level;
  options.tls_certificate = raw.tls_certificate;
  options.tls_key = raw.tls_key;
  return options;
}

/// The Redis with its password, if that lies in a file.
void add_password(Options& options) {
  if (!options.store_password || !options.redis) return;
  std::ifstream file(*options.store_password);
  std::getline(file, options.redis->password);
  if (!file && options.redis->password.empty()) {
    throw std::runtime_error("--store-password: there is no password in " +
                             printable(options.store_password->string()));
  }
}

/// Whether the other gateways on the same Redis can reach this one.
void check_companion(const Options& options) {
  if (!options.redis) return;
  if (options.uses_tls() && !(options.companion && options.companion->is_https())) {
    throw std::runtime_error(
        "with a certificate the others on the same Redis reach this gateway by https only: give "
        "--companion-url https://NAME:PORT, with a name of the certificate");
  }
  if (options.companion || !options.listen.address.is_unspecified()) return;
  throw std::runtime_error(
      "with --store redis://… the other gateways need to reach this one: give --companion-url "
      "http://HOST:PORT, or one address with --listen");
}

/// All of them together.
Options checked(Options options) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    throw std::runtime_error("https takes both a certificate and its key: --tls-cert, --tls-key");
  }
  add_password(options);
  check_companion(options);
  if (options.stations.empty() && options.origins.empty()) {
    throw std::runtime_error(
        "there is nothing to serve: give at least one --station PLAYLIST-URL or --allow "
        "URL-PREFIX, which say what this gateway may fetch");
  }
  return options;
}

/// The words of a command line, read by the library.
class CommandLine {
 public:
  /// Throws std::runtime_error with one sentence, and CLI::CallForHelp.
  explicit CommandLine(std::vector<std::string> words) {
    declare(app_, raw_);
    // The library takes them from the back.
    std::reverse(words.begin(), words.end());
    try {
      app_.parse(std::move(words));
    } catch (const CLI::CallForHelp&) {
      throw;
    } catch (const CLI::ParseError& error) {
      throw std::runtime_error(options::suggesting_error(app_, error));
    }
  }
  CommandLine(const CommandLine&) = delete;
  CommandLine& operator=(const CommandLine&) = delete;

  [[nodiscard]] const Raw& raw() const { return raw_; }
  [[nodiscard]] const CLI::App& app() const { return app_; }

 private:
  CLI::App app_{description, "alluvium-gateway"};
  Raw raw_;
};

std::string help_text() {
  CLI::App app(description, "alluvium-gateway");
  Raw raw;
  declare(app, raw);
  return app.help();
}

/// The option that a line of the configuration file is about.
const CLI::Option& option_named(const std::string& key, const CLI::App& app) {
  const CLI::Option* option = app.get_option_no_throw("--" + key);
  if (option != nullptr && key != "help" && key != "config") return *option;
  std::vector<std::string_view> keys;
  for (const CLI::Option* known : app.get_options()) {
    if (known->get_single_name() != "config") keys.push_back(known->get_single_name());
  }
  std::string sentence = "there is no setting " + printable(key);
  if (const auto best = nearest(key, keys))
    sentence += "; did you mean " + std::string(*best) + "?";
  throw std::runtime_error(sentence);
}

/// One line of the configuration file as words of a command line; looks at it as if nothing else
/// had been said, so that what is wrong with it can be told as that.
std::vector<std::string> words_of(const ConfigEntry& entry, const CLI::App& app) {
  const CLI::Option& option = option_named(entry.key, app);
  if (entry.is_list && option.get_multi_option_policy() != CLI::MultiOptionPolicy::TakeAll) {
    throw std::runtime_error(entry.key + ": it has one value, not a list");
  }
  std::vector<std::string> words;
  for (const auto& value : entry.values) {
    // The library would take the next word for the value.
    if (value.empty()) throw std::runtime_error(entry.key + ": the value is empty");
    words.push_back("--" + entry.key + "=" + value);
  }
  static_cast<void>(converted(CommandLine(words).raw()));
  return words;
}

/// What the configuration file says that the command line does not.
std::vector<std::string> words_of_file(const std::string& file, const CLI::App& command_line) {
  const auto entries = read_config(file);
  if (!entries) throw std::runtime_error(entries.error().message);
  std::vector<std::string> words;
  for (const auto& entry : *entries) {
    try {
      const auto said = words_of(entry, command_line);
      const bool is_overruled = command_line.get_option("--" + entry.key)->count() > 0;
      if (!is_overruled) words.insert(words.end(), said.begin(), said.end());
    } catch (const std::runtime_error& error) {
      std::string_view problem = error.what();
      if (problem.starts_with("--")) problem.remove_prefix(2);
      throw std::runtime_error(printable(file) + ", line " + std::to_string(entry.line) + ": " +
                               std::string(problem));
    }
  }
  return words;
}

}  // namespace

std::variant<Options, Help> parse_options(std::vector<std::string> arguments) {
  try {
    const CommandLine command_line(arguments);
    if (command_line.raw().config.empty()) return checked(converted(command_line.raw()));
    auto words = words_of_file(command_line.raw().config, command_line.app());
    words.insert(words.end(), arguments.begin(), arguments.end());
    return checked(converted(CommandLine(words).raw()));
  } catch (const CLI::CallForHelp&) {
    return Help{help_text()};
  }
}

std::string companion_url(const Options& options, const net::Endpoint& listening) {
  return options.companion ? options.companion->origin() : "http://" + listening.text();
}

std::string base_url(const Options& options, const net::Endpoint& listening) {
  const std::string scheme = options.uses_tls() ? "https://" : "http://";
  if (!listening.address.is_unspecified()) return scheme + listening.text();
  const std::string host = options.names.empty() ? "localhost" : options.names.front();
  return scheme + host + ":" + std::to_string(listening.port);
}

}  // namespace alluvium::gateway
