#include "core/swarm/peer_book.hpp"

#include <algorithm>

namespace alluvium::swarm {

using std::chrono::seconds;

bool PeerBook::learn(const net::Endpoint& endpoint, const hash::TreeRoot& root,
                     store::ChunkMap map) {
  if (find(endpoint) == nullptr && peers_.size() >= max_peers && !make_room()) return false;
  Peer& known = peers_[endpoint];
  known.heard = ++heard_;
  known.supposed.erase(root);
  known.doubted.erase(root);
  if (known.holdings.insert_or_assign(root, std::move(map)).second) ++membership_;
  note_file(known, root);
  return true;
}

void PeerBook::note_file(Peer& peer, const hash::TreeRoot& root) {
  peer.files_heard[root] = ++heard_;
  if (peer.files_heard.size() <= max_files) return;
  const auto oldest =
      std::min_element(peer.files_heard.begin(), peer.files_heard.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  peer.holdings.erase(oldest->first);
  peer.supposed.erase(oldest->first);
  peer.doubted.erase(oldest->first);
  peer.files_heard.erase(oldest);
  ++membership_;
}

bool PeerBook::make_room() {
  const bool too_many_banned = peers_.size() - count() > max_peers / 2;
  auto oldest = peers_.end();
  for (auto entry = peers_.begin(); entry != peers_.end(); ++entry) {
    const Peer& candidate = entry->second;
    if (candidate.requests > 0 || candidate.banned != too_many_banned) continue;
    if (oldest == peers_.end() || candidate.heard < oldest->second.heard) oldest = entry;
  }
  if (oldest == peers_.end()) return false;
  peers_.erase(oldest);
  ++membership_;
  return true;
}

bool PeerBook::learn(const net::Endpoint& endpoint, const hash::TreeRoot& root,
                     const hash::ChunkLayout& layout) {
  const Peer* known = find(endpoint);
  if (known != nullptr && known->holdings.contains(root)) return true;
  return learn(endpoint, root, store::ChunkMap(layout.count()));
}

void PeerBook::remember(const net::Endpoint& endpoint) {
  if (peers_.size() < max_peers) peers_.try_emplace(endpoint);
}

void PeerBook::set_neighbours(const std::vector<net::Endpoint>& neighbours) {
  const auto is_one = [&](const net::Endpoint& endpoint) {
    return std::find(neighbours.begin(), neighbours.end(), endpoint) != neighbours.end();
  };
  const auto gone = std::erase_if(peers_, [&](const auto& entry) {
    return entry.second.is_neighbour && !entry.second.banned && !is_one(entry.first);
  });
  if (gone > 0) ++membership_;
  for (const net::Endpoint& endpoint : neighbours) {
    remember(endpoint);
    if (Peer* known = peer(endpoint)) {
      known->is_neighbour = true;
      known->heard = ++heard_;
    }
  }
}

void PeerBook::meet(const net::Endpoint& endpoint, const hash::TreeRoot& root,
                    const hash::ChunkLayout& layout) {
  const Peer* const known = find(endpoint);
  if (known != nullptr && known->holdings.contains(root) && !known->supposed.contains(root)) return;
  if (learn(endpoint, root, store::ChunkMap(layout.count()))) peers_[endpoint].doubted.insert(root);
}

void PeerBook::on_greeted(const net::Endpoint& endpoint) {
  if (Peer* p = peer(endpoint)) {
    p->has_answered = true;
    p->failures = 0;
  }
}

void PeerBook::suppose(const hash::TreeRoot& root, const hash::ChunkLayout& layout) {
  for (auto& [endpoint, known] : peers_) {
    if (known.banned || !known.holdings.try_emplace(root, layout.count()).second) continue;
    known.supposed.insert(root);
    note_file(known, root);
    ++membership_;
  }
}

void PeerBook::doubt(const hash::TreeRoot& root) {
  for (auto& [endpoint, known] : peers_) {
    const auto holding = known.holdings.find(root);
    const bool may_have_more = holding != known.holdings.end() && !holding->second.complete() &&
                               !known.supposed.contains(root);
    if (may_have_more) known.doubted.insert(root);
  }
}

Peer* PeerBook::peer(const net::Endpoint& endpoint) {
  const auto found = peers_.find(endpoint);
  return found == peers_.end() ? nullptr : &found->second;
}

const Peer* PeerBook::find(const net::Endpoint& endpoint) const {
  const auto found = peers_.find(endpoint);
  return found == peers_.end() ? nullptr : &found->second;
}

void PeerBook::on_request(const net::Endpoint& endpoint) {
  if (Peer* p = peer(endpoint)) ++p->requests;
}

void PeerBook::on_request_ended(const net::Endpoint& endpoint) {
  Peer* p = peer(endpoint);
  if (p != nullptr && p->requests > 0) --p->requests;
}

void PeerBook::on_chunk(const net::Endpoint& endpoint, std::uint64_t bytes) {
  if (Peer* p = peer(endpoint)) {
    p->failures = 0;
    p->has_served = true;
    p->received_bytes += bytes;
    p->heard = ++heard_;
  }
}

void PeerBook::on_failure(const net::Endpoint& endpoint, Instant now) {
  Peer* p = peer(endpoint);
  if (p == nullptr || p->banned) return;
  if (++p->failures >= failures_to_forget) {
    peers_.erase(endpoint);
    ++membership_;
    return;
  }
  p->not_before = now + std::min<Duration>(seconds(1 << (p->failures - 1)), seconds(60));
}

void PeerBook::on_busy(const net::Endpoint& endpoint, Instant until) {
  if (Peer* p = peer(endpoint)) p->not_before = std::max(p->not_before, until);
}

void PeerBook::ban(const net::Endpoint& endpoint) {
  if (Peer* p = peer(endpoint)) {
    p->banned = true;
    p->holdings.clear();
    p->supposed.clear();
    p->doubted.clear();
    p->files_heard.clear();
    ++membership_;
  }
}

std::vector<std::pair<net::Endpoint, const Peer*>> PeerBook::in_swarm(
    const hash::TreeRoot& root) const {
  std::vector<std::pair<net::Endpoint, const Peer*>> result;
  for (const auto& [endpoint, peer] : peers_) {
    if (!peer.banned && peer.holdings.contains(root)) result.emplace_back(endpoint, &peer);
  }
  return result;
}

std::vector<net::Endpoint> PeerBook::recommended(const hash::TreeRoot& root, std::size_t limit,
                                                 Random& random) const {
  std::vector<net::Endpoint> result;
  for (const auto& [endpoint, peer] : peers_) {
    const bool is_good = (peer.has_served || peer.has_answered) && peer.failures == 0 &&
                         !peer.banned && !peer.is_neighbour;
    if (is_good && peer.holdings.contains(root)) result.push_back(endpoint);
  }
  for (std::size_t i = 0; i < limit && i + 1 < result.size(); ++i) {
    std::swap(result[i], result[i + random.below(result.size() - i)]);
  }
  result.resize(std::min(limit, result.size()));
  return result;
}

std::vector<net::Endpoint> PeerBook::acquaintances(std::size_t limit) const {
  std::vector<std::pair<net::Endpoint, const Peer*>> known;
  for (const auto& [endpoint, peer] : peers_) {
    if (!peer.banned && !peer.is_neighbour) known.emplace_back(endpoint, &peer);
  }
  std::stable_sort(known.begin(), known.end(), [](const auto& a, const auto& b) {
    return std::pair(a.second->has_served, a.second->heard) >
           std::pair(b.second->has_served, b.second->heard);
  });
  std::vector<net::Endpoint> result;
  for (std::size_t i = 0; i < std::min(limit, known.size()); ++i) result.push_back(known[i].first);
  return result;
}

std::size_t PeerBook::count() const {
  return static_cast<std::size_t>(std::count_if(
      peers_.begin(), peers_.end(), [](const auto& entry) { return !entry.second.banned; }));
}

}  // namespace alluvium::swarm
