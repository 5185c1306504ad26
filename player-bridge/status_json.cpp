#include "core/base/text.hpp"
#include "core/time/w3cdtf.hpp"
#include "player-bridge/status.hpp"

#include <nlohmann/json.hpp>

namespace alluvium::bridge {

using nlohmann::ordered_json;

namespace {

/// Text from outside may be anything; JSON must be UTF-8.
std::string dumped(const ordered_json& document) {
  return document.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

ordered_json item_json(const std::optional<ItemStatus>& item) {
  if (!item) return nullptr;
  return {{"title", item->title},
          {"url", item->url},
          {"started", format_w3cdtf(item->started)},
          {"ends", item->ends ? ordered_json(format_w3cdtf(*item->ends)) : ordered_json(nullptr)},
          {"offset_seconds", item->offset_seconds},
          {"name", item->name},
          {"creator", item->creator},
          {"filler", item->is_filler}};
}

ordered_json map_json(const std::optional<MapStatus>& map) {
  if (!map) return nullptr;
  return {{"cells", map->cells}, {"position", map->position}, {"verified", map->is_verified}};
}

ordered_json peers_json(const std::vector<PeerStatus>& peers) {
  ordered_json list = ordered_json::array();
  for (const PeerStatus& peer : peers) {
    list.push_back({{"address", peer.address},
                    {"received", peer.received_bytes},
                    {"sent", peer.sent_bytes},
                    {"holds", peer.holds ? ordered_json(*peer.holds) : ordered_json(nullptr)},
                    {"banned", peer.is_banned}});
  }
  return list;
}

const char* word(router::PortMapping::State state) {
  switch (state) {
    case router::PortMapping::State::off:
      return "off";
    case router::PortMapping::State::asking:
      return "asking";
    case router::PortMapping::State::open:
      return "open";
    case router::PortMapping::State::failed:
      return "failed";
  }
  return "";
}

ordered_json port_mapping_json(const router::PortMapping& mapping) {
  ordered_json document = {{"state", word(mapping.state)},
                           {"protocol", nullptr},
                           {"port", nullptr},
                           {"why", router::describe(mapping.failed)}};
  if (mapping.mapping) {
    document["protocol"] = router::name(mapping.mapping->protocol);
    document["port"] = mapping.mapping->external_port;
  }
  return document;
}

ordered_json sharing_json(const ListenerStatus& status) {
  const auto rate = status.upload ? status.upload->bits_per_second() : std::nullopt;
  return {{"enabled", status.upload.has_value()},
          {"bits_per_second", rate ? ordered_json(*rate) : ordered_json(nullptr)},
          {"sentence", status.sharing},
          {"can_change", status.can_change_sharing},
          {"port_mapping", port_mapping_json(status.port_mapping)}};
}

}  // namespace

std::string status_json(const ListenerStatus& status) {
  ordered_json problems = ordered_json::array();
  for (const swarm::Problem& problem : status.problems) {
    problems.push_back({{"text", problem.text}, {"since", format_w3cdtf(problem.since)}});
  }
  const swarm::Statistics& bytes = status.bytes;
  return dumped(
      {{"station", status.station},
       {"item", item_json(status.item)},
       {"next", item_json(status.next)},
       {"buffer_seconds", status.buffer_seconds},
       {"bytes",
        {{"origin", bytes.origin_bytes},
         {"peers", bytes.peer_bytes},
         {"gateway", bytes.gateway_bytes},
         {"uploaded", bytes.uploaded_bytes},
         {"cache", bytes.cache_bytes},
         {"unverified", bytes.unverified_bytes}}},
       {"chunks",
        {{"verified", bytes.verified_chunks},
         {"rejected", bytes.rejected_chunks},
         {"held", status.chunks_held},
         {"total", status.chunks_total}}},
       {"peers", status.peers},
       {"players", status.players},
       {"reachable", status.reachable ? ordered_json(*status.reachable) : ordered_json(nullptr)},
       {"reach",
        {{"answer", word(status.reach.answer)},
         {"saying", saying(status.reach.answer)},
         {"why", status.reach.why},
         {"open_offers", status.open_offers},
         {"neighbours", status.neighbours}}},
       {"problems", problems},
       {"now", format_w3cdtf(status.now)},
       {"lag_seconds", status.lag_seconds},
       {"stream",
        {{"url", status.stream_url},
         {"type", status.content_type},
         {"bits_per_second", status.bits_per_second}}},
       {"map", map_json(status.map)},
       {"peer_list", peers_json(status.peer_list)},
       {"sharing", sharing_json(status)},
       {"page_revision", status.page_revision}});
}

std::string icecast_status_json(const std::vector<ListenerStatus>& stations, WallTime started) {
  ordered_json stats = {{"admin", ""},
                        {"host", "localhost"},
                        {"location", ""},
                        {"server_id", "Alluvium"},
                        {"server_start_iso8601", format_w3cdtf(started)}};
  ordered_json sources = ordered_json::array();
  for (const ListenerStatus& status : stations) {
    if (status.content_type.empty()) continue;
    sources.push_back({{"bitrate", status.bits_per_second / 1000},
                       {"genre", ""},
                       {"listeners", status.players},
                       {"listenurl", status.stream_url},
                       {"server_description", ""},
                       {"server_name", status.station},
                       {"server_type", status.content_type},
                       {"title", status.item ? status.item->title : std::string()}});
  }
  // Absent for no mount, an object for one, an array for more, as Icecast has it.
  if (sources.size() == 1) stats["source"] = sources[0];
  if (sources.size() > 1) stats["source"] = std::move(sources);
  return dumped({{"icestats", stats}});
}

}  // namespace alluvium::bridge
