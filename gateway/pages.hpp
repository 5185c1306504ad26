#pragma once

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

#include <string>

namespace alluvium::gateway {

/// What a gateway shows of itself, by reference. Valid only while it is being read.
struct GatewayState {
  const Counters& counters;
  const FileRegistry& registry;
  const Stations& stations;
  const Swarms& swarms;
  const leases::Counters& leases;
  const ComingWatch& coming;
  std::size_t running_fetches = 0;
  const StoreHealth& store;
  ByteReports::Bytes reported;
  const ListenerHistory& history;
  ListenerHistory::Sample listeners;       ///< Now; of all files.
  const Succession* succession = nullptr;  ///< Null for the only gateway of its name.
};

/// For Prometheus: text exposition format 0.0.4.
[[nodiscard]] std::string metrics_text(const GatewayState& state);

/// For a person: one plain page of HTML. Everything that came from outside is escaped.
[[nodiscard]] std::string status_page(const GatewayState& state);

}  // namespace alluvium::gateway
