#include "player-bridge/options.hpp"

#include "core/base/text.hpp"
#include "core/hash/digest.hpp"
#include "core/options/suggesting_error.hpp"

#include <algorithm>
#include <cstdlib>
#include <stdexcept>

#include <CLI/CLI.hpp>

namespace alluvium::bridge {

namespace {

constexpr std::uint16_t least_peer_port = 1024;
constexpr int most_stations = 16;
constexpr std::chrono::duration<std::uint64_t> longest_ahead = std::chrono::hours(7 * 24);

/// A number with an optional decimal unit: `2M`, `512k`.
std::optional<std::uint64_t> with_unit(std::string_view text) {
  std::uint64_t unit = 1;
  if (!text.empty()) {
    switch (text.back()) {
      case 'k':
      case 'K':
        unit = 1'000;
        break;
      case 'M':
        unit = 1'000'000;
        break;
      case 'G':
        unit = 1'000'000'000;
        break;
      default:
        break;
    }
  }
  if (unit > 1) text.remove_suffix(1);
  const auto number = parse_uint(text);
  if (!number || *number > UINT64_MAX / unit) return std::nullopt;
  return *number * unit;
}

template <typename T>
T checked(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().message);
  return std::move(*result);
}

/// Of its own for each playlist, so that several programs can run.
std::string folder_name(const http::Url& playlist) {
  return hash::hex(hash::sha256(as_bytes(playlist.text()))).substr(0, 32);
}

std::string default_cache_folder(const http::Url& playlist) {
  const char* cache = std::getenv("XDG_CACHE_HOME");
  const char* home = std::getenv("HOME");
  std::string base;
  if (cache != nullptr && cache[0] == '/') {
    base = cache;
  } else if (home != nullptr && home[0] != '\0') {
    base = std::string(home) + "/.cache";
  } else {
    throw std::runtime_error("there is no home folder for the cache; name one with --cache DIR");
  }
  return base + "/alluvium/" + folder_name(playlist);
}

http::Url gateway_url(const std::string& text) {
  auto url = http::Url::parse(text);
  if (!url) throw std::runtime_error("--gateway: " + url.error().message);
  // The lookup form itself is accepted as well as the base.
  std::string base = url->text();
  constexpr std::string_view form = "/gateway/head";
  if (base.ends_with(form)) base.resize(base.size() - form.size());
  while (base.ends_with('/')) base.pop_back();
  return checked(http::Url::parse(base));
}

net::Endpoint endpoint(const std::string& option, const std::string& text) {
  auto parsed = net::parse_endpoint(text);
  if (!parsed) throw std::runtime_error(option + ": " + parsed.error().message);
  return *parsed;
}

router::MapPort map_port_meant(const std::string& text) {
  if (text == "upnp") return router::MapPort::upnp;
  if (text == "natpmp") return router::MapPort::nat_pmp;
  return text == "off" ? router::MapPort::off : router::MapPort::automatic;
}

/// What was said for all stations, for the one at `index` of `count`: a peer port and a folder of
/// its own, and its part of what all together may send and keep.
node::NodeOptions part_of(node::NodeOptions whole, http::Url playlist, std::size_t index,
                          std::size_t count) {
  whole.playlist = std::move(playlist);
  if (whole.cache_folder.empty()) {
    whole.cache_folder = default_cache_folder(whole.playlist);
  } else if (count > 1) {
    whole.cache_folder += "/" + folder_name(whole.playlist);
  }
  whole.cache_bytes /= count;
  const auto rate = whole.upload ? whole.upload->bits_per_second() : std::nullopt;
  if (rate) whole.upload = peer::UploadBudget(std::max<std::uint64_t>(*rate / count, 1));
  std::uint16_t& port = whole.peer_listen.port;
  if (port != 0 && index > std::size_t{UINT16_MAX} - port) {
    throw std::runtime_error("--peer-listen: there is no port " + std::to_string(port + index) +
                             " for the last of the stations");
  }
  if (port != 0) port = static_cast<std::uint16_t>(port + index);
  return whole;
}

}  // namespace

Result<std::optional<peer::UploadBudget>> parse_rate(std::string_view text) {
  using Share = std::optional<peer::UploadBudget>;
  if (text == "off") return Share();
  if (text == "unlimited") return Share(peer::UploadBudget());
  const auto rate = with_unit(text);
  if (!rate || *rate == 0) {
    return Error{"'" + printable(text) +
                 "' is not a rate in bits a second like 2M or 512k, nor off, nor unlimited"};
  }
  return Share(peer::UploadBudget(*rate));
}

Result<std::optional<peer::UploadBudget>> parse_share(std::string_view text) {
  auto rate = parse_rate(text);
  if (!rate) return Error{"--share: " + rate.error().message};
  return rate;
}

Result<std::uint64_t> parse_size(std::string_view text) {
  const auto size = with_unit(text);
  if (!size) return Error{"--cache-size: '" + printable(text) + "' is not a size like 500M or 2G"};
  return *size;
}

