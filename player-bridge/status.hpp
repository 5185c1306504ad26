#pragma once

#include "core/swarm/problems.hpp"
#include "core/swarm/statistics.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

struct ItemStatus {
  std::string title;
  std::string url;
  WallTime started;
  std::optional<WallTime> ends;
  double offset_seconds = 0;  ///< Of the clock's position; negative for what is still to come.
};

/// All that a listener tells about itself, for the page and for programs.
struct ListenerStatus {
  std::string station;
  std::optional<ItemStatus> item;
  std::optional<ItemStatus> next;
  double buffer_seconds = 0;  ///< Verified and contiguous from the clock's position on.
  swarm::Statistics bytes;
  std::uint64_t chunks_held = 0;   ///< Of the current item.
  std::uint64_t chunks_total = 0;  ///< Of the current item.
  std::size_t peers = 0;
  std::size_t players = 0;
  std::optional<bool> reachable;
  std::vector<swarm::Problem> problems;

  std::string content_type;  ///< Of the stream; empty while nothing is known.
  std::uint64_t bits_per_second = 0;
  std::string stream_url;
  std::string sharing;  ///< One sentence: whether and how much is shared.
};

/// The body of `/status.json`. Times are W3CDTF.
[[nodiscard]] std::string status_json(const ListenerStatus& status);
/// The body of `/status-json.xsl`, with Icecast's keys.
[[nodiscard]] std::string icecast_status_json(const ListenerStatus& status, WallTime started);
/// The page at `/`: everything escaped, no scripts, nothing from elsewhere.
[[nodiscard]] std::string status_page(const ListenerStatus& status);

}  // namespace alluvium::bridge
