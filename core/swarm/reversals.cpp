#include "core/swarm/reversals.hpp"

#include "core/reverse/neighbours.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::swarm {

Reversals::Reversals(Services& services, std::function<void()> on_change)
    : services_(services),
      on_change_(std::move(on_change)),
      again_(services.timers.make_timer([this] { on_change_(); })) {
  if (services_.neighbours != nullptr) {
    services_.neighbours->on_change([this] { on_neighbours(); });
  }
}

Reversals::~Reversals() {
  if (services_.neighbours != nullptr) services_.neighbours->on_change([] {});
}

ReverseReport Reversals::report(std::optional<bool> reachable, Duration in_doubt) const {
  ReverseReport report;
  const bool is_known = reachable || in_doubt >= doubt;
  if (services_.home && services_.dialer != nullptr) report.local = places_in(services_.home());
  if (const auto* const neighbours = services_.neighbours; neighbours != nullptr) {
    report.from = neighbours->all();
    const auto& tokens = neighbours->tokens();
    const bool is_old = services_.clock.now() - tokens.told_at() >= key_lifetime;
    // Housemates come at once.
    const bool may_be_shown_some = is_known || !report.local.empty();
    report.needs_key = may_be_shown_some && (!tokens.has_key() || is_old);
  }
  if (services_.dialer == nullptr) return report;
  if (is_known && reachable != true) report.to.emplace();
  for (const auto& [to, held] : offers_) {
    if (held.is_mate) {
      report.mates.push_back(to);
    } else if (report.to) {
      report.to->push_back(to);
    }
  }
  return report;
}

void Reversals::take(const ToldReverse& told, const std::optional<net::Endpoint>& self) {
  if (told.key && services_.neighbours != nullptr) {
    services_.neighbours->tokens().set_key(*told.key, told.now, services_.clock.now());
  }
  if (services_.dialer == nullptr) return;
  for (const ReverseInvitation& to : told.to) {
    if (may_dial(to.endpoint, self) && count_offers(false) < most_offers) {
      open(to.endpoint, to.endpoint, to.token, to.meet_in, false);
    }
  }
  take_mates(told);
  for (const ReverseMeeting& meeting : told.expect) {
    if (!may_dial(meeting.endpoint, self) || meetings_.size() >= most_meetings) continue;
    auto& place = meetings_[meeting.endpoint];
    if (place != nullptr) continue;
    place = services_.dialer->expect(meeting.endpoint, meeting.meet_in,
                                     [this, endpoint = meeting.endpoint] {
                                       const net::Endpoint over = endpoint;
                                       meetings_.erase(over);
                                     });
  }
}

void Reversals::take_mates(const ToldReverse& told) {
  if (!services_.home || told.mates.empty()) return;
  const Home home = services_.home();
  for (const HouseInvitation& mate : told.mates) {
    if (count_offers(true) >= most_mates) return;
    const auto place =
        std::find_if(mate.places.begin(), mate.places.end(),
                     [&](const net::Endpoint& candidate) { return is_beside_us(home, candidate); });
    if (place != mate.places.end()) open(mate.endpoint, *place, mate.token, {}, true);
  }
}

void Reversals::open(const net::Endpoint& to, const net::Endpoint& place, const std::string& token,
                     std::optional<Duration> meet_in, bool is_mate) {
  const auto [entry, is_new] = offers_.try_emplace(to);
  if (!is_new) return;
  Held& held = entry->second;
  held.is_mate = is_mate;
  held.offer = services_.dialer->offer(
      place, token, meet_in,
      {[&held] { held.is_taken = true; }, [this, to] { on_offer_ended(to); }});
}

std::size_t Reversals::count_offers(bool are_mates) const {
  return static_cast<std::size_t>(
      std::count_if(offers_.begin(), offers_.end(),
                    [&](const auto& entry) { return entry.second.is_mate == are_mates; }));
}

bool Reversals::may_dial(const net::Endpoint& to, const std::optional<net::Endpoint>& self) const {
  return to.port >= 1024 && to != self && services_.rules.permits(to.address);
}

void Reversals::on_offer_ended(const net::Endpoint& to) {
  const net::Endpoint endpoint = to;  // The reference lives in the offer, which goes now.
  offers_.erase(endpoint);
  again_->arm(shortest_pause);
}

void Reversals::close_offers() {
  offers_.clear();
  meetings_.clear();
  again_->disarm();
}

std::size_t Reversals::open_offers() const {
  return static_cast<std::size_t>(std::count_if(
      offers_.begin(), offers_.end(), [](const auto& entry) { return entry.second.is_taken; }));
}

void Reversals::on_neighbours() {
  services_.peers.set_neighbours(services_.neighbours->all());
  on_change_();
}

}  // namespace alluvium::swarm
