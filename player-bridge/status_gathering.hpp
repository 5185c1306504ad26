#pragma once

#include "core/node/node.hpp"
#include "core/swarm/byte_source.hpp"
#include "core/swarm/peer_book.hpp"
#include "player-bridge/status.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::bridge {

/// What a node knows about itself: everything in the status but what concerns the stream, the
/// station's name and whoever asks.
[[nodiscard]] ListenerStatus gather_status(node::Node& node);

/// What is known of who can reach a node.
[[nodiscard]] ReachFacts reach_facts(node::Node& node);

/// MapStatus::cells of the `total` chunks of `source`, in `max_cells` characters at most.
[[nodiscard]] std::string draw_cells(const swarm::ByteSource& source, std::uint32_t total,
                                     std::uint32_t max_cells);

/// The known peers and those to whom was sent, first those with whom most was exchanged, `limit` at
/// most. Who takes calls from a port that is not its own, so what was sent counts for the peer at
/// that address if there is exactly one, else it has a row of its own.
[[nodiscard]] std::vector<PeerStatus> list_peers(
    const swarm::PeerBook& book, const std::map<net::IpAddress, std::uint64_t>& sent,
    const std::optional<hash::TreeRoot>& current, std::size_t limit);

}  // namespace alluvium::bridge
