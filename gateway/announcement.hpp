#pragma once

#include "core/base/result.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/reverse/token.hpp"
#include "core/time/clock.hpp"
#include "gateway/availability.hpp"
#include "gateway/leases/values.hpp"
#include "gateway/swarm.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace alluvium::gateway {

inline constexpr std::size_t max_announcement_bytes = 256 * 1024;
inline constexpr std::size_t max_announcement_depth = 8;
inline constexpr std::size_t max_holdings = 1'024;
inline constexpr std::size_t max_wants = 64;         ///< What goes beyond is left unanswered.
inline constexpr std::size_t max_asked_peers = 50;   ///< Of one file, and 4 times that in all.
inline constexpr std::size_t max_failures = 64;      ///< What goes beyond is not noted.
inline constexpr std::size_t max_places = 4;         ///< In its house, that a listener may say.
inline constexpr std::size_t max_token_bytes = 128;  ///< Of the proof of an address.
inline constexpr std::size_t max_neighbours = 16;    ///< What goes beyond is not noted.
inline constexpr Duration max_want_ahead = std::chrono::hours(1);

/// What a listener tells the gateway. Value type.
struct Announcement {
  struct Holding {
    hash::TreeRoot root;
    Availability available;
  };
  struct Want {
    hash::TreeRoot root;
    std::vector<ByteRange> ranges;  ///< Ascending, apart from each other; not empty.
    Duration by = max_want_ahead;   ///< `max_want_ahead` at most, and if it does not say.
  };
  struct Failure {
    hash::TreeRoot root;
    std::vector<ByteRange> ranges;        ///< As in a want.
    std::optional<net::Endpoint> source;  ///< Nothing: the origin.
    leases::Failing why = leases::Failing::late;
  };
  /// Connections against their usual direction (core/reverse).
  struct Reverse {
    bool needs_key = false;
    std::vector<net::Endpoint> from;  ///< Who has opened one to it.
    /// To whom it has opened one; nothing if it would open none.
    std::optional<std::vector<net::Endpoint>> to;
    std::vector<net::Endpoint> local;  ///< Where others in its house find it, as it says.
    std::vector<net::Endpoint> mates;  ///< Of those to whom it has opened one.
  };
  /// The address by which it is known, if that is another one, with the proof for it.
  struct Also {
    net::Endpoint address;
    std::string token;
  };
  std::uint16_t port = 0;    ///< Where it serves others: 0 if it does not, else at least 1024.
  bool wants_proof = false;  ///< It would say from another address that it is known by this one.
  std::optional<Also> also;
  std::uint64_t up_bps = 0;
  std::uint64_t from_peers_bytes = 0;   ///< What it has had from others since it started.
  std::uint64_t from_origin_bytes = 0;  ///< The same from origins.
  std::vector<Holding> holdings;
  /// Nothing if it did not say `want` at all: then it is not told who is to fetch what.
  std::optional<std::vector<Want>> wants;
  std::vector<Failure> failures;
  /// Of each file so many others, whoever it was told of before; nothing if it did not say.
  std::optional<std::size_t> peers;
  std::optional<Reverse> reverse;
};

/// Reads the JSON of an announcement. Unknown members are ignored, and so are wants and failures
/// that make no sense. Errors: not JSON, too long or deep, a port that is none or too low, a
/// holding without name or availability, and the limits above on those; another address (`also`)
/// that is none, or without a token.
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
  /// To be shown from its other address.
  struct Proof {
    net::Endpoint address;
    std::string token;
  };
  std::optional<Proof> proof;
  std::vector<SwarmNews> swarms;
  /// Where to get some of what it wants.
  struct SourceNews {
    hash::TreeRoot root;
    std::vector<ByteRange> ranges;  ///< Ascending, apart from each other; not empty.
    std::variant<leases::FromOrigin, leases::FromPeer, leases::FromNobody> from;
  };
  std::vector<SourceNews> from;
  struct Invitation {
    net::Endpoint endpoint;
    std::string token;
    std::optional<std::chrono::milliseconds> meet_in;  ///< It cannot be dialled either.
    std::vector<net::Endpoint> places;                 ///< In the same house: only there.
  };
  struct Meeting {
    net::Endpoint endpoint;
    std::chrono::milliseconds meet_in{};
  };
  struct ReverseNews {
    std::optional<hash::Digest> key;
    reverse::GatewayTime now{};  ///< With the key.
    std::vector<Invitation> to;
    std::vector<Meeting> expect;
    std::vector<Invitation> mates;
  };
  std::optional<ReverseNews> reverse;
  std::uint64_t escape_bytes = 0;  ///< What may be taken from the origin out of turn.
};

[[nodiscard]] std::string to_json(const AnnounceAnswer& answer);

}  // namespace alluvium::gateway
