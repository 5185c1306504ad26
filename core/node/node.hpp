#pragma once

#include "core/curl/client.hpp"
#include "core/peer/peer_handler.hpp"
#include "core/reverse/neighbours.hpp"
#include "core/router/helped_router.hpp"
#include "core/router/port_mapper.hpp"
#include "core/store/store.hpp"
#include "core/swarm/dated_client.hpp"
#include "core/swarm/engine.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"
#include "core/uv/reverse_dialer.hpp"

#include <memory>
#include <optional>
#include <string>

namespace alluvium::node {

struct NodeOptions {
  http::Url playlist;
  bool use_gateway = true;
  std::optional<http::Url> gateway;
  /// Where others find us, if anything is shared. Calls go out from this address in any case.
  net::Endpoint peer_listen;
  /// None: nothing is shared, no port is opened.
  std::optional<peer::UploadBudget> upload;
  /// How the router is asked to lead others to the peer port, if at all.
  router::MapPort map_port = router::MapPort::off;
  std::string cache_folder;
  std::uint64_t cache_bytes = std::uint64_t{1} << 30;
  bool join_at_start = false;
  /// Coming items that start within so much are fetched, in any case the next two; none: only the
  /// next one, shortly before its start.
  std::optional<Duration> ahead = std::chrono::minutes(30);
};

/// A whole listener but for its player side: the one place where the pure parts meet the loop,
/// libcurl, the disk and the peer port. Made and owned by `main`, after the loop and before it
/// runs.
class Node {
 public:
  /// Opens the cache and the peer port. Throws std::runtime_error with one sentence if it cannot.
  Node(uv::Loop& loop, NodeOptions options, swarm::EngineObserver& observer);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start();
  /// Takes leave of the gateway, at most half a second, and of the router, at most one, and has the
  /// disk keep what it was given, at most two; then calls once.
  void leave(std::function<void()> on_done);

  [[nodiscard]] swarm::Engine& engine() { return *engine_; }
  [[nodiscard]] swarm::Services& services() { return services_; }
  /// Where others find us; none if nothing is shared.
  [[nodiscard]] std::optional<net::Endpoint> peer_endpoint() const;
  /// How much may be sent to others; none if nothing is shared.
  [[nodiscard]] std::optional<peer::UploadBudget> upload() const;
  [[nodiscard]] const peer::UploadLedger& uploads() const { return peer_handler_.ledger(); }
  /// How it stands with the router's port that leads to the peer port.
  [[nodiscard]] const router::PortMapping& port_mapping() const { return port_mapper_.status(); }

  /// Changes how much is sent to others, at once. None: the peer port is closed, whatever is being
  /// sent ends, and the gateway is told. The port is opened again where it was. Fails if somebody
  /// else has taken it.
  Status share(std::optional<peer::UploadBudget> upload);

 private:
  void open_peer_port();
  void close_peer_port();
  /// Where others in the same house find us.
  [[nodiscard]] swarm::Home home();
  [[nodiscard]] swarm::Home look_around() const;
  [[nodiscard]] net::AddressRules dialling_rules();
  /// Where others found us when the program last ran; 0 if that is not known.
  [[nodiscard]] std::uint16_t last_peer_port() const;
  void measure_upload();
  /// Has others told where to find us, and the router led there.
  void tell_peer_port();
  [[nodiscard]] swarm::PeerPorts peer_ports() const;
  void finish_leaving();
  void on_part_left();

  uv::Loop& loop_;
  curl::Client curl_;
  reverse::Neighbours neighbours_;
  CorrectedClock clock_;
  swarm::Problems problems_;
  swarm::Statistics statistics_;
  swarm::PeerBook peers_;
  swarm::ClockKeeper clock_keeper_;
  swarm::DatedClient client_;
  Random random_;
  std::unique_ptr<store::Store> store_;
  swarm::Services services_;
  peer::PeerHandler peer_handler_;
  net::Endpoint peer_listen_;
  swarm::Home home_;  ///< As it was seen last; good until then.
  Instant home_until_{};
  std::unique_ptr<uv::HttpServer> peer_server_;
  std::unique_ptr<uv::ReverseDialer> dialer_;  ///< While there is a peer port.
  router::HelpedRouter router_;
  router::PortMapper port_mapper_;
  std::unique_ptr<swarm::Engine> engine_;
  std::unique_ptr<Timer> upload_meter_;
  std::unique_ptr<Timer> leaving_;
  unsigned parts_to_leave_ = 0;
  bool has_settled_ = false;
  std::function<void()> on_left_;
};

}  // namespace alluvium::node
