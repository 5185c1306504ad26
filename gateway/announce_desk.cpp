#include "gateway/announce_desk.hpp"

#include "core/hash/chunks.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// Who has so many is not looked for any more.
constexpr std::size_t few_neighbours = 3;
/// In which those who were called have opened a connection, or will not.
constexpr Duration call_pause = std::chrono::seconds(5);
constexpr std::size_t most_called_for = 10'000;

/// The first chunk a listener says it has; the file's first if it has none, which it will answer
/// with 503.
ByteRange one_chunk_of(const Availability& available) {
  if (available.ranges.empty()) return {0, hash::chunk_bytes};
  const ByteRange& first = available.ranges.front();
  return {first.begin, std::min(first.end, first.begin + hash::chunk_bytes)};
}

}  // namespace

AnnounceAnswer AnnounceDesk::on_announcement(const Announcement& announcement,
                                             const net::IpAddress& from) {
  const net::Endpoint peer{from, announcement.port};
  const bool shares = connect_back_.permits(peer);
  AnnounceAnswer answer;
  answer.expires = std::chrono::duration_cast<std::chrono::seconds>(Swarms::lifetime);
  answer.interval = idle_interval;
  answer.you = from;

  if (shares) aliases_.on_peer(peer);

  std::size_t to_tell = announcement.peers ? 4 * max_asked_peers : 0;
  for (const auto& holding : announcement.holdings) {
    if (!is_known(holding.root)) {
      // Perhaps it is in a playlist that is newer than what was read here.
      (void)stations_.look_again();
      continue;
    }
    if (shares) record(holding, peer);
    if (!holding.available.complete) answer.interval = busy_interval;
    if (auto news = swarm_news(announcement, holding, peer, to_tell)) {
      answer.swarms.push_back(std::move(*news));
    }
  }
  if (announcement.port != 0) {
    answer.reachable = shares ? connect_back_.result(peer) : std::optional(false);
  }
  if (shares) {
    aliases_.look(peer);
    if (announcement.wants_proof) answer.proof = aliases_.proof_for(peer);
    leases_.on_peer(announcement, peer, answer.reachable, aliases_.alias_of(peer));
    introductions_.answer(announcement, peer, answer);
  }
  leases_.on_want(announcement, shares ? peer : net::Endpoint{from, 0}, answer);
  put_off_unknown(announcement, answer);
  return answer;
}

std::optional<AnnounceAnswer::SwarmNews> AnnounceDesk::swarm_news(
    const Announcement& announcement, const Announcement::Holding& holding,
    const net::Endpoint& peer, std::size_t& to_tell) {
  AnnounceAnswer::SwarmNews swarm{holding.root, {}, {}};
  // Who is told where to get each chunk need not know all that changes about the others: it is told
  // who they are now and then, for the time when there is no gateway.
  const bool is_told = announcement.wants && !announcement.peers &&
                       swarms_.was_told(peer, holding.root, clock_.now());
  if (!is_told) {
    if (const auto file = registry_.by_root(holding.root)) swarm.size = file->facts.length;
    if (announcement.peers) {
      const auto count = std::min(*announcement.peers, to_tell);
      swarm.peers = swarms_.pick(holding.root, {peer, count, false}, clock_.now());
      to_tell -= swarm.peers.size();
    } else if (!holding.available.complete) {
      swarm.peers = news(holding.root, peer);
    }
  }
  const bool is_asking = announcement.wants && !announcement.wants->empty();
  if (is_asking && swarm.peers.empty()) return std::nullopt;
  return swarm;
}

void AnnounceDesk::put_off_unknown(const Announcement& announcement, AnnounceAnswer& answer) {
  if (!announcement.wants || !stations_.is_any_live()) return;
  for (const auto& want : *announcement.wants) {
    if (registry_.by_root(want.root) || !may_be_known_soon(want.root)) continue;
    answer.from.push_back({want.root, want.ranges, leases::FromNobody{unknown_retry}});
    answer.interval = busy_interval;
  }
}

bool AnnounceDesk::may_be_known_soon(const hash::TreeRoot& root) {
  constexpr std::size_t most_awaited = 256;
  const Instant now = clock_.now();
  if (awaited_.size() >= most_awaited) {
    std::erase_if(awaited_,
                  [&](const auto& entry) { return now - entry.second >= 10 * unknown_patience; });
    if (awaited_.size() >= most_awaited) return false;
  }
  return now - awaited_.emplace(root, now).first->second < unknown_patience;
}

bool AnnounceDesk::is_known(const hash::TreeRoot& root) const {
  return registry_.by_root(root) != nullptr || stations_.name(root);
}

void AnnounceDesk::record(const Announcement::Holding& holding, const net::Endpoint& peer) {
  if (!swarms_.hold(peer, holding.root, holding.available, clock_.now())) return;
  connect_back_.check(peer, holding.root, one_chunk_of(holding.available));
  const bool is_reachable = connect_back_.result(peer).value_or(false);
  swarms_.set_listed(peer, is_reachable);
  if (is_reachable && !holding.available.complete) call_for(peer, holding.root);
}

void AnnounceDesk::call_for(const net::Endpoint& peer, const hash::TreeRoot& root) {
  // Most of the time there is nobody to call, and nothing to be remembered of anybody.
  if (!held_.has_any_for(root)) return;
  const std::size_t neighbours = leases_.book().neighbours(peer);
  if (neighbours >= few_neighbours) return;
  const Instant now = clock_.now();
  const auto called = called_for_.find(peer);
  if (called != called_for_.end() && now - called->second < call_pause) return;
  if (called == called_for_.end() && called_for_.size() >= most_called_for) return;
  called_for_[peer] = now;
  held_.call_some(root, few_neighbours - neighbours);
}

bool AnnounceDesk::may_be_held(const Announcement& announcement, const AnnounceAnswer& answer) {
  const bool would_meet = announcement.reverse && announcement.reverse->to;
  const bool wants_nothing = !announcement.wants || announcement.wants->empty();
  return would_meet && wants_nothing && answer.reachable == false && !answer.reverse &&
         !answer.proof && answer.from.empty() && answer.interval == idle_interval;
}

void AnnounceDesk::on_tick() {
  introductions_.on_tick();
  std::erase_if(called_for_,
                [&](const auto& entry) { return clock_.now() - entry.second >= call_pause; });
}

std::vector<ListedPeer> AnnounceDesk::news(const hash::TreeRoot& root, const net::Endpoint& peer) {
  const auto swarm = swarms_.all().find(root);
  if (swarm == swarms_.all().end()) return {};
  if (swarm->second.has(peer)) return swarms_.news_for(peer, root, clock_.now());
  // Who does not share is not remembered, so it is told afresh each time.
  return swarms_.pick(root, {peer, Swarm::told_peers, false}, clock_.now());
}

}  // namespace alluvium::gateway
