// For how long a download waits for a source before it asks another one.
#include "core/swarm/download.hpp"

#include <algorithm>

namespace alluvium::swarm {

using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

/// A source that has sent nothing for so long will not be in time for an urgent chunk.
constexpr Duration urgent_patience = milliseconds(600);
/// For a chunk that is due within a second even a source that does send is given no longer.
constexpr Duration critical_patience = milliseconds(400);
/// At that pace not even what is due in a few seconds is worth waiting for.
constexpr Duration urgent_pace = seconds(1);
/// No line is worth more, for what is due soon.
constexpr Duration longest_line = milliseconds(600);

}  // namespace

bool Download::is_late(const RunFetch& fetch, hash::ChunkIndex index) const {
  const bool is_critical = window_.critical.contains(index);
  if (!is_critical && !is_urgent(index)) return false;
  const Instant now = services_.clock.now();
  const auto to_next = fetch.peer() ? fetch.time_to_next() : std::nullopt;
  if (to_next) {
    if (is_critical && *to_next >= critical_patience) return true;
    if (is_urgent(index) && *to_next >= urgent_pace) return true;
  }
  const Duration line = line_at(fetch);
  if (is_critical && now - fetch.last_chunk_at() >= std::max(critical_patience, line)) return true;
  return is_urgent(index) && now - fetch.last_byte_at() >= std::max(urgent_patience, line);
}

Duration Download::line_at(const RunFetch& fetch) const {
  // Who has never sent anything may never do so, whatever it says it holds.
  const Peer* const peer = fetch.is_from_holder() ? services_.peers.find(*fetch.peer()) : nullptr;
  if (peer != nullptr && !peer->has_served) return Duration::zero();
  return std::min(fetch.line(), longest_line);
}

}  // namespace alluvium::swarm
