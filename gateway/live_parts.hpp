#pragma once

#include "core/http/client.hpp"
#include "core/time/clock.hpp"
#include "gateway/file_registry.hpp"
#include "gateway/stations.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>

namespace alluvium::gateway {

/// Makes the parts of live shows known that playlists name. They are many and soon over, and were
/// hashed when they were made: of each the leaf row is fetched that lies beside it, so that no part
/// leaves its origin for the gateway's sake. Nothing about them is stored, and what no playlist
/// names any more is forgotten. Owned by Gateway.
class LiveParts {
 public:
  /// Listeners share a part for so long after it was named last.
  static constexpr Duration forgotten_after = std::chrono::seconds(60);
  /// More at a time are not fetched, nor more than so many known.
  static constexpr std::size_t most_fetches = 32;
  static constexpr std::size_t most_parts = 1'000;

  /// All of it outlives this. `on_known` is told of each part that has become known.
  LiveParts(http::Client& client, const Clock& clock, const Stations& stations,
            FileRegistry& registry, const net::AddressRules& rules,
            std::function<void(const http::Url&)> on_known);

  /// After each look at a station.
  void look();

 private:
  void take(const playlist::Item& item);
  void fetch_row(const playlist::Item& item);
  void add(const playlist::Item& item, ByteView row);
  void forget_old();

  http::Client& client_;
  const Clock& clock_;
  const Stations& stations_;
  FileRegistry& registry_;
  net::AddressRules rules_;
  std::function<void(const http::Url&)> on_known_;
  std::map<http::Url, Instant> known_;  ///< When each was last named.
  std::map<http::Url, std::unique_ptr<http::Fetch>> fetches_;
};

}  // namespace alluvium::gateway
