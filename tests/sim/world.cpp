#include "tests/sim/world.hpp"

#include <algorithm>
#include <stdexcept>

namespace alluvium::sim {

namespace {

/// The crowd comes so long after the beginning, so that the gateway has time to hash.
constexpr Duration overture = std::chrono::seconds(30);
constexpr Instant begin{std::chrono::hours(1)};

// What a World is an Actor for: the numbers from zero on are the crowd's.
constexpr std::uint32_t struck = UINT32_MAX;
constexpr std::uint32_t gateway_dead = UINT32_MAX - 1;

net::IpAddress address_of(std::uint32_t number) {
  // Each in a network of its own, as far as there are any: 10.x.y.1, then 10.x.y.2, ...
  const std::uint32_t network = number % 65'536;
  return net::IpAddress::v4(10, static_cast<std::uint8_t>(network >> 8),
                            static_cast<std::uint8_t>(network),
                            static_cast<std::uint8_t>(1 + number / 65'536));
}

HostTraits server(std::uint8_t last, std::uint64_t uplink_bps, Duration round_trip) {
  HostTraits traits;
  traits.address = net::IpAddress::v4(127, 0, 0, last);
  traits.uplink_bps = uplink_bps;
  traits.half_way = round_trip / 2;
  return traits;
}

WallTime beginning(const Scenario& scenario) {
  const auto crowd = wall_begin + std::chrono::duration_cast<std::chrono::milliseconds>(overture);
  return crowd - std::chrono::duration_cast<std::chrono::milliseconds>(scenario.position);
}

}  // namespace

World::World(const Scenario& scenario)
    : scenario_(scenario),
      random_(scenario.seed),
      network_(agenda_, random_.next()),
      station_(scenario.songs, scenario.file_bytes, scenario.bitrate, beginning(scenario), 1),
      origin_host_(network_.add(server(1, scenario.origin_uplink_bps, scenario.server_round_trip))),
      gateway_host_(
          network_.add(server(2, scenario.gateway_uplink_bps, scenario.server_round_trip))),
      origin_(origin_host_, station_) {
  network_.name(Station::host, origin_host_);
  network_.name(Station::gateway_host, gateway_host_);
  gateway_ = std::make_unique<GatewayHost>(gateway_host_, station_, random_.next());
  make_crowd();
}

Duration World::half_way() {
  const auto least = static_cast<std::uint64_t>(scenario_.least_round_trip.count()) / 4;
  const auto most = static_cast<std::uint64_t>(scenario_.most_round_trip.count()) / 4;
  return Duration(static_cast<Duration::rep>(least + random_.below(most - least + 1)));
}

void World::make_crowd() {
  const std::uint32_t count = scenario_.listeners;
  // Who is what is a matter of one shuffled list for each kind of thing that can be.
  const auto chosen = [&](unsigned percent_a, unsigned percent_b, const auto& set) {
    std::vector<std::uint32_t> order(count);
    for (std::uint32_t i = 0; i < count; ++i) order[i] = i;
    for (std::uint32_t i = count; i > 1; --i) std::swap(order[i - 1], order[random_.below(i)]);
    const std::uint64_t a = std::uint64_t{count} * percent_a / 100;
    const std::uint64_t b =
        std::min<std::uint64_t>(count, a + std::uint64_t{count} * percent_b / 100);
    for (std::uint64_t i = 0; i < b; ++i) set(order[i], i < a);
  };
  crowd_.resize(count);
  std::vector<HostTraits> traits(count);
  chosen(scenario_.liars_percent, scenario_.withholders_percent, [&](std::uint32_t i, bool is_a) {
    crowd_[i].role = is_a ? Role::liar : Role::withholder;
  });
  chosen(scenario_.kill_percent, scenario_.freeze_percent,
         [&](std::uint32_t i, bool is_a) { crowd_[i].fate = is_a ? Fate::killed : Fate::frozen; });
  for (HostTraits& t : traits) t.uplink_bps = scenario_.uplink_bps;
  chosen(scenario_.slow_percent, 0,
         [&](std::uint32_t i, bool) { traits[i].uplink_bps = scenario_.bitrate / 2; });
  chosen(scenario_.nat_percent, 0, [&](std::uint32_t i, bool) { traits[i].is_behind_nat = true; });
  for (std::uint32_t i = 0; i < count; ++i) {
    traits[i].address = address_of(i);
    traits[i].downlink_bps = scenario_.downlink_bps;
    traits[i].half_way = half_way();
    traits[i].resets_per_mille = scenario_.resets_per_mille;
    traits[i].stalls_per_mille = scenario_.stalls_per_mille;
    const auto error = static_cast<std::uint64_t>(scenario_.most_clock_error.count());
    traits[i].clock_ahead =
        std::chrono::milliseconds(random_.below(2 * error + 1)) - scenario_.most_clock_error;
    crowd_[i].host = &network_.add(traits[i]);
    crowd_[i].start.at = Duration(static_cast<Duration::rep>(
        random_.below(static_cast<std::uint64_t>(scenario_.join_within.count()) + 1)));
    if (scenario_.starts.empty()) continue;
    crowd_[i].start = scenario_.starts[std::min<std::size_t>(i, scenario_.starts.size() - 1)];
  }
}

void World::on_event(std::uint32_t what) {
  if (what == gateway_dead) return gateway_.reset();
  if (what == struck) return strike();
  join(crowd_[what]);
}

void World::join(Member& member) {
  if (!member.host->is_up()) return;
  const std::uint64_t uplink = member.host->traits().uplink_bps;
  std::uint64_t share = scenario_.share_bps.value_or(uplink);
  if (uplink > 0 && share > 0) share = std::min(share, uplink);
  switch (member.role) {
    case Role::listener:
      member.listener =
          std::make_unique<Listener>(network_, *member.host, station_, share,
                                     scenario_.hashes_everywhere ? nullptr : &verified_);
      remind(*member.listener, member.host->traits().address);
      return;
    case Role::liar:
      member.adversary = std::make_unique<Adversary>(*member.host, station_, Adversary::Kind::liar);
      return;
    case Role::withholder:
      member.adversary =
          std::make_unique<Adversary>(*member.host, station_, Adversary::Kind::withholder);
      return;
  }
}

void World::remind(Listener& listener, const net::IpAddress& itself) {
  for (std::uint32_t i = 0; i < std::min(scenario_.remembered, scenario_.listeners); ++i) {
    const auto other = scenario_.remembered >= scenario_.listeners
                           ? i
                           : static_cast<std::uint32_t>(random_.below(scenario_.listeners));
    const net::Endpoint met{address_of(other), Listener::peer_port};
    if (met.address != itself) listener.remember(met);
  }
  if (scenario_.remembered > 0) listener.remember_itself();
}

void World::strike() {
  for (Member& member : crowd_) {
    if (member.fate == Fate::killed) {
      member.listener.reset();
      member.adversary.reset();
      member.host->kill();
    } else if (member.fate == Fate::frozen) {
      member.host->freeze();
    }
  }
}

Outcome World::run() {
  Actor& self = *this;
  const Instant crowd_at = begin + overture;
  for (std::uint32_t i = 0; i < crowd_.size(); ++i) {
    (void)agenda_.at(crowd_at + crowd_[i].start.at + crowd_[i].start.takes, self, i);
  }
  if (scenario_.kill_percent + scenario_.freeze_percent > 0) {
    (void)agenda_.at(crowd_at + scenario_.kill_at, self, struck);
  }
  if (scenario_.gateway_dies_at) {
    (void)agenda_.at(crowd_at + *scenario_.gateway_dies_at, self, gateway_dead);
  }
  agenda_.run_until(crowd_at - Duration(1));
  if (!gateway_->is_ready()) throw std::runtime_error("the gateway had too little time to hash");
  const std::uint64_t hashing_bytes = origin_.song_bytes();
  const std::uint64_t gateway_bytes = gateway_host_.body_bytes_sent;
  for (Host* server : {&origin_host_, &gateway_host_})
    server->traffic = std::make_unique<Traffic>();
  agenda_.run_until(crowd_at + scenario_.duration);
  return outcome(hashing_bytes, gateway_bytes);
}

Outcome World::outcome(std::uint64_t hashing_bytes, std::uint64_t gateway_bytes) const {
  Outcome result;
  for (const Song& song : station_.songs) result.file_bytes += song.bytes.size();
  result.hashing_bytes = hashing_bytes;
  result.origin_bytes = origin_.song_bytes() - hashing_bytes;
  result.gateway_bytes = gateway_host_.body_bytes_sent - gateway_bytes;
  result.origin_traffic = *origin_host_.traffic;
  result.gateway_traffic = *gateway_host_.traffic;
  result.origin_line = origin_host_.uplink.longest_line();
  result.gateway_line = gateway_host_.uplink.longest_line();
  for (const Member& member : crowd_) {
    if (!member.listener || member.fate != Fate::stays) continue;
    const Hearing& hearing = member.listener->hearing();
    ++result.counted;
    const std::uint64_t held = member.listener->held_bytes();
    if (held == result.file_bytes) ++result.complete;
    if (hearing.first_sound) {
      result.first_sounds.push_back(member.start.takes + *hearing.first_sound);
    } else {
      ++result.unheard;
    }
    result.missed_bytes += hearing.missed_bytes;
    result.gaps += hearing.gaps;
    result.false_bytes += hearing.false_bytes;
    result.received_bytes += member.host->part_bytes_received;
    result.held_bytes += held;
  }
  std::sort(result.first_sounds.begin(), result.first_sounds.end());
  result.trace = network_.trace();
  result.events = agenda_.events();
  return result;
}

}  // namespace alluvium::sim
