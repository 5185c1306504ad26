#pragma once

#include "core/http/server_traffic.hpp"
#include "gateway/byte_reports.hpp"
#include "gateway/coming_watch.hpp"
#include "gateway/companions/succession.hpp"
#include "gateway/counters.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/leases/values.hpp"
#include "gateway/page/listener_history.hpp"
#include "gateway/stations.hpp"
#include "gateway/store_health.hpp"
#include "gateway/swarms.hpp"
#include "gateway/timed_storage.hpp"

#include <string>

namespace alluvium::gateway {

/// Figures of what is around a gateway.
struct Edges {
  http::ServerTraffic server;
  TimedStorage::Latencies store;
};

/// What the bytes of a request to a gateway are counted for: a place among `route_classes`.
[[nodiscard]] std::size_t route_class_of(const http::Request& request);

/// What a gateway shows of itself, by reference. Valid only while it is being read.
struct GatewayState {
  const Counters& counters;
  const FileRegistry& registry;
  const Stations& stations;
  const Swarms& swarms;
  const leases::Counters& leases;
  const ComingWatch& coming;
  std::size_t running_fetches = 0;
  std::size_t announces_held = 0;  ///< Now.
  const StoreHealth& store;
  ByteReports::Bytes reported;
  const ListenerHistory& history;
  ListenerHistory::Sample listeners;  ///< Now; of all files.
  std::uint64_t foreign_hosts = 0;    ///< Requests under a name that is not the gateway's.
  Edges edges;
  const Succession* succession = nullptr;  ///< Null for the only gateway of its name.
};

/// For Prometheus: text exposition format 0.0.4.
[[nodiscard]] std::string metrics_text(const GatewayState& state);

/// For a person: one plain page of HTML. Everything that came from outside is escaped.
[[nodiscard]] std::string status_page(const GatewayState& state);

}  // namespace alluvium::gateway
