#include "tests/sim/listener.hpp"

namespace alluvium::sim {

namespace {

constexpr std::chrono::seconds meter_time{3};

swarm::EngineOptions engine_options(const Station& station) {
  swarm::EngineOptions options;
  options.playlist = station.playlist_url;
  options.peer_ports.v4 = Listener::peer_port;
  options.ahead = std::chrono::minutes(30);
  return options;
}

peer::UploadBudget budget(std::uint64_t share_bps) {
  return share_bps == 0 ? peer::UploadBudget() : peer::UploadBudget(share_bps);
}

swarm::EngineObserver& as_observer(swarm::EngineObserver& observer) {
  return observer;
}

}  // namespace

Listener::Listener(Network& network, Host& host, const Station& station, std::uint64_t share_bps,
                   hash::VerifiedChunks* verified)
    : host_(host),
      neighbours_(host, host, host),
      dialer_(network, host),
      clock_(host),
      problems_(clock_),
      clock_keeper_(host, clock_, host, problems_),
      client_(neighbours_, host, clock_keeper_, peers_),
      store_(host, nullptr, {}),
      services_{client_,   clock_,        host,
                store_,    peers_,        statistics_,
                problems_, host.random(), net::AddressRules::public_only()},
      peer_handler_(with_reversals(), budget(share_bps)),
      engine_(services_, engine_options(station), as_observer(*this)),
      player_(engine_, host, station),
      upload_meter_(host.make_timer([this] { measure_upload(); })) {
  services_.verified = verified;
  host_.listen(peer_port, &peer_handler_);
  engine_.start();
  measure_upload();
}

swarm::Services& Listener::with_reversals() {
  services_.neighbours = &neighbours_;
  services_.dialer = &dialer_;
  host_.neighbours = &neighbours_;
  return services_;
}

Listener::~Listener() {
  host_.neighbours = nullptr;
  // What it was sending ends before what it sends from.
  host_.kill();
}

void Listener::measure_upload() {
  engine_.set_upload_rate(peer_handler_.measure_upload());
  upload_meter_->arm(meter_time);
}

std::uint64_t Listener::held_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& root : store_.files()) {
    const auto& layout = store_.row(root)->layout();
    for (const ByteRange& range : store_.held(root).ranges(layout)) bytes += range.size();
  }
  return bytes;
}

}  // namespace alluvium::sim
