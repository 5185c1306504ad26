#pragma once

#include "core/http/forwarded.hpp"
#include "core/http/url.hpp"
#include "core/net/address_rules.hpp"
#include "core/net/ip_address.hpp"
#include "gateway/budgets/limits.hpp"
#include "gateway/origin_policy.hpp"
#include "gateway/redis/address.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace alluvium::gateway {

/// What the operator asks for. Value type.
struct Options {
  net::Endpoint listen;
  std::vector<std::string> names;
  std::vector<http::Url> stations;
  OriginPolicy origins;
  net::AddressRules rules;
  http::TrustedProxies proxies;
  std::optional<std::filesystem::path> store;
  std::optional<redis::Address> redis;  ///< Instead of the store: shared with other gateways.
  std::optional<std::filesystem::path> store_password;  ///< A file; its first line is the Redis's.
  std::optional<http::Url> companion;  ///< Where the others reach this one, if it was said.
  FetchLimits fetching;
  std::string log_level;
  /// Both or neither: with them it serves https.
  std::filesystem::path tls_certificate;
  std::filesystem::path tls_key;

  [[nodiscard]] bool uses_tls() const { return !tls_certificate.empty(); }
};

/// What to print instead of running.
struct Help {
  std::string text;
};

/// Reads the arguments (without the program's name), and the configuration file that they name;
/// what the arguments say is not taken from there. Throws std::runtime_error with one sentence;
/// so it does if nothing is given that this gateway could serve.
[[nodiscard]] std::variant<Options, Help> parse_options(std::vector<std::string> arguments);

/// Where other gateways of its name reach this one: what was said, else where it listens.
[[nodiscard]] std::string companion_url(const Options& options, const net::Endpoint& listening);

/// The base URL to print: one that a person on this machine can open, if the gateway listens on all
/// addresses, or the first of its names.
[[nodiscard]] std::string base_url(const Options& options, const net::Endpoint& listening);

}  // namespace alluvium::gateway
