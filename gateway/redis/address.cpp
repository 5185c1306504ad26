#include "gateway/redis/address.hpp"

#include "core/base/text.hpp"
#include "core/http/url.hpp"

namespace alluvium::redis {

namespace {

constexpr std::string_view scheme = "redis://";
constexpr std::uint16_t usual_port = 6379;
constexpr std::uint64_t last_database = 9'999;

}  // namespace

bool is_redis(std::string_view text) {
  return text.starts_with(scheme);
}

Result<Address> parse_address(std::string_view text) {
  const Error error{"'" + printable(text) + "' is not of the form redis://HOST:PORT/DB"};
  if (!is_redis(text)) return error;
  const std::string_view rest = text.substr(scheme.size());
  const auto slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  // Spelled as in any URL, but for the port that goes without saying.
  const auto url = http::Url::parse("http://" + std::string(authority) + "/");
  if (!url || authority.find_first_of("?#") != std::string_view::npos) return error;
  const bool names_port = authority.find(']') == std::string_view::npos
                              ? authority.find(':') != std::string_view::npos
                              : authority.find("]:") != std::string_view::npos;
  Address address{url->host(), names_port ? url->port() : usual_port, 0};
  const std::string_view database =
      slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (database.empty()) return address;
  const auto number = parse_uint(database);
  if (!number || *number > last_database) return error;
  address.database = static_cast<unsigned>(*number);
  return address;
}

std::string Address::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return std::string(scheme) + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
         "/" + std::to_string(database);
}

}  // namespace alluvium::redis