Result<std::optional<Duration>> parse_ahead(std::string_view text) {
  using Ahead = std::optional<Duration>;
  if (text == "off") return Ahead();
  const char unit = text.empty() ? '\0' : text.back();
  const std::uint64_t seconds = unit == 'h' ? 3'600 : unit == 'm' ? 60 : unit == 's' ? 1 : 0;
  const auto number = parse_uint(text.substr(0, text.empty() ? 0 : text.size() - 1));
  if (seconds == 0 || !number || *number == 0 || *number > longest_ahead.count() / seconds) {
    return Error{"--ahead: '" + printable(text) +
                 "' is not a time like 30m, 2h or 90s of a week at most, nor off"};
  }
  return Ahead(std::chrono::seconds(*number * seconds));
}

std::string describe_rate(const peer::UploadBudget& budget) {
  const auto rate = budget.bits_per_second();
  if (!rate) return "unlimited";
  if (*rate % 1'000'000 == 0) return std::to_string(*rate / 1'000'000) + " Mbit/s";
  if (*rate % 1'000 == 0) return std::to_string(*rate / 1'000) + " kbit/s";
  return std::to_string(*rate) + " bit/s";
}

Options parse_options(int argc, char** argv) {
  CLI::App app("Plays a station that its listeners carry, as a stream for any local player.",
               "alluvium");
  std::vector<std::string> playlists;
  std::string listen = "127.0.0.1:8000";
  std::string peer_listen = "[::]:0";
  std::string gateway;
  std::string share = "2M";
  std::string map_port = "auto";
  std::string cache;
  std::string cache_size = "1G";
  std::string ahead = "30m";
  std::string join = "on-air";
  std::string log_level = "info";
  bool allows_start_over = false;
  unsigned write_every_ms = 1'000;

  app.set_version_flag("--version", "alluvium " ALLUVIUM_VERSION);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.add_option("PLAYLIST-URL", playlists,
                 "The station's playlist; several are served as /stream, /2/stream and so on")
      ->required()
      ->expected(1, most_stations)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  app.add_option("--listen", listen, "HOST:PORT of the stream and the page (port 0: any free one)")
      ->capture_default_str();
  app.add_option(
      "--peer-listen", peer_listen,
      "HOST:PORT where other listeners find this one (default: all addresses, any free port)");
  app.add_option("--gateway", gateway, "URL of a gateway, or none (default: the playlist's)");
  app.add_option("--share", share, "Upload to others: bits a second (2M, 512k), off, or unlimited")
      ->capture_default_str();
  app.add_option("--map-port", map_port,
                 "Ask the router to let other listeners in: auto, upnp, natpmp, or off")
      ->check(CLI::IsMember({"auto", "upnp", "natpmp", "off"}))
      ->capture_default_str();
  app.add_option("--cache", cache, "Folder for verified chunks");
  app.add_option("--cache-size", cache_size, "How much the cache may hold (500M, 2G)")
      ->capture_default_str();
  app.add_option("--ahead", ahead,
                 "Fetch what begins within this time (30m, 2h), and always the next two; or off")
      ->capture_default_str();
  app.add_option("--join", join,
                 "on-air: where the clock is; start: the current item from its start")
      ->check(CLI::IsMember({"on-air", "start"}))
      ->capture_default_str();
  app.add_flag("--start-over", allows_start_over,
               "Let players ask for the item on air from its beginning (/stream?start=over)");
  app.add_option("--write-every", write_every_ms,
                 "Milliseconds of the stream that a player is sent at a time")
      ->check(CLI::Range(50, 2'000))
      ->capture_default_str();
  app.add_option("--log-level", log_level, "debug, info, warn, error or off")
      ->check(CLI::IsMember({"debug", "info", "warn", "error", "off"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& wanted) {
    std::exit(app.exit(wanted));
  } catch (const CLI::ParseError& error) {
    throw std::runtime_error(options::suggesting_error(app, error));
  }

  Options result;
  result.listen = endpoint("--listen", listen);
  node::NodeOptions all;
  all.use_gateway = gateway != "none";
  if (all.use_gateway && !gateway.empty()) all.gateway = gateway_url(gateway);
  all.upload = checked(parse_share(share));
  all.map_port = map_port_meant(map_port);
  all.peer_listen = endpoint("--peer-listen", peer_listen);
  const std::uint16_t port = all.peer_listen.port;
  if (port != 0 && port < least_peer_port) {
    throw std::runtime_error("--peer-listen: port " + std::to_string(port) +
                             " is below 1024, where no listener looks for others");
  }
  all.cache_folder = cache;
  all.cache_bytes = checked(parse_size(cache_size));
  all.ahead = checked(parse_ahead(ahead));
  all.join_at_start = join == "start";
  for (std::size_t i = 0; i < playlists.size(); ++i) {
    auto url = checked(http::Url::parse(playlists[i]));
    for (const node::NodeOptions& other : result.nodes) {
      if (other.playlist == url) {
        throw std::runtime_error("the playlist " + printable(url.text()) + " is named twice");
      }
    }
    result.nodes.push_back(part_of(all, std::move(url), i, playlists.size()));
  }
  result.mount.allows_start_over = allows_start_over;
  result.mount.write_every = std::chrono::milliseconds(write_every_ms);
  result.log_level = log_level;
  return result;
}

}  // namespace alluvium::bridge
