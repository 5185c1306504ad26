#include "gateway/pages.hpp"

namespace alluvium::gateway {

namespace {

/// Builds the text, one metric a call.
class Exposition {
 public:
  void counter(const char* name, const char* help, std::uint64_t value) {
    metric(name, help, "counter", value);
  }
  /// One metric divided by a label.
  struct Part {
    const char* label;
    std::uint64_t value;
  };
  void counters(const std::string& name, const char* help, const char* label,
                std::initializer_list<Part> parts) {
    const std::string full = "alluvium_gateway_" + name;
    text_ += "# HELP " + full + " " + help + "\n# TYPE " + full + " counter\n";
    for (const auto& part : parts) {
      text_ += full + "{" + label + "=\"" + part.label + "\"} " + std::to_string(part.value) + "\n";
    }
  }
  void gauge(const char* name, const char* help, std::uint64_t value) {
    metric(name, help, "gauge", value);
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  void metric(const std::string& name, const char* help, const char* type, std::uint64_t value) {
    const std::string full = "alluvium_gateway_" + name;
    text_ += "# HELP " + full + " " + help + "\n# TYPE " + full + " " + type + "\n" + full + " " +
             std::to_string(value) + "\n";
  }

  std::string text_;
};

void add_companions(const Succession& succession, Exposition& text) {
  const Companions& companions = succession.companions();
  const Companions::Counters& c = companions.counters();
  const auto store = companions.store().statistics();
  text.gauge("companions_leads", "1 if this gateway leads those of its name.",
             companions.leads() ? 1 : 0);
  text.gauge("companions_store_lost", "1 if what they share does not answer.",
             companions.is_store_lost() ? 1 : 0);
  text.counter("companions_elections_total", "How often this gateway came to lead.", c.elections);
  text.counter("companions_handed_on_total", "Requests that the leader answered.", c.handed_on);
  text.counter("companions_taken_over_total", "Requests that another gateway handed on.",
               c.taken_over);
  text.counter("companions_waited_total", "Requests that waited for somebody to lead.", c.waited);
  text.counter("companions_alone_total", "Requests answered here though another should have.",
               c.alone);
  text.counter("companions_refused_total", "Requests that came falsely as from a gateway.",
               c.refused);
  text.counter("companions_store_calls_total", "Commands to what they share.", store.calls);
  text.counter("companions_store_failures_total", "Commands not answered well.", store.failures);
  text.counter("companions_store_microseconds_total", "Time until commands were answered.",
               static_cast<std::uint64_t>(store.waited.count()));
  text.gauge("companions_records_waiting", "Listeners to be written of.",
             succession.write_behind().size());
  text.counter("companions_records_left_out_total", "Listeners not written of, for want of room.",
               succession.write_behind().left_out());
}

}  // namespace

std::string metrics_text(const GatewayState& state) {
  const Counters& c = state.counters;
  std::size_t stations_in_trouble = 0;
  for (const auto& station : state.stations.all()) {
    if (!station->problem().empty()) ++stations_in_trouble;
  }
  Exposition text;
  text.counter("head_requests_total", "Questions about a URL.", c.head_requests);
  text.counter("name_requests_total", "Questions about a name.", c.name_requests);
  text.counter("metalink_requests_total", "Metalink documents asked for.", c.metalink_requests);
  text.counter("announces_total", "Announcements of listeners.", c.announces);
  text.counter("malformed_announces_total", "Announcements refused.", c.malformed_announces);
  text.counters("refused_urls_total", "Questions about URLs that led to no fetch.", "cause",
                {{"not_permitted", c.refused_urls},
                 {"failed_lately", c.refused_lately_failed},
                 {"client_budget", c.refused_client_budget},
                 {"origin_budget", c.refused_origin_budget},
                 {"queue_full", c.refused_queue_full}});
  text.counter("fetches_total", "Fetches begun at origins.", c.fetches_started);
  text.counter("fetches_unchanged_total", "Fetches answered by 304.", c.fetches_unchanged);
  text.counters("fetches_failed_total", "Fetches that failed.", "cause",
                {{"no_answer", c.failed_no_answer},
                 {"not_a_file", c.failed_not_a_file},
                 {"too_large", c.failed_too_large},
                 {"type", c.failed_wrong_type},
                 {"origin_budget", c.failed_origin_budget}});
  text.counter("files_replaced_total", "Files that became another version.", c.files_replaced);
  text.counter("fetched_bytes_total", "Bytes of files received.", c.fetched_bytes);
  text.counter("connect_backs_total", "Listeners called to see if they answer.", c.connect_backs);
  text.counter("connect_backs_postponed_total", "Calls that nothing received had paid for.",
               c.connect_backs_postponed);
  text.counter("waits_refused_total", "Requests answered at once as too many waited already.",
               c.waits_refused);
  text.counter("peers_reachable_total", "Connect-backs that succeeded.", c.peers_reachable);
  text.counter("peers_unreachable_total", "Connect-backs that failed.", c.peers_unreachable);
  const leases::Counters& l = state.leases;
  text.gauge("leases", "Chunks that somebody is to fetch from an origin for all.", l.live);
  text.counter("leases_granted_total", "Chunks leased.", l.granted);
  text.counter("leases_settled_total", "Leases after which enough listeners had it.", l.settled);
  text.counter("leases_expired_total", "Leases whose time was over.", l.expired);
  text.counter("leases_failed_total", "Leases that failed, or whose holder left.", l.failed);
  text.counter("sources_assigned_total", "Chunks for which a listener was sent to another.",
               l.assigned);
  text.counter("sources_waits_total", "Chunks for which a listener was told to wait.", l.waits);
  text.counter("sources_alone_total", "Chunks for which nobody could have served others.", l.alone);
  text.counter("escape_bytes_total", "Bytes permitted from origins out of turn.", l.escapes);
  text.counter("peers_distrusted_total", "Listeners that several others reported.", l.distrusted);
  text.counter("listeners_from_peers_bytes_total", "Bytes that listeners say they got from others.",
               state.reported.from_peers);
  text.counter("listeners_from_origins_bytes_total",
               "Bytes that listeners say they got from origins.", state.reported.from_origins);
  text.gauge("store_failing", "1 while the store cannot be written.",
             state.store.problem().empty() ? 0 : 1);
  text.gauge(
      "store_write_milliseconds", "How long the last try to write the store took.",
      static_cast<std::uint64_t>(
          std::chrono::duration_cast<std::chrono::milliseconds>(state.store.last_write()).count()));
  text.gauge("files", "Files known.", state.registry.size());
  text.gauge("fetches_running", "Fetches under way.", state.running_fetches);
  text.gauge("swarms", "Files that some listener has announced.", state.swarms.all().size());
  text.gauge("peers", "Listeners that share.", state.swarms.peer_count());
  text.gauge("peer_records", "Files announced, summed over listeners.",
             state.swarms.record_count());
  text.gauge("stations", "Playlists subscribed to.", state.stations.all().size());
  std::uint64_t missing = 0;
  std::uint64_t contradicted = 0;
  for (const auto& trouble : state.coming.troubles()) {
    ++(trouble.kind == ComingTrouble::Kind::missing ? missing : contradicted);
  }
  text.gauge("coming_files", "Files that stations will need soon.", state.coming.coming());
  text.gauge("coming_files_missing", "Of these, those that could not be had.", missing);
  text.gauge("coming_files_contradicted", "Of these, those that are not what the playlist says.",
             contradicted);
  text.gauge("stations_failing", "Playlists whose last look failed.", stations_in_trouble);
  if (state.succession != nullptr) add_companions(*state.succession, text);
  return text.take();
}

}  // namespace alluvium::gateway
