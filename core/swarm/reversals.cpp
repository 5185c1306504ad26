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
  if (const auto* const neighbours = services_.neighbours; neighbours != nullptr) {
    report.from = neighbours->all();
    const auto& tokens = neighbours->tokens();
    const bool is_old = services_.clock.now() - tokens.told_at() >= key_lifetime;
    report.needs_key = is_known && (!tokens.has_key() || is_old);
  }
  if (services_.dialer != nullptr && is_known && reachable != true) {
    report.to.emplace();
    for (const auto& [to, held] : offers_) report.to->push_back(to);
  }
  return report;
}

void Reversals::take(const ToldReverse& told, const std::optional<net::Endpoint>& self) {
  if (told.key && services_.neighbours != nullptr) {
    services_.neighbours->tokens().set_key(*told.key, told.now, services_.clock.now());
  }
  if (services_.dialer == nullptr) return;
  for (const ReverseInvitation& to : told.to) {
    if (!may_dial(to.endpoint, self) || offers_.size() >= most_offers ||
        offers_.count(to.endpoint) > 0) {
      continue;
    }
    Held& held = offers_[to.endpoint];
    held.offer =
        services_.dialer->offer(to.endpoint, to.token, to.meet_in,
                                {[&held] { held.is_taken = true; },
                                 [this, endpoint = to.endpoint] { on_offer_ended(endpoint); }});
  }
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
