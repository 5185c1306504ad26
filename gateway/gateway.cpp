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
      held_(settings_.seed),
      swarms_({}, random_.next()),
      leases_(surroundings.clock, registry_, random_.next()),
      connect_back_(surroundings.client, surroundings.clock, settings_.rules, counters_,
                    surroundings.observer, random_.next(),
                    [this](const net::Endpoint& peer, bool reachable) {
                      swarms_.set_listed(peer, reachable);
                      leases_.on_reachable(peer, reachable);
                      aliases_.on_checked(peer);
                      if (succession_) succession_->on_peer(aliases_.known_as(peer));
                    }),
      aliases_(
          surroundings.clock, swarms_, connect_back_, leases_, [this] { return token_secret(); },
          Random(~settings_.seed).next()),
      locked_fetches_(make_locked_fetches()),
      fetcher_({locked_fetches_ ? *locked_fetches_ : surroundings.client, surroundings.workers,
                surroundings.storage, surroundings.timers, settings_.rules},
               surroundings.clock, registry_, budgets_, counters_, surroundings.observer,
               [this](const http::Url& url) { on_file_change(url); }),
      router_(http::HostRule::own_address()),
      ready_(surroundings.timers.make_timer([this] { std::exchange(on_ready_, nullptr)(); })),
      tick_(surroundings.timers.make_timer([this] { on_tick(); })),
      stations_({surroundings.client, surroundings.clock, surroundings.timers, surroundings.workers,
                 surroundings.observer, random_, settings_.rules},
                settings_.stations, [this] { on_station_change(); }),
      live_parts_(surroundings.client, surroundings.clock, stations_, registry_, settings_.rules,
                  [this](const http::Url& url) { on_file_change(url); }),
      lookup_(surroundings.clock, settings_.origins, registry_, stations_, fetcher_, budgets_,
              waiting_, counters_),
      coming_(surroundings.clock, stations_, registry_, fetcher_, budgets_, surroundings.observer),
      desk_(surroundings.clock, registry_, stations_, swarms_, connect_back_, leases_, aliases_,
            held_,
            Introductions(
                surroundings.clock, swarms_, held_,
                [this](const net::Endpoint& peer) { return leases_.book().neighbours(peer); },
                [this](const net::Endpoint& endpoint) { return aliases_.known_as(endpoint); },
                [this] { return token_secret(); }, random_.next())),
      row_search_(surroundings.workers, surroundings.storage),
      store_health_(surroundings.clock, surroundings.timers, surroundings.workers,
                    surroundings.storage, surroundings.observer),
      byte_reports_(random_.next()) {
  load();
  for (const auto& name : settings_.names) router_.hosts().allow_name(name);
  add_routes();
  join_companions();
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

void Gateway::join_companions() {
  if (surroundings_.shared == nullptr) return;
  const auto& s = surroundings_;
  succession_ = std::make_unique<Succession>(
      Succession::Surroundings{*s.shared, s.client, s.clock, s.timers, s.workers, s.storage,
                               s.observer},
      Succession::Knowledge{registry_, swarms_, leases_, connect_back_, aliases_},
      settings_.companions, [this] { on_station_change(); });
}

std::unique_ptr<LockedFetches> Gateway::make_locked_fetches() {
  const auto& s = surroundings_;
  if (s.shared == nullptr) return nullptr;
  return std::make_unique<LockedFetches>(
      LockedFetches::Surroundings{s.client, *s.shared, s.clock, s.timers}, settings_.companions.id,
      [this](const http::Url& url, std::function<void(bool)> on_looked) {
        succession_->load_files([this, url, on_looked = std::move(on_looked)] {
          on_looked(registry_.by_url(url) != nullptr);
        });
      });
}

void Gateway::on_listening(const std::string& url) {
  if (!succession_) return;
  if (const auto parsed = http::Url::parse(url)) allow_host(parsed->host());
  succession_->companions().set_url(url);
}

void Gateway::end(std::function<void()> on_done) {
  if (!succession_) return on_done();
  succession_->end(std::move(on_done));
}

GatewayState Gateway::state() const {
  return {counters_,
          registry_,
          stations_,
          swarms_,
          leases_.counters(),
          coming_,
          fetcher_.running(),
          held_.size(),
          store_health_,
          byte_reports_.sum(),
          history_,
          listeners_now(),
          router_.foreign_hosts(),
          edges_ ? edges_() : Edges(),
          succession_.get()};
}

std::string Gateway::token_secret() const {
  const auto& own = settings_.secret;
  if (!succession_) return own;
  const auto& shared = succession_->companions().seat().secret;
  return shared.empty() ? own : shared;
}

void Gateway::allow_host(const std::string& host) {
  // In `Host` an IPv6 literal stands in brackets.
  const bool is_v6 = host.find(':') != std::string::npos;
  router_.hosts().allow_name(is_v6 ? "[" + host + "]" : host);
}

void Gateway::on_station_change() {
  for (const auto& host : stations_.gateway_hosts()) allow_host(host);
  live_parts_.look();
  // Of several gateways one hashes what is coming, and says what is wrong with it.
  if (!succession_ || succession_->companions().answers_here()) {
    coming_.look();
  } else if (!succession_->companions().leads()) {
    coming_.rest();
  }
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
  aliases_.on_tick();
  desk_.on_tick();
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
