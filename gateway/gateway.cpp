#include "gateway/gateway.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::gateway {

namespace {

/// How often holdings whose time is over are swept up.
constexpr Duration tick_pause = std::chrono::seconds(5);

}  // namespace

Gateway::Gateway(const Surroundings& surroundings, Settings settings,
                 std::function<void()> on_ready)
    : surroundings_(surroundings),
      settings_(std::move(settings)),
      on_ready_(std::move(on_ready)),
      random_(settings_.seed),
      registry_(settings_.fetching.failure_lifetime),
      budgets_(settings_.fetching),
      swarms_({}, random_.next()),
      leases_(surroundings.clock, registry_, random_.next()),
      connect_back_(surroundings.client, surroundings.clock, settings_.rules, counters_,
                    surroundings.observer,
                    [this](const net::Endpoint& peer, bool reachable) {
                      swarms_.set_listed(peer, reachable);
                      leases_.on_reachable(peer, reachable);
                    }),
      fetcher_({surroundings.client, surroundings.workers, surroundings.storage,
                surroundings.timers, settings_.rules},
               surroundings.clock, registry_, budgets_, counters_, surroundings.observer,
               [this](const http::Url& url) { on_file_change(url); }),
      router_(http::HostRule::own_address()),
      ready_(surroundings.timers.make_timer([this] { std::exchange(on_ready_, nullptr)(); })),
      tick_(surroundings.timers.make_timer([this] { on_tick(); })),
      stations_({surroundings.client, surroundings.clock, surroundings.timers, surroundings.workers,
                 surroundings.observer, random_, settings_.rules},
                settings_.stations, [this] { on_station_change(); }),
      lookup_(surroundings.clock, settings_.origins, registry_, stations_, fetcher_, budgets_,
              waiting_, counters_),
      coming_(surroundings.clock, stations_, registry_, fetcher_, budgets_, surroundings.observer),
      desk_(surroundings.clock, registry_, stations_, swarms_, connect_back_, leases_),
      store_health_(surroundings.clock, surroundings.timers, surroundings.workers,
                    surroundings.storage, surroundings.observer) {
  load();
  for (const auto& name : settings_.names) router_.hosts().allow_name(name);
  add_routes();
  tick_->arm(tick_pause);
  if (settings_.stations.empty()) ready_->arm({});
}

void Gateway::load() {
  Storage::Contents contents = surroundings_.storage.load();
  for (auto& file : contents.files) {
    registry_.add(std::make_shared<const FileVersion>(std::move(file)), surroundings_.clock.now());
  }
  storage_problems_ = std::move(contents.problems);
}

GatewayState Gateway::state() const {
  return {counters_,           registry_, stations_,          swarms_,
          leases_.counters(),  coming_,   fetcher_.running(), store_health_,
          byte_reports_.sum(), history_,  listeners_now()};
}

void Gateway::on_station_change() {
  for (const auto& host : stations_.gateway_hosts()) {
    // In `Host` an IPv6 literal stands in brackets.
    const bool is_v6 = host.find(':') != std::string::npos;
    router_.hosts().allow_name(is_v6 ? "[" + host + "]" : host);
  }
  coming_.look();
  if (on_ready_ && stations_.were_all_looked_at()) ready_->arm({});
  waiting_.tell_all();
}

void Gateway::on_file_change(const http::Url& url) {
  coming_.assess();
  waiting_.tell(url);
}

void Gateway::on_tick() {
  swarms_.expire(surroundings_.clock.now());
  leases_.on_tick();
  byte_reports_.expire(surroundings_.clock.now());
  if (history_.is_due(surroundings_.clock.now())) {
    history_.add(listeners_now(), surroundings_.clock.now());
  }
  tick_->arm(tick_pause);
}

ListenerHistory::Sample Gateway::listeners_now() const {
  ListenerHistory::Sample sample{surroundings_.clock.wall_now(), {}};
  for (const auto& [root, swarm] : swarms_.all()) sample.files.push_back({root, swarm.size()});
  return sample;
}

Locations Gateway::locations_of(const hash::TreeRoot& root, const net::Endpoint& asker,
                                std::size_t peers, bool complete_only) {
  Locations locations;
  for (const auto& peer :
       swarms_.pick(root, {asker, peers, complete_only}, surroundings_.clock.now())) {
    locations.peers.push_back(peer_url(peer.endpoint, root));
  }
  const auto urls = registry_.urls_of(root);
  if (urls.empty()) return locations;
  locations.origins.push_back(urls.front());
  const auto add_mirror = [&](const http::Url& url) {
    if (url != urls.front() && std::find(locations.mirrors.begin(), locations.mirrors.end(), url) ==
                                   locations.mirrors.end()) {
      locations.mirrors.push_back(url);
    }
  };
  if (const auto* item = stations_.find(urls.front())) {
    for (const auto& mirror : item->mirrors) add_mirror(mirror);
  }
  std::for_each(urls.begin() + 1, urls.end(), add_mirror);
  return locations;
}

}  // namespace alluvium::gateway
