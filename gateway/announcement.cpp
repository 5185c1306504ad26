#include "gateway/announcement.hpp"

#include <nlohmann/json.hpp>

namespace alluvium::gateway {

namespace {

using Json = nlohmann::json;

constexpr std::uint64_t lowest_port = 1024;
constexpr std::uint64_t highest_port = 65'535;

Result<Json> parse_bounded(std::string_view text) {
  if (text.size() > max_announcement_bytes) return Error{"the announcement is too long"};
  bool too_deep = false;
  const auto bound_depth = [&](int depth, Json::parse_event_t, Json&) {
    too_deep = too_deep || static_cast<std::size_t>(depth) > max_announcement_depth;
    return !too_deep;
  };
  Json json = Json::parse(text.begin(), text.end(), bound_depth, false);
  if (too_deep) return Error{"the announcement is nested too deeply"};
  if (!json.is_object()) return Error{"the announcement is not a JSON object"};
  return json;
}

/// The text of a member, empty if there is none of that type.
std::string_view text_member(const Json& object, const char* name) {
  const auto member = object.find(name);
  if (member == object.end() || !member->is_string()) return {};
  return member->get_ref<const std::string&>();
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

  if (const auto rate = json->find("up_bps"); rate != json->end() && rate->is_number_unsigned()) {
    announcement.up_bps = rate->get<std::uint64_t>();
  }

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

std::string to_json(const AnnounceAnswer& answer) {
  Json swarms = Json::array();
  for (const auto& news : answer.swarms) {
    Json peers = Json::array();
    for (const auto& peer : news.peers) {
      peers.push_back({{"address", peer.endpoint.text()}, {"available", peer.available.text()}});
    }
    Json swarm = {{"urn", news.root.urn()}, {"peers", std::move(peers)}};
    if (news.size) swarm["size"] = *news.size;
    swarms.push_back(std::move(swarm));
  }
  return Json{{"expires", answer.expires.count()},
              {"interval_ms", answer.interval.count()},
              {"you", answer.you.text()},
              {"reachable", answer.reachable ? Json(*answer.reachable) : Json(nullptr)},
              {"escape_bytes", 0},
              {"swarms", std::move(swarms)},
              {"from", Json::array()}}
      .dump();
}

}  // namespace alluvium::gateway
