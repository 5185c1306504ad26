#include "tests/gateway/leases/crowd.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>
#include <string>

#include <catch2/catch.hpp>
using namespace alluvium;
using namespace alluvium::leases;
using namespace std::chrono_literals;
using Crowd = alluvium::leases::test::Crowd;

namespace {

/// Looks at every answer: no chunk is leased that somebody is leased or holds, nobody is sent to
/// whose ticket is not lower. Keeps its own books, from what the listeners heard and said.
class Watch {
 public:
  explicit Watch(Crowd& crowd) : crowd_(crowd) {
    crowd.on_given = [this](std::uint32_t asker, std::uint32_t chunk, const Given& given) {
      if (const auto* from = std::get_if<FromOrigin>(&given.from)) on_lease(asker, chunk, *from);
      if (const auto* from = std::get_if<FromPeer>(&given.from)) on_line(asker, chunk, *from);
    };
    crowd.on_announce = [this](std::uint32_t n) { on_announce(n); };
    crowd.on_report = [this](std::uint32_t n, const Failure& failure) { on_report(n, failure); };
  }

  void on_leave(std::uint32_t n) { end_leases_of(n); }
  /// The first listeners of a circle of lines, if there is one.
  [[nodiscard]] std::string circle() const {
    for (std::uint32_t chunk = 0; chunk < crowd_.chunks(); ++chunk) {
      std::vector<std::uint32_t> seen_from(crowd_.all().size(), Crowd::nobody);
      for (std::uint32_t n = 0; n < crowd_.all().size(); ++n) {
        for (std::uint32_t at = n; at < Crowd::origin; at = next(at, chunk)) {
          if (seen_from[at] == n) return std::to_string(n) + " for " + std::to_string(chunk);
          if (seen_from[at] != Crowd::nobody) break;
          seen_from[at] = n;
        }
      }
    }
    return {};
  }

  std::vector<std::string> breaches;
  std::uint64_t grants = 0;
  std::uint32_t deepest = 0;

 private:
  struct Lease {
    std::uint32_t holder = 0;
    Ticket ticket = 0;
    Instant since{};
    bool is_again = false;  ///< Others had the chunk.
  };

  [[nodiscard]] std::uint32_t next(std::uint32_t n, std::uint32_t chunk) const {
    const auto& one = crowd_.all()[n];
    const bool waits = one.is_alive && !one.has_left && one.has[chunk] == 0;
    return waits ? one.lines[chunk].source : Crowd::nobody;
  }
  void breach(const char* what, std::uint32_t asker, std::uint32_t chunk) {
    breaches.push_back(std::string(what) + ": listener " + std::to_string(asker) + ", chunk " +
                       std::to_string(chunk));
  }

  void on_lease(std::uint32_t asker, std::uint32_t chunk, const FromOrigin& from) {
    REQUIRE(from.ticket);
    const auto known = leases_.find(chunk);
    if (known != leases_.end()) {
      const Lease& lease = known->second;
      if (lease.holder == asker && lease.ticket == *from.ticket) return;
      // None ends by time in less.
      if (crowd_.now() - lease.since < shortest_urgent_lease) breach("leased twice", asker, chunk);
      if (*from.ticket >= lease.ticket) breach("a later lease's ticket is higher", asker, chunk);
    }
    bool is_with_others = false;
    for (std::uint32_t n = 0; n < crowd_.all().size(); ++n) {
      const auto& other = crowd_.all()[n];
      if (other.lines[chunk].ticket != 0 && n != asker &&
          other.lines[chunk].ticket <= *from.ticket) {
        breach("a lease's ticket is not the lowest", asker, chunk);
      }
      const bool could_serve = other.is_alive && !other.has_left && !other.is_liar &&
                               other.told[chunk] != 0 && n != asker &&
                               crowd_.all()[asker].reported.count(n) == 0 && reports_[n].size() < 3;
      is_with_others = is_with_others || could_serve;
    }
    if (is_with_others) {
      // Only for one who was let down, and that not often.
      const bool is_let_down = !crowd_.all()[asker].reported.empty();
      if (!is_let_down) breach("leased though somebody holds it", asker, chunk);
    }
    ++grants;
    leases_[chunk] = {asker, *from.ticket, crowd_.now(), is_with_others};
  }
  void on_line(std::uint32_t asker, std::uint32_t chunk, const FromPeer& from) {
    const auto& own = crowd_.all()[asker].lines[chunk];
    if (own.ticket != 0 && from.ticket > own.ticket) breach("a ticket rose", asker, chunk);
    const auto source = number(from.peer);
    const auto& other = crowd_.all()[source];
    if (source == asker) breach("sent to itself", asker, chunk);
    if (other.told[chunk] != 0) return;
    deepest = std::max(deepest, other.lines[chunk].depth + 1);
    if (other.lines[chunk].ticket == 0 || other.lines[chunk].ticket >= from.ticket) {
      breach("sent to one whose ticket is not lower", asker, chunk);
    }
    if (from.wait == Duration::zero()) breach("sent to one that lacks it", asker, chunk);
  }
  void on_announce(std::uint32_t n) {
    const auto& one = crowd_.all()[n];
    for (std::uint32_t chunk = 0; chunk < crowd_.chunks(); ++chunk) {
      if (one.has[chunk] == one.told[chunk]) continue;
      if (const auto lease = leases_.find(chunk);
          lease != leases_.end() && lease->second.holder == n) {
        if (lease->second.is_again && ++again_[chunk] > settled_holders) {
          breach("leased too often", n, chunk);
        }
        leases_.erase(lease);
      }
    }
  }
  void on_report(std::uint32_t n, const Failure& failure) {
    const std::uint32_t chunk = failure.runs.front().begin.value;
    if (failure.source) {
      auto& reports = reports_[number(*failure.source)];
      reports.insert(n);
      if (reports.size() >= 3) end_leases_of(number(*failure.source));
    } else if (const auto lease = leases_.find(chunk);
               lease != leases_.end() && lease->second.holder == n) {
      leases_.erase(lease);
    }
  }
  void end_leases_of(std::uint32_t n) {
    std::erase_if(leases_, [&](const auto& entry) { return entry.second.holder == n; });
  }
  static std::uint32_t number(const net::Endpoint& peer) {
    const auto& bytes = peer.address.bytes();
    return (std::uint32_t{bytes[13]} << 16) + (std::uint32_t{bytes[14]} << 8) + bytes[15];
  }

