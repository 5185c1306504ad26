#pragma once

#include "core/time/clock.hpp"

#include <cstddef>
#include <cstdint>

/// The figures by which leases are given and sources assigned, and what bounds the memory.
namespace alluvium::leases {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How long a lease lasts without progress.
inline constexpr Duration shortest_urgent_lease = milliseconds(300);
inline constexpr Duration shortest_bulk_lease = seconds(2);
/// What a chunk is thought to take at the origin until it is known. It is measured from the grant
/// to the announcement of the chunk, so that a healthy holder's lease outlasts both its ways.
inline constexpr Duration first_guess_per_chunk = milliseconds(250);
/// Nobody makes the others wait for long by being slow.
inline constexpr Duration longest_per_chunk = milliseconds(700);
/// A connect-back takes at most 2 s: so long the only holder may turn out to be reachable.
inline constexpr Duration being_found_out = milliseconds(2'500);
/// But mostly one round trip: what is urgent does not wait for longer.
inline constexpr Duration usually_found_out = milliseconds(400);
/// A lease is settled when so many hold the chunk.
inline constexpr std::uint32_t settled_holders = 3;

// How much is leased at once, in chunks.
inline constexpr Duration urgent_window = seconds(4);  ///< What is due later is bulk.
inline constexpr std::uint32_t bulk_run = 16;          ///< 256 KiB.
inline constexpr std::uint32_t urgent_run = 4;
inline constexpr std::uint32_t urgent_run_alone = 16;   ///< While nobody else could share the work.
inline constexpr std::uint32_t leases_per_peer = 32;    ///< Or what plays in `leased_ahead`.
inline constexpr std::uint32_t leases_per_client = 64;  ///< Or twice that. See `net::client_of`.
inline constexpr Duration leased_ahead = seconds(4);
/// So long what is not urgent waits for another holder than those that have failed who asks, and
/// for the time of the few who hold it: longer than anybody is avoided for being late, so that only
/// what cannot be had otherwise is leased.
inline constexpr Duration bulk_patience = seconds(12);
/// So long what is due soon is waited for in a swarm of which nobody is known who can be reached.
inline constexpr Duration forlorn_after = milliseconds(700);
/// So long who can be asked by few, and can ask few, waits for what others like it hold.
inline constexpr Duration link_patience = milliseconds(1'500);
/// And so long it waits for neighbours before it fetches alone what is not urgent.
inline constexpr Duration alone_patience = seconds(6);
/// And so long before it is due.
inline constexpr Duration bulk_hurry = seconds(10);
/// So long a chunk waits for somebody better placed to ask for it.
inline constexpr Duration patience = milliseconds(300);
/// The same of what is not urgent: until it is known who can be reached, or else what is leased to
/// those who cannot be leaves the origin again.
inline constexpr Duration bulk_lease_patience = seconds(3);

// Uplinks.
inline constexpr std::uint64_t least_up_bps = 64'000;
inline constexpr std::uint64_t most_up_bps = 50'000'000;  ///< More is not believed.
inline constexpr std::uint64_t assumed_up_bps = 2'000'000;
/// From one peer's last byte to the next peer's first: deep lines are not for nothing.
inline constexpr Duration hop = milliseconds(20);
/// A peer that would only get to it later is not waited for.
inline constexpr Duration longest_wait = seconds(5);
/// Nobody is sent into a longer line for what is due soon, but asks again: by then others have it.
/// When ten thousand joined at once, those who stood in the lines of the first few missed it.
inline constexpr Duration longest_line = milliseconds(1'500);
inline constexpr Duration longest_bulk_wait = seconds(1);  ///< For what is not urgent.
/// What is due soon rather comes so much later, but from one who has served before.
inline constexpr Duration detour = milliseconds(100);
/// What one more request costs: of what is not urgent longer runs are preferred by it.
inline constexpr Duration request_cost = milliseconds(200);
inline constexpr std::size_t runs_compared = 4;
/// So long after it should have come an answer still counts.
inline constexpr Duration grace = milliseconds(500);

// Choosing a source: all are compared while there are few, else so many drawn at random.
inline constexpr std::size_t known_draws = 8;
inline constexpr std::size_t complete_draws = 4;
inline constexpr std::size_t partial_draws = 6;
inline constexpr std::size_t enough_offers = 4;    ///< Then partial holders are not drawn as well.
inline constexpr std::size_t known_sources = 256;  ///< Remembered per chunk, a fair sample of all.
inline constexpr std::uint32_t rare_holders = 16;  ///< With so few each is remembered.
inline constexpr std::size_t longest_search = 512;
/// After a search in vain the next one for what is not urgent; keeps a busy swarm's asks cheap.
inline constexpr Duration search_pause = milliseconds(50);

// Trust.
inline constexpr Duration avoid_late = seconds(10);
inline constexpr Duration avoid_untrue = std::chrono::minutes(10);
inline constexpr Duration avoid_unwilling = seconds(2);
inline constexpr Duration busy_unwilling = seconds(1);
/// So long after it should have come a report of lateness counts against the source.
inline constexpr Duration blamed_after = seconds(2);
/// The same of one from whom nobody is known to have got anything yet, whatever it says it has.
inline constexpr Duration stranger_blamed_after = milliseconds(300);
inline constexpr std::size_t reports_to_distrust = 3;  ///< From as many addresses.
inline constexpr Duration report_counts = seconds(60);
inline constexpr Duration distrusted_for = seconds(60);
inline constexpr std::size_t most_avoided = 16;  ///< The oldest give way.

// Escapes: out of turn to the origin, for what was asked for `escape_after` ago and is due within
// `escape_due`. The ration of a swarm grows by a quarter of the bit rate (so that at worst an item
// costs a quarter copy more) and by what all uplinks together cannot carry, as nobody else could.
inline constexpr Duration escape_after = seconds(1);
inline constexpr Duration escape_due = seconds(1);
inline constexpr std::uint32_t escape_chunks = 2;  ///< At most in one answer.
inline constexpr std::uint32_t escape_stock = 4;   ///< Chunks that a swarm may save up.
inline constexpr std::uint64_t escape_part = 4;    ///< 1/4 of the bit rate.
inline constexpr Duration assumed_playing = std::chrono::minutes(5);

// Memory. A peer takes about 140 bytes, a member (a peer in a file) about 80, a place 64, a run of
// held chunks 8, a chunk that was asked for at most 2.2 KiB; what goes beyond is not noted.
inline constexpr std::size_t most_files = 4'096;
inline constexpr std::size_t most_peers = 100'000;
inline constexpr std::size_t most_peers_per_client = 1'024;
inline constexpr std::size_t most_files_per_peer = 256;  ///< The oldest give way.
inline constexpr std::size_t most_runs_held = 1'024;     ///< Of one file by one peer.
inline constexpr std::size_t most_places = 256;          ///< Chunks of one file one peer waits for.
inline constexpr std::size_t most_chunks_asked = 16'384;  ///< Of one file, at the same time.
inline constexpr std::uint32_t chunks_answered = 256;     ///< In one announcement.
inline constexpr Duration peer_lifetime = seconds(60);
/// A place that is not asked for again is given up: longer than any request is held.
inline constexpr Duration place_lifetime = seconds(15);

}  // namespace alluvium::leases
