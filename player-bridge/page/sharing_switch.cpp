#include "player-bridge/page/sharing_switch.hpp"

#include "core/base/text.hpp"
#include "player-bridge/options.hpp"

#include <algorithm>
#include <random>
#include <string_view>

#include <nlohmann/json.hpp>

namespace alluvium::bridge {

namespace {

/// What a post asks for.
struct Wish {
  std::optional<std::string> rate;
  std::optional<std::string> token;
};

/// The field of that name; null for any other, which is ignored.
std::optional<std::string>* field(Wish& wish, std::string_view name) {
  if (name == "rate") return &wish.rate;
  return name == "token" ? &wish.token : nullptr;
}

std::optional<Wish> parse_form(std::string_view body) {
  Wish wish;
  for (const std::string_view part : split(body, '&')) {
    const std::size_t equals = std::min(part.find('='), part.size());
    auto* target = field(wish, part.substr(0, equals));
    if (target == nullptr) continue;
    std::string value(part.substr(std::min(equals + 1, part.size())));
    std::replace(value.begin(), value.end(), '+', ' ');
    auto decoded = percent_decoded(value);
    if (*target || !decoded) return std::nullopt;
    *target = std::move(*decoded);
  }
  return wish;
}

std::optional<Wish> parse_json(std::string_view body) {
  const auto document = nlohmann::json::parse(body, nullptr, false);
  if (!document.is_object()) return std::nullopt;
  Wish wish;
  for (const auto& [name, value] : document.items()) {
    auto* target = field(wish, name);
    if (target == nullptr) continue;
    if (!value.is_string()) return std::nullopt;
    *target = value.get<std::string>();
  }
  return wish;
}

/// Takes as long wherever the first difference is.
bool is_same(std::string_view given, std::string_view secret) {
  if (given.size() != secret.size()) return false;
  volatile unsigned difference = 0;
  for (std::size_t i = 0; i < secret.size(); ++i) {
    difference = difference | static_cast<unsigned char>(given[i] ^ secret[i]);
  }
  return difference == 0;
}

/// Browsers say on which page a post was made; other programs need not.
bool is_from_page(const http::Request& request) {
  const auto site = request.headers.find("Sec-Fetch-Site");
  if (site && *site != "same-origin") return false;
  const auto origin = request.headers.find("Origin");
  const auto host = request.headers.find("Host");
  return !origin || (host && *origin == "http://" + std::string(*host));
}

}  // namespace

bool SharingSwitch::permits(const http::Request& request) {
  return request.remote.address.is_loopback();
}

http::Response SharingSwitch::on_post(const http::Request& request) const {
  if (!permits(request)) {
    return http::text_response(403, "Sharing can only be changed on the machine that shares.");
  }
  if (!is_from_page(request)) {
    return http::text_response(403, "Sharing can only be changed from the page itself.");
  }
  std::string_view type = request.headers.find("Content-Type").value_or("");
  type = trimmed(type.substr(0, type.find(';')));
  const bool is_form = equal_ignoring_case(type, "application/x-www-form-urlencoded");
  if (!is_form && !equal_ignoring_case(type, "application/json")) {
    return http::text_response(415, "Send a form or a JSON object.");
  }
  const auto wish = is_form ? parse_form(request.body) : parse_json(request.body);
  if (!wish) return http::text_response(400, "That is not a form or a JSON object as expected.");
  if (!wish->token || !is_same(*wish->token, token_)) {
    return http::text_response(403, "The token is missing or is not this page's; load it again.");
  }
  if (!wish->rate) return http::text_response(400, "It is not said how much to share.");
  auto upload = parse_rate(*wish->rate);
  if (!upload)
    return http::text_response(400, "It cannot be shared so: " + upload.error().message + ".");
  const Status applied = apply_(*upload);
  if (!applied) return http::text_response(409, applied.error().message + ".");
  if (!is_form) return {{204, {{"Cache-Control", "no-store"}}}, {}};
  return {{303, {{"Location", "/"}, {"Cache-Control", "no-store"}}}, {}};
}

std::string random_token() {
  std::random_device device;
  std::string token;
  for (int word = 0; word < 8; ++word) {
    std::uint32_t bits = device();
    for (int digit = 0; digit < 8; ++digit, bits >>= 4) token += "0123456789abcdef"[bits & 15];
  }
  return token;
}

}  // namespace alluvium::bridge
