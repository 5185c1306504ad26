#include "gateway/leases/peer.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::leases {

void Peer::set_facts(const PeerFacts& facts, Instant now) {
  reach_ = !facts.reachable ? Reach::unknown : *facts.reachable ? Reach::yes : Reach::no;
  uplink.set_rate(facts.up_bps);
  heard_ = now;
  is_silent_ = false;
  silent_after_ = std::chrono::duration_cast<decltype(silent_after_)>(
      std::clamp<Duration>(facts.silent_after, seconds(1), peer_lifetime));
  if (rare_ && now >= rare_->distrusted_until) is_distrusted_ = false;
}

PeerFacts Peer::facts() const {
  PeerFacts facts;
  facts.endpoint = endpoint_;
  facts.up_bps = uplink.is_measured() ? uplink.bits_per_second() : 0;
  if (reach_ != Reach::unknown) facts.reachable = reach_ == Reach::yes;
  facts.silent_after = silent_after_;
  return facts;
}

Tier Peer::tier(std::uint64_t bits_per_second) const {
  if (!shares() || is_silent_ || is_distrusted_) return Tier::none;
  if (reach_ == Reach::unknown) return Tier::unknown;
  if (reach_ == Reach::no) return Tier::unreachable;
  const bool is_slow = uplink.is_measured() && uplink.bits_per_second() < 2 * bits_per_second;
  return is_slow ? Tier::slow : Tier::good;
}

void Peer::avoid(const net::Endpoint& other, Instant until) {
  auto& avoided = rare().avoided;
  const auto known = std::find_if(avoided.begin(), avoided.end(),
                                  [&](const Avoided& a) { return a.endpoint == other; });
  if (known != avoided.end()) {
    known->until = std::max(known->until, until);
    return;
  }
  if (avoided.size() >= most_avoided) avoided.erase(avoided.begin());
  avoided.push_back({other, until});
}

std::span<const Peer::Avoided> Peer::avoided() const {
  return rare_ ? std::span<const Avoided>(rare_->avoided) : std::span<const Avoided>();
}

void Peer::set_neighbours(std::vector<net::Endpoint> neighbours) {
  if (rare_ || !neighbours.empty()) rare().neighbours = std::move(neighbours);
}

std::span<const net::Endpoint> Peer::neighbours() const {
  return rare_ ? std::span<const net::Endpoint>(rare_->neighbours)
               : std::span<const net::Endpoint>();
}

bool Peer::on_report(const net::IpAddress& from, Instant now) {
  auto& reports = rare().reports;
  std::erase_if(reports,
                [&](const Report& report) { return now >= report.until || report.from == from; });
  reports.push_back({from, now + report_counts});
  if (is_distrusted_ || reports.size() < reports_to_distrust) return false;
  reports.clear();
  is_distrusted_ = true;
  rare().distrusted_until = now + distrusted_for;
  return true;
}

Peer::Rare& Peer::rare() {
  if (!rare_) rare_ = std::make_unique<Rare>();
  return *rare_;
}

}  // namespace alluvium::leases
