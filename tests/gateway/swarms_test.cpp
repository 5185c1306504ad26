#include "gateway/swarms.hpp"

#include "tests/gateway/surroundings.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using test::endpoint;

namespace {

const hash::TreeRoot song{{1}};
const hash::TreeRoot other_song{{2}};
const Instant start{};

net::Endpoint peer_number(int n) {
  const auto byte = static_cast<std::uint8_t>(n);
  return {net::IpAddress::v4(203, 0, byte, 7), 8000};
}

Availability some(const char* text) {
  return *Availability::parse(text);
}

/// Records and lists.
void join(Swarms& swarms, const net::Endpoint& peer, const char* available = "all",
          Instant now = start) {
  REQUIRE(swarms.hold(peer, song, some(available), now));
  swarms.set_listed(peer, true);
}

/// News as text: `203.0.1.7:8000 all`, sorted.
std::vector<std::string> told(Swarms& swarms, const net::Endpoint& peer, Instant now = start) {
  std::vector<std::string> lines;
  for (const auto& news : swarms.news_for(peer, song, now)) {
    lines.push_back(news.endpoint.text() + " " + news.available.text());
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a peer is told of others, not of itself") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "bytes 0-16383");
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.2.7:8000 bytes 0-16383"});
  CHECK(told(swarms, peer_number(2)) == Lines{"203.0.1.7:8000 none"});
}

TEST_CASE("a peer that was not found reachable is told to nobody") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  REQUIRE(swarms.hold(peer_number(2), song, some("all"), start));
  CHECK(told(swarms, peer_number(1)).empty());
  swarms.set_listed(peer_number(2), true);
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.2.7:8000 all"});
}

TEST_CASE("after the first answer only changes are told") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "bytes 0-16383");
  join(swarms, peer_number(3), "all");
  CHECK(told(swarms, peer_number(1)).size() == 2);
  CHECK(told(swarms, peer_number(1)).empty());

  join(swarms, peer_number(2), "bytes 0-32767");
  join(swarms, peer_number(3), "all");
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.2.7:8000 bytes 0-32767"});

  swarms.leave(peer_number(3));
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.3.7:8000 none"});
  CHECK(told(swarms, peer_number(1)).empty());
}

TEST_CASE("everything is told again after half a minute, in case an answer was lost") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "all");
  CHECK(told(swarms, peer_number(1)).size() == 1);
  CHECK(told(swarms, peer_number(1), start + 29s).empty());
  CHECK(told(swarms, peer_number(1), start + 30s) == Lines{"203.0.2.7:8000 all"});
  CHECK(told(swarms, peer_number(1), start + 31s).empty());
}

TEST_CASE("a peer that has less than before is told everything again") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "bytes 0-16383");
  join(swarms, peer_number(2), "all");
  CHECK(told(swarms, peer_number(1)).size() == 1);
  join(swarms, peer_number(1), "none");
  CHECK(told(swarms, peer_number(1)).size() == 1);
}

TEST_CASE("a peer is told of at most twenty others, and of replacements for those that leave") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(0), "none");
  for (int i = 1; i <= 40; ++i) join(swarms, peer_number(i));
  const auto first = swarms.news_for(peer_number(0), song, start);
  CHECK(first.size() == Swarm::told_peers);
  swarms.leave(first.front().endpoint);
  const auto then = told(swarms, peer_number(0));
  CHECK(then.size() == 2);  // the one that left, and another
  CHECK(std::count(then.begin(), then.end(), first.front().endpoint.text() + " none") == 1);
}

TEST_CASE("who stands where one left is told of as well as who left") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "all");
  join(swarms, peer_number(3), "all");
  CHECK(told(swarms, peer_number(1)).size() == 2);
  swarms.leave(peer_number(2));
  join(swarms, peer_number(4), "bytes 0-16383");
  CHECK(told(swarms, peer_number(1)) ==
        Lines{"203.0.2.7:8000 none", "203.0.4.7:8000 bytes 0-16383"});
  CHECK(told(swarms, peer_number(1)).empty());

  // Of another family, or not to be told of.
  swarms.leave(peer_number(4));
  join(swarms, endpoint("[2001:4860::1]:8000"), "all");
  swarms.leave(peer_number(3));
  REQUIRE(swarms.hold(peer_number(5), song, some("all"), start));
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.3.7:8000 none", "203.0.4.7:8000 none"});
  CHECK(told(swarms, peer_number(1)).empty());
}

