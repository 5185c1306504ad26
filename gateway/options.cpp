#include "gateway/options.hpp"

#include "core/options/suggesting_error.hpp"

#include <algorithm>
#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::gateway {

namespace {

/// The options as they were written.
struct Raw {
  std::string listen = "[::]:8080";
  std::vector<std::string> names;
  std::vector<std::string> stations;
  std::vector<std::string> prefixes;
  std::vector<std::string> networks;
  std::vector<std::string> proxies;
  std::string store;
  std::string tls_certificate;
  std::string tls_key;
  std::string log_level = "info";
};

void declare(CLI::App& app, Raw& raw) {
  const auto repeatable = [&](const char* name, std::vector<std::string>& values,
                              const char* help) {
    return app.add_option(name, values, help)->allow_extra_args(false);
  };
  // Of an option given twice the last counts.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("--listen", raw.listen, "Address and port to serve at; port 0 takes a free one")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--store", raw.store, "Folder for what is known of files; made if missing")
      ->type_name("DIR");
  app.add_option("--tls-cert", raw.tls_certificate,
                 "Certificate to serve https with, and those that vouch for it; read again on HUP")
      ->type_name("PEM-FILE");
  app.add_option("--tls-key", raw.tls_key, "Key of the certificate")->type_name("PEM-FILE");
  app.add_option("--log-level", raw.log_level, "How much to log to standard error")
      ->check(CLI::IsMember({"debug", "info", "warning", "error"}))
      ->capture_default_str();

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

Options checked(const Raw& raw) {
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
  if (!raw.store.empty()) options.store = raw.store;
  options.log_level = raw.log_level;
  options.tls_certificate = raw.tls_certificate;
  options.tls_key = raw.tls_key;
  if (raw.tls_certificate.empty() != raw.tls_key.empty()) {
    throw std::runtime_error("https takes both a certificate and its key: --tls-cert, --tls-key");
  }
  if (options.stations.empty() && options.origins.empty()) {
    throw std::runtime_error(
        "there is nothing to serve: give at least one --station PLAYLIST-URL or --allow "
        "URL-PREFIX, which say what this gateway may fetch");
  }
  return options;
}

}  // namespace

std::variant<Options, Help> parse_options(std::vector<std::string> arguments) {
  CLI::App app("Tells listeners of Alluvium stations what files hash to and who has them.",
               "alluvium-gateway");
  Raw raw;
  declare(app, raw);
  // The library takes them from the back.
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::CallForHelp&) {
    return Help{app.help()};
  } catch (const CLI::ParseError& error) {
    throw std::runtime_error(options::suggesting_error(app, error));
  }
  return checked(raw);
}

std::string base_url(const Options& options, const net::Endpoint& listening) {
  const std::string scheme = options.uses_tls() ? "https://" : "http://";
  if (!listening.address.is_unspecified()) return scheme + listening.text();
  const std::string host = options.names.empty() ? "localhost" : options.names.front();
  return scheme + host + ":" + std::to_string(listening.port);
}

}  // namespace alluvium::gateway
