#include "gateway/leases/peer.hpp"

#include <algorithm>
#include <utility>

namespace alluvium::leases {

namespace {

template <typename Reach>
Reach reach_of(const std::optional<bool>& reachable) {
  return !reachable ? Reach::unknown : *reachable ? Reach::yes : Reach::no;
}

}  // namespace

void Peer::set_facts(const PeerFacts& facts, Instant now) {
  reach_ = reach_of<Reach>(facts.reachable);
  static_cast<void>(set_alias(facts.alias));
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
  if (const Alias* known = alias()) facts.alias = *known;
  return facts;
}

const Alias* Peer::alias() const {
  return has_alias_ ? &*rare_->alias : nullptr;
}

bool Peer::set_alias(const std::optional<Alias>& alias) {
  if (!alias && !has_alias_) return false;
  if (rare().alias == alias) return false;
  rare().alias = alias;
  has_alias_ = alias.has_value();
  return true;
}

Peer::Reach Peer::reach_over(net::Family family) const {
  if (family == this->family()) return reach_;
  return has_alias_ ? reach_of<Reach>(rare_->alias->reachable) : Reach::no;
}

Peer::Reach Peer::reach() const {
  return has_alias_ ? std::max<Reach>(reach_, reach_over(net::other(family()))) : reach_;
}

std::optional<net::Endpoint> Peer::found_by(const Peer& caller) const {
  const auto is_found_over = [&](net::Family over) {
    return (over == caller.family() || caller.has_alias_) && is_able_over(over);
  };
  const auto endpoint_over = [&](net::Family over) {
    return over == family() ? endpoint_ : rare_->alias->endpoint;
  };
  for (const net::Family over : {caller.family(), net::other(caller.family())}) {
    if (is_found_over(over)) return endpoint_over(over);
  }
  return std::nullopt;
}

Tier Peer::tier(std::uint64_t bits_per_second) const {
  if (!shares() || is_silent_ || is_distrusted_) return Tier::none;
  const Reach best = reach();
  if (best == Reach::unknown) return Tier::unknown;
  if (best == Reach::no) return Tier::unreachable;
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
