#include "gateway/announcement.hpp"

#include "core/http/range.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace alluvium::gateway {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t lowest_port = 1024;
constexpr std::uint64_t highest_port = 65'535;

/// Whether lists and objects lie deeper in each other than is allowed, if it is JSON at all.
bool is_too_deep(std::string_view text) {
  std::size_t depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_in_string = !is_in_string;
    if (is_in_string) {
      if (c == '\\') ++i;
    } else if (c == '{' || c == '[') {
      if (++depth > max_announcement_depth) return true;
    } else if ((c == '}' || c == ']') && depth > 0) {
      --depth;
    }
  }
  return false;
}

Result<Json> parse_bounded(std::string_view text) {
  if (text.size() > max_announcement_bytes) return Error{"the announcement is too long"};
  // Looked at before: the parser's own way of asking takes as long as the parsing.
  if (is_too_deep(text)) return Error{"the announcement is nested too deeply"};
  Json json = Json::parse(text.begin(), text.end(), nullptr, false);
  if (!json.is_object()) return Error{"the announcement is not a JSON object"};
  return json;
}

/// The text of a member, empty if there is none of that type.
std::string_view text_member(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return {};
  return member->get_ref<const std::string&>();
}

/// 0 if there is no such number.
std::uint64_t count_member(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member != object.end() && member->is_number_unsigned() ? member->get<std::uint64_t>() : 0;
}

Result<Announcement::Holding> parse_holding(const Json& json) {
  if (!json.is_object()) return Error{"a holding is not a JSON object"};
  const auto root = hash::TreeRoot::from_urn(text_member(json, "urn"));
  if (!root) return Error{"a holding's urn is not of the form urn:tree:sha256:…"};
  auto available = Availability::parse(text_member(json, "available"));
  if (!available) {
    return Error{"a holding's available is not \"all\", \"none\" or \"bytes 0-16383,…\""};
  }
  return Announcement::Holding{*root, std::move(*available)};
}

/// `0-16383,32768-49151`; empty if it is anything else.
std::vector<ByteRange> ranges_member(const Json& object) {
  const std::string text(text_member(object, "bytes"));
  return http::parse_available_ranges("bytes " + text).value_or(std::vector<ByteRange>());
}

std::optional<Announcement::Want> parse_want(const Json& json) {
  const auto root = hash::TreeRoot::from_urn(text_member(json, "urn"));
  auto ranges = ranges_member(json);
  if (!root || ranges.empty()) return std::nullopt;
  Announcement::Want want{*root, std::move(ranges)};
  if (const auto by = json.find("by_ms"); by != json.end() && by->is_number_unsigned()) {
    const auto most = std::chrono::duration_cast<std::chrono::milliseconds>(max_want_ahead);
    const auto ms = std::min(by->get<std::uint64_t>(), static_cast<std::uint64_t>(most.count()));
    want.by = std::chrono::milliseconds(ms);
  }
  return want;
}

std::optional<leases::Failing> failing_named(std::string_view why) {
  if (why == "timeout") return leases::Failing::late;
  if (why == "false") return leases::Failing::untrue;
  if (why == "refused") return leases::Failing::unwilling;
  return std::nullopt;
}

std::optional<Announcement::Failure> parse_failure(const Json& json) {
  const auto root = hash::TreeRoot::from_urn(text_member(json, "urn"));
  auto ranges = ranges_member(json);
  const auto why = failing_named(text_member(json, "why"));
  if (!root || ranges.empty() || !why) return std::nullopt;
  Announcement::Failure failure{*root, std::move(ranges), std::nullopt, *why};
  const auto source = text_member(json, "source");
  if (source == "origin") return failure;
  const auto endpoint = net::parse_endpoint(source);
  if (!endpoint) return std::nullopt;
  failure.source = *endpoint;
  return failure;
}

/// The first `most` entries of a list that `parse_one` can read; nothing if there is no such list.
template <typename ParseOne>
auto parse_list(const Json& object, const char* name, std::size_t most, ParseOne parse_one)
    -> std::optional<std::vector<typename decltype(parse_one(object))::value_type>> {
  const auto list = object.find(name);
  if (list == object.end() || !list->is_array()) return std::nullopt;
  std::vector<typename decltype(parse_one(object))::value_type> read;
  for (const auto& entry : *list) {
    if (read.size() >= most) break;
    if (!entry.is_object()) continue;
    if (auto one = parse_one(entry)) read.push_back(std::move(*one));
  }
  return read;
}

