#include "player-bridge/listener.hpp"

#include <cstdio>
#include <utility>

#include <spdlog/spdlog.h>

namespace alluvium::bridge {

namespace {

uv::HttpServerLimits local_limits() {
  uv::HttpServerLimits limits;
  limits.connections = 8'192;
  limits.connections_per_client = 8'192;
  limits.request.body_bytes = 1024;  // For POST /sharing.
  return limits;
}

}  // namespace

Listener::Listener(uv::Loop& loop, Options options) : loop_(loop), options_(std::move(options)) {
  for (std::size_t i = 0; i < options_.nodes.size(); ++i) add_station(i);
  server_ = std::make_unique<uv::HttpServer>(loop, options_.listen, stations_, local_limits());
  endpoint_ = server_->endpoint();
}

void Listener::add_station(std::size_t index) {
  receptions_.push_back(
      std::make_unique<Reception>(loop_, options_.nodes[index], options_.mount,
                                  Reception::Events{[this] { on_ready(); },
                                                    [this](const std::string& sentence) {
                                                      failure_ = sentence;
                                                      stop();
                                                    }}));
  Reception& reception = *receptions_.back();
  stations_.add(std::make_unique<LocalServer>(
      reception.mount(),
      LocalServer::Statuses{[this, index] { return status(index); },
                            [this] {
                              std::vector<ListenerStatus> all;
                              for (std::size_t i = 0; i < receptions_.size(); ++i) {
                                all.push_back(status(i));
                              }
                              return all;
                            }},
      SharingSwitch(random_token(),
                    [&reception](auto upload) { return reception.share(std::move(upload)); }),
      loop_.wall_now()));
}

void Listener::start() {
  for (const auto& reception : receptions_) {
    const bool shares = reception->node().upload().has_value();
    spdlog::info(reception->sharing() + (shares ? " (--share off ends that)" : ""));
    reception->start();
  }
}

void Listener::stop() {
  if (std::exchange(is_stopping_, true)) return;
  server_.reset();
  for (const auto& reception : receptions_) reception->leave([this] { on_left(); });
}

void Listener::on_left() {
  if (++left_ == receptions_.size()) loop_.stop();
}

std::string Listener::local_url() const {
  net::Endpoint shown = endpoint_;
  // "All addresses" is no address that a player can open.
  if (shown.address == net::IpAddress()) shown.address = *net::IpAddress::parse("::1");
  if (shown.address.is_unspecified()) shown.address = net::IpAddress::v4(127, 0, 0, 1);
  return "http://" + shown.text();
}

void Listener::on_ready() {
  if (++ready_ < receptions_.size()) return;
  for (std::size_t i = 0; i < receptions_.size(); ++i) {
    const std::string base = local_url() + station_path(i);
    const auto peers = receptions_[i]->node().peer_endpoint();
    std::printf("stream %sstream\npage %s\npeers %s\n", base.c_str(), base.c_str(),
                peers ? peers->text().c_str() : "off");
  }
  std::fflush(stdout);
}

ListenerStatus Listener::status(std::size_t index) {
  ListenerStatus status = receptions_[index]->status();
  status.mount = station_path(index) + "stream";
  status.stream_url = local_url() + status.mount;
  if (receptions_.size() > 1) {
    for (std::size_t i = 0; i < receptions_.size(); ++i) {
      status.stations.push_back({receptions_[i]->station(), station_path(i), i == index});
    }
  }
  return status;
}

}  // namespace alluvium::bridge
