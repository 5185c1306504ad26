#include "gateway/exposition.hpp"
#include "gateway/pages.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

namespace {

/// What bytes are counted for, in the order of `http::ServerTraffic::by_class`: the first that the
/// path begins with.
struct RouteClass {
  const char* label;
  std::string_view path;
};
constexpr std::array<RouteClass, http::ServerTraffic::classes> route_classes = {
    {{"none", "no request"},
     {"head", "/gateway/head"},
     {"metalink", "/gateway/metalink"},
     {"announce", "/gateway/announce"},
     {"row", "/uri-res/N2X"},
     {"name", "/uri-res/"},
     {"metrics", "/metrics"},
     {"other", ""}}};

void add_requests(const GatewayState& state, Exposition& text) {
  const Counters& c = state.counters;
  text.add({{"head_requests_total", "Questions about a URL.", c.head_requests},
            {"name_requests_total", "Questions about a name.", c.name_requests},
            {"metalink_requests_total", "Metalink documents asked for.", c.metalink_requests},
            {"announces_total", "Announcements of listeners.", c.announces},
            {"malformed_announces_total", "Announcements refused.", c.malformed_announces},
            {"waits_refused_total", "Requests answered at once as too many waited already.",
             c.waits_refused}});
  text.add_divided("refused_urls_total", "Questions about URLs that led to no fetch.", "cause",
                   {{"not_permitted", c.refused_urls},
                    {"failed_lately", c.refused_lately_failed},
                    {"client_budget", c.refused_client_budget},
                    {"origin_budget", c.refused_origin_budget},
                    {"queue_full", c.refused_queue_full}});
}

void add_server(const GatewayState& state, Exposition& text) {
  const http::ServerTraffic& server = state.edges.server;
  const auto& r = server.refusals;
  text.add({{"http_connections", "Clients that are connected.", server.connections}});
  text.add_divided("http_refusals_total", "Clients refused or cut before any route was asked.",
                   "cause",
                   {{"malformed", r.malformed},
                    {"too_large", r.too_large},
                    {"slow_head", r.slow_heads},
                    {"slow_reader", r.slow_readers},
                    {"too_many_connections", r.crowded_out},
                    {"foreign_host", state.foreign_hosts}});
  std::vector<Exposition::Part> received;
  std::vector<Exposition::Part> sent;
  for (std::size_t i = 0; i < route_classes.size(); ++i) {
    received.push_back({route_classes[i].label, server.by_class[i].received});
    sent.push_back({route_classes[i].label, server.by_class[i].sent});
  }
  text.add_divided("http_received_bytes_total", "Bytes received, by what was asked.", "route",
                   received);
  text.add_divided("http_sent_bytes_total", "Bytes sent, by what was asked.", "route", sent);
}

void add_fetches(const GatewayState& state, Exposition& text) {
  const Counters& c = state.counters;
  text.add({{"fetches_total", "Fetches begun at origins.", c.fetches_started},
            {"fetches_unchanged_total", "Fetches answered by 304.", c.fetches_unchanged},
            {"fetches_running", "Fetches under way.", state.running_fetches},
            {"fetched_bytes_total", "Bytes of files received.", c.fetched_bytes},
            {"files", "Files known.", state.registry.size()},
            {"files_replaced_total", "Files that became another version.", c.files_replaced}});
  text.add_divided("fetches_failed_total", "Fetches that failed.", "cause",
                   {{"no_answer", c.failed_no_answer},
                    {"not_a_file", c.failed_not_a_file},
                    {"too_large", c.failed_too_large},
                    {"type", c.failed_wrong_type},
                    {"origin_budget", c.failed_origin_budget}});
}

void add_listeners(const GatewayState& state, Exposition& text) {
  const Counters& c = state.counters;
  text.add(
      {{"connect_backs_total", "Listeners called to see if they answer.", c.connect_backs},
       {"connect_backs_postponed_total", "Calls that nothing received had paid for.",
        c.connect_backs_postponed},
       {"peers_reachable_total", "Connect-backs that succeeded.", c.peers_reachable},
       {"peers_unreachable_total", "Connect-backs that failed.", c.peers_unreachable},
       {"swarms", "Files that some listener has announced.", state.swarms.all().size()},
       {"peers", "Listeners that share.", state.swarms.peer_count()},
       {"announces_held", "Listeners that wait to be called as somebody could use them.",
        state.announces_held},
       {"peer_records", "Files announced, summed over listeners.", state.swarms.record_count()},
       {"listeners_from_peers_bytes_total", "Bytes that listeners say they got from others.",
        state.reported.from_peers},
       {"listeners_from_origins_bytes_total", "Bytes that listeners say they got from origins.",
        state.reported.from_origins}});
}

void add_leases(const leases::Counters& l, Exposition& text) {
  text.add(
      {{"leases", "Chunks that somebody is to fetch from an origin for all.", l.live},
       {"leases_granted_total", "Chunks leased.", l.granted},
       {"leases_settled_total", "Leases after which enough listeners had it.", l.settled},
       {"leases_expired_total", "Leases whose time was over.", l.expired},
       {"leases_failed_total", "Leases that failed, or whose holder left.", l.failed},
       {"sources_assigned_total", "Chunks for which a listener was sent to another.", l.assigned},
       {"sources_waits_total", "Chunks for which a listener was told to wait.", l.waits},
       {"sources_alone_total", "Chunks for which nobody could have served others.", l.alone},
       {"escape_bytes_total", "Bytes permitted from origins out of turn.", l.escapes},
       {"peers_distrusted_total", "Listeners that several others reported.", l.distrusted}});
}

void add_store(const GatewayState& state, Exposition& text) {
  const auto& times = state.edges.store;
  text.add({{"store_failing", "1 while the store cannot be written.",
             state.store.problem().empty() ? 0u : 1u}});
  text.add_histogram("store_seconds", "How long the store took.",
                     {{"operation=\"load\"", times.load},
                      {"operation=\"find\"", times.find},
                      {"operation=\"save\"", times.save},
                      {"operation=\"try_write\"", times.try_write}});
}

void add_stations(const GatewayState& state, Exposition& text) {
  const auto& stations = state.stations.all();
  const auto failing = std::count_if(stations.begin(), stations.end(), [](const auto& station) {
    return !station->problem().empty();
  });
  std::uint64_t missing = 0;
  std::uint64_t contradicted = 0;
  for (const auto& trouble : state.coming.troubles()) {
    ++(trouble.kind == ComingTrouble::Kind::missing ? missing : contradicted);
  }
  text.add({{"stations", "Playlists subscribed to.", stations.size()},
            {"stations_failing", "Playlists whose last look failed.",
             static_cast<std::uint64_t>(failing)},
            {"coming_files", "Files that stations will need soon.", state.coming.coming()},
            {"coming_files_missing", "Of these, those that could not be had.", missing},
            {"coming_files_contradicted", "Of these, those that are not what the playlist says.",
             contradicted}});
}

void add_companions(const Succession& succession, Exposition& text) {
  const Companions& companions = succession.companions();
  const Companions::Counters& c = companions.counters();
  const auto store = companions.store().statistics();
  const auto& notes = succession.write_behind();
  text.add(
      {{"companions_leads", "1 if this gateway leads those of its name.",
        companions.leads() ? 1u : 0u},
       {"companions_store_lost", "1 if what they share does not answer.",
        companions.is_store_lost() ? 1u : 0u},
       {"companions_elections_total", "How often this gateway came to lead.", c.elections},
       {"companions_handed_on_total", "Requests that the leader answered.", c.handed_on},
       {"companions_taken_over_total", "Requests that another gateway handed on.", c.taken_over},
       {"companions_waited_total", "Requests that waited for somebody to lead.", c.waited},
       {"companions_alone_total", "Requests answered here though another should have.", c.alone},
       {"companions_refused_total", "Requests that came falsely as from a gateway.", c.refused},
       {"companions_store_calls_total", "Commands to what they share.", store.calls},
       {"companions_store_failures_total", "Commands not answered well.", store.failures},
       {"companions_records_waiting", "Listeners to be written of.", notes.size()},
       {"companions_records_left_out_total", "Listeners not written of, for want of room.",
        notes.left_out()}});
  text.add_histogram("companions_store_seconds", "Time until commands were answered well.",
                     {{"", store.latency}});
}

}  // namespace

std::size_t route_class_of(const http::Request& request) {
  const auto found =
      std::find_if(route_classes.begin(), route_classes.end(),
                   [&](const RouteClass& one) { return request.path().starts_with(one.path); });
  return static_cast<std::size_t>(found - route_classes.begin());
}

std::string metrics_text(const GatewayState& state) {
  Exposition text;
  add_requests(state, text);
  add_server(state, text);
  add_fetches(state, text);
  add_listeners(state, text);
  add_leases(state.leases, text);
  add_store(state, text);
  add_stations(state, text);
  if (state.succession != nullptr) add_companions(*state.succession, text);
  return text.take();
}

}  // namespace alluvium::gateway
