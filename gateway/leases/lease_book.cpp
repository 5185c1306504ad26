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
  if (!listeners_.contains(facts.endpoint)) {
    const net::IpAddress client = net::client_of(facts.endpoint.address);
    if (listeners_.size() >= most_peers) return;
    if (per_client_.of(client) >= most_peers_per_client) return;
    per_client_.add(client);
  }
  const auto place = listeners_.take(facts.endpoint).first;
  link(listeners_.at(place), facts.neighbours, now);
  Listener& listener = listeners_.at(place);
  note_alias(listener.peer, facts.alias);
  listener.peer.set_facts(facts, now);
  watch(place);
  tell_swarms(listener, now);
}

void LeaseBook::on_reachable(const net::Endpoint& peer, bool reachable, Instant now) {
  Listener* const known = listeners_.find(peer);
  if (known == nullptr) return;
  known->peer.set_reachable(reachable);
  tell_swarms(*known, now);
}

void LeaseBook::on_alias(const net::Endpoint& peer, const std::optional<Alias>& alias,
                         Instant now) {
  Listener* const known = listeners_.find(peer);
  if (known == nullptr) return;
  note_alias(known->peer, alias);
  if (known->peer.set_alias(alias)) tell_swarms(*known, now);
}

void LeaseBook::note_alias(const Peer& peer, const std::optional<Alias>& alias) {
  const Alias* const before = peer.alias();
  const bool stays = before != nullptr && alias && before->endpoint == alias->endpoint;
  if (stays) return;
  if (before != nullptr) by_alias_.erase(before->endpoint);
  if (alias) by_alias_[alias->endpoint] = peer.endpoint();
}

LeaseBook::Listener* LeaseBook::found_at(const net::Endpoint& endpoint) {
  if (Listener* const known = listeners_.find(endpoint)) return known;
  const auto alias = by_alias_.find(endpoint);
  return alias == by_alias_.end() ? nullptr : listeners_.find(alias->second);
}

void LeaseBook::on_file(const hash::TreeRoot& root, const FileFacts& facts) {
  if (files_.size() < most_files) files_.try_emplace(root, root, facts, common_);
}

void LeaseBook::on_have(const net::Endpoint& peer, const hash::TreeRoot& root, const Held& held,
                        Instant now) {
  Listener* const listener = listeners_.find(peer);
  const auto swarm = files_.find(root);
  if (listener == nullptr || swarm == files_.end()) return;
  swarm->second.on_have(join(*listener, swarm->second, now), held, now);
}

Answer LeaseBook::on_want(const net::Endpoint& asker, const std::vector<Want>& wants,
                          const std::vector<Failure>& failures, Instant now) {
  on_silences(now);
  Listener* const known = listeners_.find(asker);
  if (known != nullptr) return answer(*known, wants, failures, now);
  Listener visitor({asker.address, 0});
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
    swarm->second.on_want(
        member, want, {avoided_by(asker, swarm->second, now), neighbours_of(asker, swarm->second)},
        now, quota, sheet);
  }
  return sheet.take();
}

void LeaseBook::on_leave(const net::Endpoint& peer, Instant now) {
  Listener* const known = listeners_.find(peer);
  if (known == nullptr) return;
  take_leave(*known, now);
  link(*known, {}, now);
  note_alias(known->peer, std::nullopt);
  per_client_.remove(net::client_of(peer.address));
  listeners_.erase(peer);
}

void LeaseBook::on_tick(Instant now) {
  on_silences(now);
  std::vector<net::Endpoint> gone;
  std::vector<net::Endpoint> outdated;
  const auto is_outdated = [&](const Membership& file) {
    return now - file.named >= peer_lifetime;
  };
  listeners_.for_each([&](const Listener& listener) {
    if (now >= listener.peer.forgotten_at()) {
      gone.push_back(listener.endpoint());
    } else if (std::any_of(listener.files.begin(), listener.files.end(), is_outdated)) {
      outdated.push_back(listener.endpoint());
    }
  });
  // A table has no order, but what is done has one.
  std::sort(gone.begin(), gone.end());
  std::sort(outdated.begin(), outdated.end());
  for (const auto& endpoint : gone) on_leave(endpoint, now);
  for (const auto& endpoint : outdated) {
    auto& files = listeners_.find(endpoint)->files;
    for (const auto& file : files) {
      if (is_outdated(file)) file.swarm->leave(file.id, now);
    }
    files.erase(std::remove_if(files.begin(), files.end(), is_outdated), files.end());
    files.shrink_to_fit();
  }
  for (auto& [root, swarm] : files_) {
    swarm.on_time(now);
    swarm.tidy(now);
  }
  std::erase_if(files_, [](const auto& entry) { return entry.second.size() == 0; });
}

