#include "core/node/node.hpp"

#include "core/router/default_route.hpp"
#include "core/store/disk_cache.hpp"
#include "core/uv/own_networks.hpp"

#include <charconv>
#include <random>
#include <stdexcept>
#include <utility>

namespace alluvium::node {

namespace {

constexpr Duration meter_time = std::chrono::seconds(3);
/// A disk that takes longer keeps nobody from leaving.
constexpr Duration disk_patience = std::chrono::seconds(2);
constexpr Duration home_lifetime = std::chrono::seconds(10);
constexpr const char* peer_port_key = "peer port";

std::uint64_t random_seed() {
  std::random_device device;
  const std::uint64_t high = device();
  return high << 32 | device();
}

std::shared_ptr<store::Disk> open_cache(const std::string& folder) {
  auto cache = store::DiskCache::open(folder);
  if (!cache) throw std::runtime_error(cache.error().message);
  return std::move(*cache);
}

/// Calls go out from the address the peer port is bound to, so that a gateway sees where we are
/// found.
curl::ClientOptions client_options(const NodeOptions& options) {
  curl::ClientOptions result;
  if (!options.peer_listen.address.is_unspecified()) {
    result.local_address = options.peer_listen.address;
  }
  return result;
}

/// Only what others could reach through a router is asked for.
router::MapPort map_port(const NodeOptions& options) {
  const net::IpAddress& at = options.peer_listen.address;
  const bool is_behind_router = at.is_unspecified() || router::is_of_home_network(at);
  return is_behind_router ? options.map_port : router::MapPort::off;
}

uv::HttpServerLimits peer_limits() {
  uv::HttpServerLimits limits;
  limits.connections = 256;
  limits.connections_per_client = 32;
  return limits;
}

}  // namespace

Node::Node(uv::Loop& loop, NodeOptions options, swarm::EngineObserver& observer)
    : loop_(loop),
      curl_(loop, client_options(options)),
      neighbours_(curl_, loop, loop),
      clock_(loop),
      problems_(clock_),
      clock_keeper_(loop, clock_, loop, problems_),
      client_(neighbours_, loop, clock_keeper_, peers_),
      random_(random_seed()),
      store_(std::make_unique<store::Store>(
          loop, open_cache(options.cache_folder), store::StoreLimits{options.cache_bytes},
          [this](const std::string& trouble) {
            if (trouble.empty()) return problems_.clear("disk");
            problems_.report("disk", trouble + "; what does not fit in memory is fetched again");
          })),
      services_{client_,   clock_,  loop,
                *store_,   peers_,  statistics_,
                problems_, random_, net::AddressRules::public_only()},
      peer_handler_(services_, options.upload.value_or(peer::UploadBudget())),
      peer_listen_(options.peer_listen),
      router_(loop),
      port_mapper_(router_, map_port(options), loop, loop, [this] { tell_peer_port(); }),
      upload_meter_(loop.make_timer([this] { measure_upload(); })),
      leaving_(loop.make_timer([this] { finish_leaving(); })) {
  services_.neighbours = &neighbours_;
  services_.home = [this] { return home(); };
  if (options.upload) open_peer_port();
  swarm::EngineOptions engine;
  engine.playlist = std::move(options.playlist);
  engine.use_gateway = options.use_gateway;
  engine.gateway = std::move(options.gateway);
  engine.join_at_start = options.join_at_start;
  engine.ahead = options.ahead;
  engine.peer_ports = peer_ports();
  engine_ = std::make_unique<swarm::Engine>(services_, std::move(engine), observer);
}

void Node::start() {
  engine_->start();
  tell_peer_port();
  measure_upload();
}

void Node::leave(std::function<void()> on_done) {
  upload_meter_->disarm();
  close_peer_port();
  on_left_ = std::move(on_done);
  parts_to_leave_ = 2;
  port_mapper_.leave([this] { on_part_left(); });
  engine_->leave([this] {
    // What has been verified is to be found again.
    store_->settle([this] { finish_leaving(); });
    leaving_->arm(disk_patience);
  });
}

void Node::finish_leaving() {
  leaving_->disarm();
  if (!std::exchange(has_settled_, true)) on_part_left();
}

void Node::on_part_left() {
  if (--parts_to_leave_ == 0) on_left_();
}

std::optional<net::Endpoint> Node::peer_endpoint() const {
  if (!peer_server_) return std::nullopt;
  return peer_server_->endpoint();
}

std::optional<peer::UploadBudget> Node::upload() const {
  if (!peer_server_) return std::nullopt;
  return peer_handler_.budget();
}

void Node::open_peer_port() {
  const auto open = [this](std::uint16_t port) {
    peer_server_ = std::make_unique<uv::HttpServer>(
        loop_, net::Endpoint{peer_listen_.address, port}, peer_handler_, peer_limits());
  };
  // Whoever knows us looks for us where we were.
  const std::uint16_t last = peer_listen_.port == 0 ? last_peer_port() : std::uint16_t{0};
  if (last != 0) {
    try {
      open(last);
    } catch (const std::runtime_error&) {
      // Somebody else has it now.
    }
  }
  if (!peer_server_) open(peer_listen_.port);
  peer_listen_.port = peer_server_->endpoint().port;
  const auto& local = peer_listen_.address;
  dialer_ = std::make_unique<uv::ReverseDialer>(
      loop_, *peer_server_, local.is_unspecified() ? std::nullopt : std::optional(local),
      [this] { return dialling_rules(); });
  services_.dialer = dialer_.get();
  if (peer_listen_.port != last) {
    store_->write_record(peer_port_key, std::to_string(peer_listen_.port));
  }
}

swarm::Home Node::home() {
  // It is asked for with every announcement, and the system with it only now and then.
  if (loop_.now() < home_until_ && peer_server_ && home_.port == peer_server_->endpoint().port) {
    return home_;
  }
  home_ = look_around();
  home_until_ = loop_.now() + home_lifetime;
  return home_;
}

swarm::Home Node::look_around() const {
  swarm::Home home;
  if (!peer_server_) return home;
  home.port = peer_server_->endpoint().port;
  const net::IpAddress& bound = peer_listen_.address;
  const bool is_on_all = bound.is_unspecified() || bound == net::IpAddress::v4(0, 0, 0, 0);
  for (const net::Network& network : uv::own_networks()) {
    if (is_on_all || network.base == bound) home.networks.push_back(network);
  }
  return home;
}

net::AddressRules Node::dialling_rules() {
  net::AddressRules rules = services_.rules;
  const swarm::Home here = home();
  // Whom of these, and only on whose word, is decided where the calls are made.
  for (const net::Endpoint& place : swarm::places_in(here)) {
    for (const net::Network& network : here.networks) {
      if (network.base == place.address) rules.allow(network);
    }
  }
  return rules;
}

void Node::close_peer_port() {
  engine_->close_offers();
  services_.dialer = nullptr;
  dialer_.reset();
  peer_server_.reset();
}

std::uint16_t Node::last_peer_port() const {
  const auto record = store_->read_record(peer_port_key);
  std::uint16_t port = 0;
  if (!record) return port;
  const char* const end = record->data() + record->size();
  const auto read = std::from_chars(record->data(), end, port);
  const bool is_one = read.ec == std::errc() && read.ptr == end && port >= 1024;
  return is_one ? port : std::uint16_t{0};
}

Status Node::share(std::optional<peer::UploadBudget> upload) {
  if (upload && !peer_server_) {
    try {
      open_peer_port();
    } catch (const std::runtime_error& error) {
      return Error{error.what()};
    }
  }
  if (upload) {
    peer_handler_.set_budget(*upload);
  } else {
    close_peer_port();
  }
  tell_peer_port();
  return {};
}

void Node::tell_peer_port() {
  port_mapper_.set_port(peer_server_ ? peer_server_->endpoint().port : std::uint16_t{0});
  engine_->set_peer_ports(peer_ports());
}

swarm::PeerPorts Node::peer_ports() const {
  if (!peer_server_) return {};
  const std::uint16_t own = peer_server_->endpoint().port;
  // An unspecified IPv6 address stands for all of both kinds.
  const net::IpAddress& at = peer_listen_.address;
  swarm::PeerPorts ports;
  // What a router leads elsewhere is IPv4: over IPv6 nothing is translated.
  if (at.is_v4() || at.is_unspecified()) ports.v4 = port_mapper_.external_port().value_or(own);
  if (!at.is_v4()) ports.v6 = own;
  return ports;
}

void Node::measure_upload() {
  engine_->set_upload_rate(peer_handler_.measure_upload());
  upload_meter_->arm(meter_time);
}

}  // namespace alluvium::node
