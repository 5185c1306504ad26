#pragma once

#include "core/peer/upload_budget.hpp"
#include "core/swarm/problems.hpp"
#include "core/swarm/statistics.hpp"
#include "core/time/clock.hpp"
#include "player-bridge/reach.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

struct ItemStatus {
  std::string title;  ///< As players show it: `Creator - Title`.
  std::string url;
  WallTime started;
  std::optional<WallTime> ends;
  double offset_seconds = 0;  ///< Of the clock's position; negative for what is still to come.
  std::string name;           ///< The title without its creator.
  std::string creator;
  bool is_filler = false;  ///< Heard because nothing is scheduled.
};

/// Another listener, as far as it is known.
struct PeerStatus {
  std::string address;               ///< `HOST:PORT`; the host alone of one that only takes.
  std::uint64_t received_bytes = 0;  ///< Verified, from it.
  std::uint64_t sent_bytes = 0;      ///< To its address.
  std::optional<double> holds;       ///< How much of the current item it says it has, 0 to 1.
  bool is_banned = false;            ///< It sent something false.
};

/// What is held of the current item.
struct MapStatus {
  /// A character for each cell in the order of the file: `#` all of it is held, `.` nothing, `1` to
  /// `9` so many tenths. A cell is a chunk, or in a long file several.
  std::string cells;
  double position = 0;  ///< The clock's position as a part of the file, 0 to 1.
  bool is_verified = true;
};

/// A station on the same local port.
struct StationLink {
  std::string name;
  std::string path;
  bool is_this_one = false;
};

/// All that a listener tells about one station, for the page and for programs.
struct ListenerStatus {
  std::string station;  ///< Empty while there is no playlist.
  std::optional<ItemStatus> item;
  std::optional<ItemStatus> next;  ///< Never filler.
  WallTime now;                    ///< The instant of the schedule that is heard now.
  double lag_seconds = 0;          ///< How far that is behind the clock.
  double buffer_seconds = 0;       ///< Verified and contiguous from the clock's position on.
  swarm::Statistics bytes;
  std::uint64_t chunks_held = 0;   ///< Of the current item.
  std::uint64_t chunks_total = 0;  ///< Of the current item.
  std::optional<MapStatus> map;
  std::size_t peers = 0;
  std::vector<PeerStatus> peer_list;  ///< Those with whom most was exchanged, not all.
  std::size_t players = 0;
  std::optional<bool> reachable;  ///< As the gateway has found out.
  Reach reach;
  std::size_t open_offers = 0;  ///< Connections opened from here for others to ask over.
  std::size_t neighbours = 0;   ///< Such connections that others have opened to here.
  router::PortMapping port_mapping;
  std::vector<swarm::Problem> problems;

  std::string content_type;  ///< Of the stream; empty while nothing is known.
  std::uint64_t bits_per_second = 0;
  std::string mount = "/stream";  ///< Path of the stream on the local port.
  std::string stream_url;
  std::string sharing;                       ///< One sentence: whether and how much is shared.
  std::optional<peer::UploadBudget> upload;  ///< None: nothing is shared.

  std::vector<StationLink> stations;  ///< All that are received; empty if it is only this one.

  // Of whoever asks, not of the listener.
  std::string page_revision;        ///< A page of another one is out of date.
  bool can_change_sharing = false;  ///< Whoever asks may switch it.
};

/// The body of `/status.json`. Times are W3CDTF.
[[nodiscard]] std::string status_json(const ListenerStatus& status);
/// The body of `/status-json.xsl`, with Icecast's keys, for all stations.
[[nodiscard]] std::string icecast_status_json(const std::vector<ListenerStatus>& stations,
                                              WallTime started);
/// The page at `/`: everything escaped, no inline scripts, nothing from elsewhere. `token` is what
/// `POST /sharing` wants to see again; empty for who may not.
[[nodiscard]] std::string status_page(const ListenerStatus& status, const std::string& token);

}  // namespace alluvium::bridge
