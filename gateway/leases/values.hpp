#pragma once

#include "core/hash/chunks.hpp"
#include "core/hash/tree.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

namespace alluvium::leases {

/// A listener's place in the line for a chunk: whoever waits does so at somebody whose ticket for
/// that chunk is lower, or who holds it. Hence no line ever closes into a circle.
using Ticket = std::uint64_t;

/// Where else a listener is found: at an address of the other family. Value type.
struct Alias {
  net::Endpoint endpoint;
  std::optional<bool> reachable;  ///< Nothing: it is still being found out.
  bool operator==(const Alias&) const = default;
};

/// What is known of a listener beside its holdings. Value type.
struct PeerFacts {
  net::Endpoint endpoint;
  std::uint64_t up_bps = 0;       ///< What it can upload, in bits a second; 0: not measured yet.
  std::optional<bool> reachable;  ///< Nothing: it is still being found out.
  Duration silent_after{};        ///< Not heard of for so long it is left alone.
  /// Who cannot be dialled, but can be asked by it over connections that they opened.
  std::vector<net::Endpoint> neighbours{};
  std::optional<Alias> alias{};
};

/// What is known of a file. Value type.
struct FileFacts {
  hash::ChunkLayout layout;
  std::optional<Duration> duration;  ///< For how long it plays; its bit rate follows.
};

/// What a listener holds of a file. Value type.
struct Held {
  bool complete = false;
  std::vector<hash::ChunkRun> runs;  ///< Ascending, apart from each other; unused if complete.
};

/// Chunks that a listener does not know where to get, or that have not begun to come from where it
/// was sent; all due within `by`, as far as is known. Value type.
struct Want {
  hash::TreeRoot root;
  std::vector<hash::ChunkRun> runs;  ///< In the order in which they are wanted.
  Duration by{};
};

/// Why a source did not serve.
enum class Failing : std::uint8_t {
  late,       ///< It did not answer, or not in time.
  untrue,     ///< A chunk did not verify.
  unwilling,  ///< It said that it does not have it, or has no time.
};

/// A listener's report of a source that failed it; nothing as source is the origin. Value type.
struct Failure {
  hash::TreeRoot root;
  std::vector<hash::ChunkRun> runs;
  std::optional<net::Endpoint> source;
  Failing why = Failing::late;
};

/// Fetch it from the origin. With a ticket it is a lease: others are sent here for it. Without one
/// nobody could be: then everybody in the swarm who asks is told the same.
struct FromOrigin {
  Duration lease{};  ///< Ends if nothing of it is announced as held for so long.
  std::optional<Ticket> ticket;
  auto operator<=>(const FromOrigin&) const = default;
};

/// Ask that peer, which holds it or (`wait` not zero) is getting it.
struct FromPeer {
  net::Endpoint peer;
  Ticket ticket = 0;  ///< The asker's own.
  Duration wait{};    ///< In which it should have begun to come, with some patience.
  auto operator<=>(const FromPeer&) const = default;
};

/// Nobody yet; ask again then.
struct FromNobody {
  Duration retry{};
  auto operator<=>(const FromNobody&) const = default;
};

/// Where to get some chunks of a file. Value type.
struct Given {
  hash::TreeRoot root;
  std::vector<hash::ChunkRun> runs;  ///< Ascending, apart from each other, never empty.
  std::variant<FromOrigin, FromPeer, FromNobody> from;
};

/// The answer to all wants of one announcement. Value type.
struct Answer {
  std::vector<Given> given;
  /// So many bytes may be taken from the origin out of turn, until the next answer.
  std::uint64_t escape_bytes = 0;
};

/// A lease as one book tells another of it. Value type.
struct LiveLease {
  hash::ChunkRun run;
  Ticket ticket = 0;
  Duration remains{};  ///< Until it ends, unless there is progress.
};

/// All that one book tells another of a listener. Value type.
struct Recollection {
  struct File {
    hash::TreeRoot root;
    Held held;
    std::vector<LiveLease> leases;
  };
  PeerFacts facts;
  std::vector<File> files;
};

/// How far tickets have been given: asks upwards, leases downwards. Value type.
struct TicketsGiven {
  Ticket ask = 0;
  Ticket lease = 0;
};

/// What a book has done. Each number only grows, but for `live`. Counted in chunks.
struct Counters {
  std::uint64_t live = 0;        ///< Leases that somebody holds now.
  std::uint64_t granted = 0;     ///< Leases given.
  std::uint64_t settled = 0;     ///< Leases that did what they were for.
  std::uint64_t expired = 0;     ///< Leases whose time was over.
  std::uint64_t failed = 0;      ///< Leases that ended by a report, or with their holder.
  std::uint64_t assigned = 0;    ///< Answers that named a peer.
  std::uint64_t waits = 0;       ///< Answers that named nobody.
  std::uint64_t alone = 0;       ///< Answers that named the origin without a lease.
  std::uint64_t escapes = 0;     ///< Bytes granted out of turn.
  std::uint64_t distrusted = 0;  ///< Peers that enough others reported.
};

}  // namespace alluvium::leases