  Crowd& crowd_;
  std::map<std::uint32_t, Lease> leases_;
  std::map<std::uint32_t, std::set<std::uint32_t>> reports_;
  std::map<std::uint32_t, std::uint32_t> again_;  ///< By chunk: fetched though others had it.
};

void check_breaches(const Watch& watch) {
  CHECK(watch.breaches.size() == 0);
  for (std::size_t i = 0; i < std::min<std::size_t>(watch.breaches.size(), 5); ++i) {
    WARN(watch.breaches[i]);
  }
}

/// Of those who fetch from the origin some die, leave, or fail.
void trouble_holders(Crowd& crowd, Watch& watch, Random& random) {
  for (std::uint32_t n = 0; n < crowd.all().size(); ++n) {
    const auto& one = crowd.all()[n];
    const bool fetches =
        one.is_alive && !one.has_left &&
        std::any_of(one.lines.begin(), one.lines.end(),
                    [](const Crowd::Line& line) { return line.source == Crowd::origin; });
    if (!fetches) continue;
    const auto fate = random.below(20);
    if (fate == 0) crowd.kill(n);
    if (fate == 1 || fate == 2) crowd.fail_leases(n);
    if (fate == 3) {
      crowd.leave(n);
      watch.on_leave(n);
    }
  }
}

double in_seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1e6;
}

}  // namespace

TEST_CASE("ten thousand at once: no chunk is leased twice, no line closes, whatever fails") {
  const auto seed = GENERATE(1u, 2u, 3u);
  CAPTURE(seed);
  Crowd crowd({10'000, 24, 500ms, seed});
  Watch watch(crowd);
  Random random(seed);
  const Instant begin = crowd.now();
  for (std::uint32_t n = 0; n < 100; ++n) {
    crowd.make_liar(static_cast<std::uint32_t>(random.below(10'000)));
  }
  for (int steps = 0; !crowd.is_done() && crowd.now() - begin < 90s; ++steps) {
    crowd.step();
    // In the first two seconds a fifth dies without a word, and a tenth leaves.
    if (crowd.now() - begin < 2s) {
      for (int i = 0; i < 25; ++i) crowd.kill(static_cast<std::uint32_t>(random.below(10'000)));
      for (int i = 0; i < 12; ++i) {
        const auto n = static_cast<std::uint32_t>(random.below(10'000));
        if (crowd.all()[n].has_left || !crowd.all()[n].is_alive) continue;
        crowd.leave(n);
        watch.on_leave(n);
      }
    }
    if (crowd.now() - begin < 10s) trouble_holders(crowd, watch, random);
    if (steps % 20 == 0) CHECK(watch.circle() == "");
  }
  CHECK(crowd.is_done());
  check_breaches(watch);
  const auto& counters = crowd.book().counters();
  CHECK(counters.granted == watch.grants);
  CHECK(counters.granted == counters.settled + counters.expired + counters.failed + counters.live);
  std::printf(
      "seed %u: %.2f copies of the origin, %llu leases expired, %llu failed, after %.1f s\n", seed,
      static_cast<double>(crowd.fetched()) / 24, static_cast<unsigned long long>(counters.expired),
      static_cast<unsigned long long>(counters.failed), in_seconds(crowd.now() - begin));
}

TEST_CASE("ten thousand who ask for one chunk at once become a tree, not a chain") {
  Crowd crowd({10'000, 1, 100ms, 3});
  Watch watch(crowd);
  const Instant begin = crowd.now();
  while (!crowd.is_done() && crowd.now() - begin < 30s) crowd.step();
  CHECK(crowd.is_done());
  check_breaches(watch);
  CHECK(crowd.fetched() == 1);
  std::printf("10,000 listeners, 1 chunk: %u deep, done after %.2f s\n", watch.deepest,
              in_seconds(crowd.now() - begin));
  CHECK(watch.deepest <= 3 * std::log2(10'000));
}

// Takes a while: run by hand, for its figures.
TEST_CASE("ten thousand who want the same 5 MB at once take one copy from the origin",
          "[.figures]") {
  Crowd crowd({10'000, 300, 500ms, 1});
  const Instant begin = crowd.now();
  while (!crowd.is_done() && crowd.now() - begin < 60s) crowd.step();
  CHECK(crowd.is_done());
  const auto& counters = crowd.book().counters();
  CHECK(counters.expired == 0);
  // Who finds its only source late when it is urgent is leased the chunk itself.
  CHECK(crowd.fetched() <= 306);
  CHECK(counters.distrusted == 0);
  std::printf(
      "10,000 listeners, 300 chunks: %llu fetched; %.1f s of processor time for %llu "
      "announcements, %llu sources "
      "and %llu waits; done after %.1f s\n",
      static_cast<unsigned long long>(crowd.fetched()), in_seconds(crowd.answering()),
      static_cast<unsigned long long>(crowd.announces()),
      static_cast<unsigned long long>(counters.assigned),
      static_cast<unsigned long long>(counters.waits), in_seconds(crowd.now() - begin));
}
