#include "tests/sim/gateway.hpp"

#include <algorithm>

namespace alluvium::sim {

namespace {

gateway::Gateway::Settings settings(const Station& station, std::uint64_t seed) {
  gateway::Gateway::Settings settings;
  settings.stations.push_back(station.playlist_url);
  settings.rules = net::AddressRules::everything();
  settings.names = {Station::gateway_host};
  settings.seed = seed;
  settings.secret = "of the simulation";
  return settings;
}

}  // namespace

GatewayHost::GatewayHost(Host& host, const Station& station, std::uint64_t seed)
    : host_(host),
      station_(station),
      gateway_({host, host, host, host, storage_, observer_}, settings(station, seed), [] {}) {
  host_.listen(Station::gateway_port, &gateway_.router());
}

GatewayHost::~GatewayHost() {
  host_.kill();
}

bool GatewayHost::is_ready() const {
  const auto state = gateway_.state();
  return std::all_of(station_.songs.begin(), station_.songs.end(), [&](const Song& song) {
    return state.registry.by_root(song.row->root()) != nullptr;
  });
}

}  // namespace alluvium::sim