TEST_CASE("who is not to be told of any more is told of once more, and anew when it is again") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "all");
  CHECK(told(swarms, peer_number(1)).size() == 1);
  swarms.set_listed(peer_number(2), false);
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.2.7:8000 none"});
  CHECK(told(swarms, peer_number(1)).empty());
  swarms.set_listed(peer_number(2), true);
  CHECK(told(swarms, peer_number(1)) == Lines{"203.0.2.7:8000 all"});

  swarms.set_listed(peer_number(2), false);
  swarms.set_listed(peer_number(2), true);
  const auto news = swarms.news_for(peer_number(1), song, start);
  REQUIRE(news.size() == 2);
  CHECK(news.front().available.text() == "none");
  CHECK(news.back().available.complete());
}

TEST_CASE("whoever comes and goes, all who ask know in the end who is there") {
  Swarms swarms({}, 1);
  Random random(7);
  Instant now = start;
  const auto newcomer = peer_number(99);
  std::map<net::Endpoint, std::string> known;
  std::map<net::Endpoint, std::string> listed;
  for (int i = 0; i < 3'000; ++i) {
    now += 100ms;
    // Fewer than are told at most, so that each is told of all.
    const auto peer = peer_number(static_cast<int>(random.below(15)));
    const std::uint64_t what = random.below(4);
    if (what == 0) {
      swarms.leave(peer);
      listed.erase(peer);
    } else {
      const char* available = what == 1 ? "all" : what == 2 ? "none" : "bytes 0-16383";
      join(swarms, peer, available, now);
      listed[peer] = available;
    }
    join(swarms, newcomer, "none", now);
    swarms.expire(now);
    std::erase_if(listed, [&](const auto& one) { return !swarms.all().at(song).has(one.first); });
    if (random.below(3) != 0) continue;
    std::set<net::Endpoint> gone;
    for (const auto& news : swarms.news_for(newcomer, song, now)) {
      known[news.endpoint] = news.available.text();
      if (news.available == PackedAvailability{}) gone.insert(news.endpoint);
    }
    std::erase_if(known, [&](const auto& one) {
      return gone.contains(one.first) && !listed.contains(one.first);
    });
    REQUIRE(known == listed);
  }
}

TEST_CASE("peers are told only of peers of the family they called in") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, endpoint("[2001:4860::1]:8000"), "none");
  join(swarms, endpoint("[2001:4860::2]:8000"), "all");
  CHECK(told(swarms, peer_number(1)).empty());
  CHECK(told(swarms, endpoint("[2001:4860::1]:8000")) == Lines{"[2001:4860::2]:8000 all"});
}

TEST_CASE("a holding is forgotten a minute after it was last announced") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "none");
  join(swarms, peer_number(2), "all");
  join(swarms, peer_number(1), "none", start + 40s);
  CHECK(told(swarms, peer_number(1), start + 59s) == Lines{"203.0.2.7:8000 all"});
  // Even before anybody sweeps.
  CHECK(told(swarms, peer_number(1), start + 60s) == Lines{"203.0.2.7:8000 none"});
  swarms.expire(start + 60s);
  CHECK(swarms.record_count() == 1);
  CHECK(swarms.peer_count() == 1);
  swarms.expire(start + 100s);
  CHECK(swarms.all().empty());
  CHECK(swarms.peer_count() == 0);
}

TEST_CASE("announcing one file leaves what was said of another") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1));
  REQUIRE(swarms.hold(peer_number(1), other_song, some("none"), start));
  CHECK(swarms.record_count() == 2);
  swarms.leave(peer_number(1));
  CHECK(swarms.record_count() == 0);
  CHECK(swarms.all().empty());
}

TEST_CASE("one address cannot fill the tables, with many ports or many files") {
  Swarms swarms({.total = 6, .per_client = 4}, 1);
  const auto at_port = [](std::uint16_t port) {
    return net::Endpoint{net::IpAddress::v4(203, 0, 1, 1), port};
  };
  CHECK(swarms.hold(at_port(2000), song, {}, start));
  CHECK(swarms.hold(at_port(2000), other_song, {}, start));
  CHECK(swarms.hold(at_port(2001), song, {}, start));
  CHECK(swarms.hold(at_port(2002), song, {}, start));
  CHECK_FALSE(swarms.hold(at_port(2003), song, {}, start));
  CHECK(swarms.hold(at_port(2002), song, some("all"), start));
  CHECK(swarms.hold(peer_number(2), song, {}, start));
  CHECK(swarms.hold(peer_number(3), song, {}, start));
  CHECK_FALSE(swarms.hold(peer_number(4), song, {}, start));
  swarms.leave(at_port(2000));
  CHECK(swarms.hold(peer_number(4), song, {}, start));
}

