#pragma once

#include "core/base/byte_range.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace alluvium::swarm {

/// Our place in the line for a chunk: whoever has to wait for it may wait at us only with a higher
/// one. Hence no line ever closes into a circle.
using Ticket = std::uint64_t;

/// Fetch it from the origin. With a ticket that is a lease: others are sent to us for it.
struct FromOrigin {
  Duration lease{};  ///< For how long it lasts if none of it is announced as held.
  std::optional<Ticket> ticket;
};

/// Ask that peer, which holds it or (`wait` not zero) is getting it.
struct FromPeer {
  net::Endpoint peer;
  Ticket ticket = 0;  ///< Ours.
  Duration wait{};    ///< For how long the peer is to hold the request.
};

/// Nobody yet: ask again then.
struct FromNobody {
  Duration retry{};
};

/// Where the gateway says some of a file is to be had. Value type.
using Direction = std::variant<FromOrigin, FromPeer, FromNobody>;

/// The gateway's word about some ranges of a file.
struct ToldSource {
  hash::TreeRoot root;
  std::vector<ByteRange> ranges;  ///< Ascending, apart from each other.
  Direction from;
};

/// What the gateway is asked about: ranges of a file that we do not know where to get, due within
/// `by`.
struct Wanted {
  hash::TreeRoot root;
  std::vector<ByteRange> ranges;
  Duration by{};
};

/// Why a source that the gateway named did not serve.
enum class Failing : std::uint8_t {
  late,       ///< It did not answer, or not in time.
  untrue,     ///< A chunk did not verify.
  unwilling,  ///< It said that it does not have it, or has no time.
};

/// What the gateway is told of a source; no peer is the origin.
struct FailedSource {
  hash::TreeRoot root;
  std::vector<ByteRange> ranges;
  std::optional<net::Endpoint> peer;
  Failing why = Failing::late;
};

}  // namespace alluvium::swarm