void LeaseBook::on_silences(Instant now) {
  while (const auto entry = silences_.take(now)) {
    Listener& listener = listeners_.at(entry->listener);
    if (listener.looked_at != entry->at) continue;
    listener.looked_at = Silences::never;
    if (now < listener.peer.silent_at()) {
      watch(entry->listener);
      continue;
    }
    listener.peer.on_silence();
    tell_swarms(listener, now);
  }
}

void LeaseBook::watch(Listeners::Place place) {
  Listener& listener = listeners_.at(place);
  // It is heard of again and again, which mostly puts its silence off: that is seen in time when it
  // is looked at.
  const Instant silent_at = Silences::looked_at(listener.peer.silent_at());
  if (listener.looked_at != Silences::never && listener.looked_at <= silent_at) return;
  listener.looked_at = silent_at;
  silences_.add({silent_at, place}, listeners_.size(), [&](const Silences::Entry& entry) {
    return listeners_.at(entry.listener).looked_at == entry.at;
  });
}

void LeaseBook::link(Listener& listener, const std::vector<net::Endpoint>& neighbours,
                     Instant now) {
  const auto before = listener.peer.neighbours();
  if (std::equal(before.begin(), before.end(), neighbours.begin(), neighbours.end())) return;
  const std::vector<net::Endpoint> old(before.begin(), before.end());
  std::vector<net::Endpoint> known;
  std::vector<Listener*> changed;
  for (const auto& endpoint : neighbours) {
    Listener* const other = listeners_.find(endpoint);
    if (other == nullptr) continue;
    if (other->peer.add_link()) changed.push_back(other);
    known.push_back(endpoint);
  }
  listener.peer.set_neighbours(std::move(known));
  for (const auto& endpoint : old) {
    Listener* const other = listeners_.find(endpoint);
    if (other != nullptr && other->peer.drop_link()) changed.push_back(other);
  }
  for (const Listener* const other : changed) tell_swarms(*other, now);
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
  Listener* const source = found_at(*failure.source);
  asker.peer.avoid(source == nullptr ? *failure.source : source->endpoint(),
                   now + avoided_for(failure.why));
  if (member == nullptr || source == nullptr) return;
  const bool is_stranger = failure.why != Failing::unwilling && !source->peer.has_served();
  if (is_stranger) asker.peer.on_let_down(now);
  const auto* its = find(*source, swarm->second);
  // Only the word of one who was sent there counts against it.
  if (its == nullptr) return;
  if (!swarm->second.on_source_failed(member->id, runs, its->id, failure.why, now)) return;
  note_report(net::client_of(asker.peer.endpoint().address), *source, failure.why, now);
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
    const Listener* const other = listeners_.find(avoided.endpoint);
    if (now >= avoided.until || other == nullptr) continue;
    if (const auto* member = find(*other, swarm)) ids.push_back(member->id);
  }
  return ids;
}

std::vector<MemberId> LeaseBook::neighbours_of(const Listener& asker,
                                               const SwarmLeases& swarm) const {
  std::vector<MemberId> ids;
  for (const auto& endpoint : asker.peer.neighbours()) {
    const Listener* const other = listeners_.find(endpoint);
    if (other == nullptr) continue;
    if (const auto* member = find(*other, swarm)) ids.push_back(member->id);
  }
  return ids;
}

std::size_t LeaseBook::neighbours(const net::Endpoint& peer) const {
  const Listener* const known = listeners_.find(peer);
  return known == nullptr ? 0 : known->peer.neighbours().size();
}

}  // namespace alluvium::leases