TEST_CASE("whoever owns one network cannot fill the list") {
  Swarms swarms({}, 1);
  for (std::uint8_t i = 1; i <= 100; ++i) {
    join(swarms, {net::IpAddress::v4(198, 18, 0, i), 8000});
  }
  for (int i = 1; i <= 10; ++i) join(swarms, peer_number(i));
  std::set<net::Endpoint> others;
  for (int round = 0; round < 20; ++round) {
    const auto list = swarms.pick(song, {endpoint("1.2.3.4:5"), 20, false}, start);
    CHECK(list.size() == 20);
    for (const auto& peer : list) {
      if (peer.endpoint.address.bytes()[12] == 203) others.insert(peer.endpoint);
    }
  }
  CHECK(others.size() == 10);
}

TEST_CASE("the same seed picks the same peers, another seed others") {
  const auto picked = [](std::uint64_t seed) {
    Swarms swarms({}, seed);
    for (int i = 1; i <= 100; ++i) join(swarms, peer_number(i));
    Lines lines;
    for (const auto& peer : swarms.pick(song, {endpoint("1.2.3.4:5"), 5, false}, start)) {
      lines.push_back(peer.endpoint.text());
    }
    return lines;
  };
  CHECK(picked(1) == picked(1));
  CHECK(picked(1) != picked(2));
}

TEST_CASE("who asks for complete peers gets no others") {
  Swarms swarms({}, 1);
  join(swarms, peer_number(1), "all");
  join(swarms, peer_number(2), "bytes 0-16383");
  const auto list = swarms.pick(song, {endpoint("1.2.3.4:5"), 5, true}, start);
  REQUIRE(list.size() == 1);
  CHECK(list[0].endpoint == peer_number(1));
}

TEST_CASE("a list that is asked for is long, has nobody twice, and changes nothing that was told") {
  Swarms swarms({}, 1);
  for (int i = 0; i < 200; ++i) join(swarms, peer_number(i), i % 2 == 0 ? "all" : "none");
  std::set<net::Endpoint> ever;
  for (int i = 0; i < 20; ++i) {
    std::set<net::Endpoint> picked;
    for (const auto& peer : swarms.pick(song, {peer_number(0), 50, false}, start)) {
      picked.insert(peer.endpoint);
      CHECK(peer.available.complete() == (peer.endpoint.address.bytes()[14] % 2 == 0));
    }
    CHECK(picked.size() == 50);
    ever.merge(picked);
  }
  CHECK(ever.size() > 190);
  CHECK_FALSE(ever.contains(peer_number(0)));
  CHECK(told(swarms, peer_number(0)).size() == Swarm::told_peers);
  CHECK(swarms.pick(song, {peer_number(0), 80, true}, start).size() == 80);
  for (const auto& peer : swarms.pick(song, {peer_number(0), 80, true}, start)) {
    CHECK(peer.available.complete());
  }
}

TEST_CASE("whoever left, was unlisted or has got the rest is in the right list ever after") {
  Swarms swarms({}, 1);
  Random random(5);
  std::set<net::Endpoint> listed;
  std::set<net::Endpoint> complete;
  for (int i = 0; i < 3'000; ++i) {
    const auto peer = peer_number(static_cast<int>(random.below(60)));
    switch (random.below(4)) {
      case 0:
        join(swarms, peer, "all");
        listed.insert(peer);
        complete.insert(peer);
        break;
      case 1:
        join(swarms, peer, "bytes 0-16383");
        listed.insert(peer);
        complete.erase(peer);
        break;
      case 2:
        swarms.leave(peer);
        listed.erase(peer);
        complete.erase(peer);
        break;
      default:
        swarms.set_listed(peer, false);
        listed.erase(peer);
    }
    std::set<net::Endpoint> picked;
    for (const auto& one : swarms.pick(song, {peer_number(99), 80, false}, start)) {
      picked.insert(one.endpoint);
      REQUIRE(one.available.complete() == complete.contains(one.endpoint));
    }
    REQUIRE(picked == listed);
  }
}

TEST_CASE("who is told of many whose time is over is told of the others all the same") {
  Swarms swarms({}, 1);
  for (int i = 0; i < 200; ++i) join(swarms, peer_number(i), "all");
  for (int i = 0; i < 10; ++i) join(swarms, peer_number(i), "all", start + 30s);
  CHECK(swarms.pick(song, {peer_number(99), 50, false}, start + 61s).size() == 10);
}
