#include "gateway/leases/lease_book.hpp"

#include "core/net/client_of.hpp"

#include <algorithm>

namespace alluvium::leases {

namespace {

Duration avoided_for(Failing why) {
  switch (why) {
    case Failing::late:
      return avoid_late;
    case Failing::untrue:
      return avoid_untrue;
    case Failing::unwilling:
      break;
  }
  return avoid_unwilling;
}

}  // namespace

void LeaseBook::on_peer(const PeerFacts& facts, Instant now) {
  on_silences(now);
  if (facts.endpoint.port == 0) return;
  auto known = listeners_.find(facts.endpoint);
  if (known == listeners_.end()) {
    std::size_t& used = listeners_by_client_[net::client_of(facts.endpoint.address)];
    if (listeners_.size() >= most_peers || used >= most_peers_per_client) {
      if (used == 0) listeners_by_client_.erase(net::client_of(facts.endpoint.address));
      return;
    }
    ++used;
    known = listeners_.try_emplace(facts.endpoint).first;
  }
  Listener& listener = known->second;
  listener.peer.set_facts(facts, now);
  watch(listener);
  tell_swarms(listener, now);
}

void LeaseBook::on_reachable(const net::Endpoint& peer, bool reachable, Instant now) {
  const auto known = listeners_.find(peer);
  if (known == listeners_.end()) return;
  known->second.peer.set_reachable(reachable);
  tell_swarms(known->second, now);
}

void LeaseBook::on_file(const hash::TreeRoot& root, const FileFacts& facts) {
  if (files_.size() < most_files) files_.try_emplace(root, root, facts, common_);
}

void LeaseBook::on_have(const net::Endpoint& peer, const hash::TreeRoot& root, const Held& held,
                        Instant now) {
  const auto listener = listeners_.find(peer);
  const auto swarm = files_.find(root);
  if (listener == listeners_.end() || swarm == files_.end()) return;
  swarm->second.on_have(join(listener->second, swarm->second, now), held, now);
}

Answer LeaseBook::on_want(const net::Endpoint& asker, const std::vector<Want>& wants,
                          const std::vector<Failure>& failures, Instant now) {
  on_silences(now);
  const auto known = listeners_.find(asker);
  if (known != listeners_.end()) return answer(known->second, wants, failures, now);
  Listener visitor;
  visitor.peer.set_facts({{asker.address, 0}, 0, false, {}}, now);
  Answer answered = answer(visitor, wants, failures, now);
  take_leave(visitor, now);
  return answered;
}

Answer LeaseBook::answer(Listener& asker, const std::vector<Want>& wants,
                         const std::vector<Failure>& failures, Instant now) {
  for (const auto& failure : failures) note_failure(asker, failure, now);
  Quota quota;
  AnswerSheet sheet;
  for (const auto& want : wants) {
    const auto swarm = files_.find(want.root);
    if (swarm == files_.end()) continue;
    const MemberId member = join(asker, swarm->second, now);
    swarm->second.on_time(now);
    swarm->second.on_want(member, want, avoided_by(asker, swarm->second, now), now, quota, sheet);
  }
  return sheet.take();
}

void LeaseBook::on_leave(const net::Endpoint& peer, Instant now) {
  const auto known = listeners_.find(peer);
  if (known == listeners_.end()) return;
  take_leave(known->second, now);
  if (known->second.looked_at) silences_.erase({*known->second.looked_at, peer});
  const auto used = listeners_by_client_.find(net::client_of(peer.address));
  if (--used->second == 0) listeners_by_client_.erase(used);
  listeners_.erase(known);
}

void LeaseBook::on_tick(Instant now) {
  on_silences(now);
  std::vector<net::Endpoint> gone;
  for (const auto& [endpoint, listener] : listeners_) {
    if (now >= listener.peer.forgotten_at()) gone.push_back(endpoint);
  }
  std::vector<std::pair<net::Endpoint, Listener*>> outdated;
  for (auto& [endpoint, listener] : listeners_) {
    const bool is_outdated =
        std::any_of(listener.files.begin(), listener.files.end(),
                    [&](const Membership& file) { return now - file.named >= peer_lifetime; });
    if (is_outdated && now < listener.peer.forgotten_at())
      outdated.emplace_back(endpoint, &listener);
  }
  // A table has no order, but what is done has one.
  std::sort(gone.begin(), gone.end());
  std::sort(outdated.begin(), outdated.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& endpoint : gone) on_leave(endpoint, now);
  for (const auto& [endpoint, listener] : outdated) {
    std::erase_if(listener->files, [&](const Membership& file) {
      if (now - file.named < peer_lifetime) return false;
      file.swarm->leave(file.id, now);
      return true;
    });
  }
  for (auto& [root, swarm] : files_) {
    swarm.on_time(now);
    swarm.tidy(now);
  }
  std::erase_if(files_, [](const auto& entry) { return entry.second.size() == 0; });
}

void LeaseBook::on_silences(Instant now) {
  while (!silences_.empty() && silences_.begin()->first <= now) {
    Listener& listener = listeners_.at(silences_.begin()->second);
    silences_.erase(silences_.begin());
    listener.looked_at.reset();
    if (now < listener.peer.silent_at()) {
      watch(listener);
      continue;
    }
    listener.peer.on_silence();
    tell_swarms(listener, now);
  }
}

void LeaseBook::watch(Listener& listener) {
  // It is heard of again and again, which mostly puts its silence off: that is seen in time when it
  // is looked at.
  const Instant silent_at = listener.peer.silent_at();
  if (listener.looked_at) {
    if (*listener.looked_at <= silent_at) return;
    silences_.erase({*listener.looked_at, listener.peer.endpoint()});
  }
  listener.looked_at = silent_at;
  silences_.emplace(silent_at, listener.peer.endpoint());
}

void LeaseBook::tell_swarms(const Listener& listener, Instant now) {
  for (const auto& file : listener.files) file.swarm->on_peer_changed(file.id, now);
}

void LeaseBook::take_leave(Listener& listener, Instant now) {
  for (const auto& file : listener.files) file.swarm->leave(file.id, now);
  listener.files.clear();
}

void LeaseBook::note_failure(Listener& asker, const Failure& failure, Instant now) {
  const auto swarm = files_.find(failure.root);
  if (swarm == files_.end()) return;
  const auto* member = find(asker, swarm->second);
  const ChunkRuns runs =
      in_order(failure.runs, swarm->second.layout().count(), failure.runs.size());
  if (!failure.source) {
    if (member != nullptr) swarm->second.on_origin_failed(member->id, runs, now);
    return;
  }
  asker.peer.avoid(*failure.source, now + avoided_for(failure.why));
  const auto source = listeners_.find(*failure.source);
  if (member == nullptr || source == listeners_.end()) return;
  const bool is_stranger = failure.why != Failing::unwilling && !source->second.peer.has_served();
  if (is_stranger) asker.peer.on_let_down(now);
  const auto* its = find(source->second, swarm->second);
  // Only the word of one who was sent there counts against it.
  if (its == nullptr) return;
  if (!swarm->second.on_source_failed(member->id, runs, its->id, failure.why, now)) return;
  note_report(net::client_of(asker.peer.endpoint().address), source->second, failure.why, now);
}

void LeaseBook::note_report(const net::IpAddress& from, Listener& source, Failing why,
                            Instant now) {
  if (why == Failing::unwilling) {
    source.peer.uplink.rest_until(now + busy_unwilling);
    return;
  }
  if (!source.peer.on_report(from, now)) return;
  ++common_.counters.distrusted;
  tell_swarms(source, now);
}

const LeaseBook::Membership* LeaseBook::find(const Listener& listener, const SwarmLeases& swarm) {
  const auto file = std::find_if(listener.files.begin(), listener.files.end(),
                                 [&](const Membership& m) { return m.swarm == &swarm; });
  return file == listener.files.end() ? nullptr : &*file;
}

MemberId LeaseBook::join(Listener& listener, SwarmLeases& swarm, Instant now) {
  auto& files = listener.files;
  const auto known = std::find_if(files.begin(), files.end(),
                                  [&](const Membership& m) { return m.swarm == &swarm; });
  if (known != files.end()) {
    known->named = now;
    return known->id;
  }
  if (files.size() >= most_files_per_peer) {
    const auto oldest = std::min_element(
        files.begin(), files.end(),
        [](const Membership& a, const Membership& b) { return a.named < b.named; });
    oldest->swarm->leave(oldest->id, now);
    files.erase(oldest);
  }
  files.push_back({&swarm, swarm.join(listener.peer), now});
  return files.back().id;
}

std::vector<MemberId> LeaseBook::avoided_by(const Listener& asker, const SwarmLeases& swarm,
                                            Instant now) const {
  std::vector<MemberId> ids;
  for (const auto& avoided : asker.peer.avoided()) {
    const auto other = listeners_.find(avoided.endpoint);
    if (now >= avoided.until || other == listeners_.end()) continue;
    if (const auto* member = find(other->second, swarm)) ids.push_back(member->id);
  }
  return ids;
}

}  // namespace alluvium::leases
