#pragma once

#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/availability.hpp"
#include "gateway/swarm.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace alluvium::gateway {

inline constexpr std::size_t max_announcement_bytes = 256 * 1024;
inline constexpr std::size_t max_announcement_depth = 8;
inline constexpr std::size_t max_holdings = 1'024;

/// What a listener tells the gateway. Value type.
struct Announcement {
  struct Holding {
    hash::TreeRoot root;
    Availability available;
  };
  std::uint16_t port = 0;  ///< Where it serves others: 0 if it does not, else at least 1024.
  std::uint64_t up_bps = 0;
  std::vector<Holding> holdings;
};

/// Reads the JSON of an announcement. Unknown members are ignored. Errors: not JSON, too long or
/// deep, a port that is none or too low, a holding without name or availability, and the limits
/// above.
[[nodiscard]] Result<Announcement> parse_announcement(std::string_view json);

/// What the gateway answers. Value type.
struct AnnounceAnswer {
  struct SwarmNews {
    hash::TreeRoot root;
    std::optional<std::uint64_t> size;  ///< Bytes of the file; not known for every name.
    std::vector<ListedPeer> peers;
  };
  std::chrono::seconds expires{};
  std::chrono::milliseconds interval{};
  net::IpAddress you;
  std::optional<bool> reachable;
  std::vector<SwarmNews> swarms;
};

[[nodiscard]] std::string to_json(const AnnounceAnswer& answer);

}  // namespace alluvium::gateway
