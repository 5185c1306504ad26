#include "gateway/redis/address.hpp"

#include "core/base/text.hpp"
#include "core/http/url.hpp"

namespace alluvium::redis {

namespace {

constexpr std::string_view scheme = "redis://";
constexpr std::string_view secure_scheme = "rediss://";
constexpr std::uint16_t usual_port = 6379;
constexpr std::uint64_t last_database = 9'999;

/// `USER:PASSWORD`, `:PASSWORD`.
Status read_credentials(std::string_view text, Address& address) {
  const auto colon = text.find(':');
  const auto user = percent_decoded(text.substr(0, colon));
  const auto password =
      colon == std::string_view::npos ? std::nullopt : percent_decoded(text.substr(colon + 1));
  if (!user || !password || password->empty()) {
    return Error{"before the @ of a Redis stands USER:PASSWORD or :PASSWORD, percent-encoded"};
  }
  address.user = *user;
  address.password = *password;
  return {};
}

}  // namespace

bool is_redis(std::string_view text) {
  return text.starts_with(scheme) || text.starts_with(secure_scheme);
}

Result<Address> parse_address(std::string_view text) {
  if (text.starts_with(secure_scheme)) {
    return Error{
        "a Redis is reached without TLS only; for one elsewhere give redis://127.0.0.1:PORT of a "
        "tunnel (stunnel, ssh -L) that ends there"};
  }
  const bool names_redis = is_redis(text);
  std::string_view rest = names_redis ? text.substr(scheme.size()) : std::string_view();
  Address address;
  // The last one: of a password that was not encoded nothing is taken for a host and shown.
  if (const auto at = rest.rfind('@'); at != std::string_view::npos) {
    const Status said = read_credentials(rest.substr(0, at), address);
    if (!said) return said.error();
    rest.remove_prefix(at + 1);
  }
  const Error error{"'" + std::string(names_redis ? scheme : "") +
                    printable(names_redis ? rest : text) +
                    "' is not of the form redis://HOST:PORT/DB"};
  if (!names_redis) return error;
  const auto slash = rest.find('/');
  const std::string_view authority = rest.substr(0, slash);
  // Spelled as in any URL, but for the port that goes without saying.
  const auto url = http::Url::parse("http://" + std::string(authority) + "/");
  if (!url || authority.find_first_of("?#") != std::string_view::npos) return error;
  const bool names_port = authority.find(']') == std::string_view::npos
                              ? authority.find(':') != std::string_view::npos
                              : authority.find("]:") != std::string_view::npos;
  address.host = url->host();
  address.port = names_port ? url->port() : usual_port;
  const std::string_view database =
      slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
  if (database.empty()) return address;
  const auto number = parse_uint(database);
  if (!number || *number > last_database) return error;
  address.database = static_cast<unsigned>(*number);
  return address;
}

std::vector<std::string> Address::credentials() const {
  if (password.empty()) return {};
  if (user.empty()) return {"AUTH", password};
  return {"AUTH", user, password};
}

std::string Address::text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return std::string(scheme) + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port) +
         "/" + std::to_string(database);
}

}  // namespace alluvium::redis