/// Those entries of a list that are endpoints, at most `max_neighbours`; nothing if there is no
/// such list.
std::optional<std::vector<net::Endpoint>> endpoints_member(const Json& object, const char* name) {
  const auto list = object.find(name);
  if (list == object.end() || !list->is_array()) return std::nullopt;
  std::vector<net::Endpoint> read;
  for (const auto& entry : *list) {
    if (read.size() >= max_neighbours) break;
    if (!entry.is_string()) continue;
    const auto endpoint = net::parse_endpoint(entry.get_ref<const std::string&>());
    if (endpoint) read.push_back(*endpoint);
  }
  return read;
}

std::optional<Announcement::Reverse> reverse_member(const Json& object) {
  const auto member = object.find("reverse");
  if (member == object.end() || !member->is_object()) return std::nullopt;
  Announcement::Reverse reverse;
  const auto key = member->find("key");
  reverse.needs_key = key != member->end() && key->is_boolean() && key->get<bool>();
  reverse.from = endpoints_member(*member, "from").value_or(reverse.from);
  reverse.to = endpoints_member(*member, "to");
  reverse.local = endpoints_member(*member, "local").value_or(reverse.local);
  if (reverse.local.size() > max_places) reverse.local.resize(max_places);
  reverse.mates = endpoints_member(*member, "mates").value_or(reverse.mates);
  return reverse;
}

/// `true`: a proof is wanted. An object: it is another address of somebody who is known. It must be
/// one that makes sense, or else the announcement would be taken for a listener's own.
Status read_also(const Json& object, Announcement& announcement) {
  const auto member = object.find("also");
  if (member == object.end()) return {};
  if (member->is_boolean()) announcement.wants_proof = member->get<bool>();
  if (!member->is_object()) return {};
  const auto address = net::parse_endpoint(text_member(*member, "address"));
  const auto token = text_member(*member, "token");
  if (!address || address->port < lowest_port) return Error{"also names no address"};
  if (token.empty() || token.size() > max_token_bytes) return Error{"also has no token"};
  if (announcement.port == 0) return Error{"who says also must share"};
  announcement.also = Announcement::Also{*address, std::string(token)};
  return {};
}

}  // namespace

Result<Announcement> parse_announcement(std::string_view text) {
  const auto json = parse_bounded(text);
  if (!json) return json.error();
  Announcement announcement;

  const auto port = json->find("port");
  if (port == json->end() || !port->is_number_unsigned()) return Error{"port is missing"};
  const auto number = port->get<std::uint64_t>();
  if (number != 0 && (number < lowest_port || number > highest_port)) {
    return Error{"port must be 0 or from 1024 to 65535"};
  }
  announcement.port = static_cast<std::uint16_t>(number);

  if (auto read = read_also(*json, announcement); !read) return read.error();
  announcement.up_bps = count_member(*json, "up_bps");
  announcement.from_peers_bytes = count_member(*json, "from_peers_bytes");
  announcement.from_origin_bytes = count_member(*json, "from_origin_bytes");

  if (const auto asked = json->find("peers"); asked != json->end() && asked->is_number_unsigned()) {
    announcement.peers = std::min<std::uint64_t>(asked->get<std::uint64_t>(), max_asked_peers);
  }
  announcement.reverse = reverse_member(*json);
  announcement.wants = parse_list(*json, "want", max_wants, parse_want);
  announcement.failures =
      parse_list(*json, "failed", max_failures, parse_failure).value_or(announcement.failures);

  const auto holdings = json->find("holdings");
  if (holdings == json->end()) return announcement;
  if (!holdings->is_array()) return Error{"holdings is not a list"};
  if (holdings->size() > max_holdings) return Error{"there are more than 1024 holdings"};
  for (const auto& entry : *holdings) {
    auto holding = parse_holding(entry);
    if (!holding) return holding.error();
    announcement.holdings.push_back(std::move(*holding));
  }
  return announcement;
}

}  // namespace alluvium::gateway
