#include "gateway/leases/peer.hpp"

#include <algorithm>

namespace alluvium::leases {

void Peer::set_facts(const PeerFacts& facts, Instant now) {
  facts_ = facts;
  is_v4_ = facts.endpoint.address.is_v4();
  uplink.set_rate(facts.up_bps);
  heard_ = now;
  is_silent_ = false;
  silent_at_ = now + std::clamp<Duration>(facts.silent_after, seconds(1), peer_lifetime);
  if (now >= distrusted_until_) is_distrusted_ = false;
}

Tier Peer::tier(std::uint64_t bits_per_second) const {
  if (!shares() || is_silent_ || is_distrusted_) return Tier::none;
  if (!facts_.reachable) return Tier::unknown;
  if (!*facts_.reachable) return Tier::unreachable;
  const bool is_slow = uplink.is_measured() && uplink.bits_per_second() < 2 * bits_per_second;
  return is_slow ? Tier::slow : Tier::good;
}

void Peer::avoid(const net::Endpoint& other, Instant until) {
  const auto known = std::find_if(avoided_.begin(), avoided_.end(),
                                  [&](const Avoided& a) { return a.endpoint == other; });
  if (known != avoided_.end()) {
    known->until = std::max(known->until, until);
    return;
  }
  if (avoided_.size() >= most_avoided) avoided_.erase(avoided_.begin());
  avoided_.push_back({other, until});
}

bool Peer::on_report(const net::IpAddress& from, Instant now) {
  std::erase_if(reports_,
                [&](const Report& report) { return now >= report.until || report.from == from; });
  reports_.push_back({from, now + report_counts});
  if (is_distrusted_ || reports_.size() < reports_to_distrust) return false;
  reports_.clear();
  is_distrusted_ = true;
  distrusted_until_ = now + distrusted_for;
  return true;
}

}  // namespace alluvium::leases
