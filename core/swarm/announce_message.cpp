#include "core/swarm/announce_message.hpp"

#include "core/base/text.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace alluvium::swarm {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr std::size_t max_answer_bytes = 256 * 1024;
constexpr int max_depth = 8;

/// A document within bounds, or a discarded value.
json parse_bounded(std::string_view text) {
  if (text.size() > max_answer_bytes) return json(json::value_t::discarded);
  bool too_deep = false;
  json document = json::parse(
      text,
      [&](int depth, json::parse_event_t, json&) {
        too_deep = too_deep || depth > max_depth;
        return !too_deep;
      },
      false);
  return too_deep ? json(json::value_t::discarded) : document;
}

std::optional<std::int64_t> number(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number()) return std::nullopt;
  const double value = found->get<double>();
  if (!(value >= 0 && value <= 1e12)) return std::nullopt;
  return static_cast<std::int64_t>(value);
}

std::optional<std::string> text(const json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

const json& list(const json& object, const char* name) {
  static const json empty = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : empty;
}

}  // namespace

std::string to_json(const AnnounceRequest& request) {
  json holdings = json::array();
  for (const Holding& holding : request.holdings) {
    holdings.push_back({{"urn", holding.root.urn()}, {"available", holding.available}});
  }
  return json{{"port", request.port}, {"up_bps", request.up_bps}, {"holdings", holdings}}.dump();
}

Result<AnnounceAnswer> parse_announce_answer(std::string_view body) {
  const json document = parse_bounded(body);
  if (!document.is_object()) return Error{"the answer is not a JSON object"};
  AnnounceAnswer answer;
  if (const auto expires = number(document, "expires")) {
    answer.expires = std::clamp<Duration>(seconds(*expires), seconds(5), seconds(3600));
  }
  if (const auto interval = number(document, "interval_ms")) {
    answer.interval = std::clamp<Duration>(milliseconds(*interval), milliseconds(250), seconds(60));
  }
  if (const auto you = text(document, "you")) answer.you = net::IpAddress::parse(*you);
  const auto reachable = document.find("reachable");
  if (reachable != document.end() && reachable->is_boolean()) {
    answer.reachable = reachable->get<bool>();
  }
  for (const json& swarm : list(document, "swarms")) {
    if (!swarm.is_object()) continue;
    const auto root = hash::TreeRoot::from_urn(text(swarm, "urn").value_or(""));
    if (!root) continue;
    ToldSwarm told{*root, {}};
    for (const json& peer : list(swarm, "peers")) {
      if (!peer.is_object()) continue;
      const auto endpoint = net::parse_endpoint(text(peer, "address").value_or(""));
      if (endpoint) told.peers.push_back({*endpoint, text(peer, "available").value_or("none")});
    }
    answer.swarms.push_back(std::move(told));
  }
  return answer;
}

}  // namespace alluvium::swarm
