#include "core/swarm/reversals.hpp"

#include "core/reverse/neighbours.hpp"
#include "tests/support/swarm_rig.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;
using swarm::Reversals;

namespace {

net::Endpoint at(std::uint8_t number) {
  return {net::IpAddress::v4(45, 10, 0, number), 7'000};
}

/// Notes what it is asked to open, and opens nothing.
class NotingDialer final : public reverse::Dialer {
 public:
  struct Asked {
    net::Endpoint to;
    std::string token;
    std::optional<Duration> meet_in;
    Events events;
    std::function<void()> on_over;
  };
  std::vector<Asked> asked;
  int open = 0;

  std::unique_ptr<reverse::Offer> offer(const net::Endpoint& to, const std::string& token,
                                        std::optional<Duration> meet_in, Events events) override {
    asked.push_back({to, token, meet_in, std::move(events), {}});
    return std::make_unique<Held>(*this);
  }
  std::unique_ptr<reverse::Offer> expect(const net::Endpoint& from, Duration meet_in,
                                         std::function<void()> on_over) override {
    asked.push_back({from, "", meet_in, {}, std::move(on_over)});
    return std::make_unique<Held>(*this);
  }

 private:
  struct Held final : reverse::Offer {
    explicit Held(NotingDialer& of) : dialer(of) { ++dialer.open; }
    ~Held() override { --dialer.open; }
    NotingDialer& dialer;
  };
};

struct ReversalsScene {
  SwarmRig rig;
  NotingDialer dialer;
  reverse::Neighbours neighbours{rig.network, rig.time, rig.time};
  int changes = 0;
  std::optional<Reversals> reversals;

  ReversalsScene() {
    rig.services.neighbours = &neighbours;
    rig.services.dialer = &dialer;
    rig.services.rules = net::AddressRules::public_only();
    reversals.emplace(rig.services, [this] { ++changes; });
  }
  void invite(std::initializer_list<net::Endpoint> to) {
    swarm::ToldReverse told;
    for (const auto& endpoint : to) told.to.push_back({endpoint, "token", {}});
    reversals->take(told, at(1));
  }
  [[nodiscard]] std::vector<net::Endpoint> open_to() {
    return reversals->report(false, {}).to.value();
  }
};

}  // namespace

TEST_CASE("who cannot be dialled opens connections to those who invite it, three at most") {
  ReversalsScene scene;
  CHECK(scene.open_to().empty());
  scene.invite({at(2), at(3), at(2), at(4), at(5)});
  CHECK(scene.open_to() == std::vector{at(2), at(3), at(4)});
  CHECK(scene.reversals->open_offers() == 0);
  scene.dialer.asked[1].events.on_taken();
  CHECK(scene.reversals->open_offers() == 1);
  CHECK(scene.dialer.asked[1].token == "token");
}

TEST_CASE(
    "nobody is dialled whom the rules forbid: itself, special addresses, the system's ports") {
  ReversalsScene scene;
  scene.invite({at(1),
                {net::IpAddress::v4(127, 0, 0, 1), 7'000},
                {net::IpAddress::v4(192, 168, 1, 1), 7'000},
                {at(2).address, 80}});
  swarm::ToldReverse told;
  told.expect = {{{net::IpAddress::v4(10, 0, 0, 1), 7'000}, seconds(1)}, {at(1), seconds(1)}};
  scene.reversals->take(told, at(1));
  CHECK(scene.dialer.asked.empty());
}

TEST_CASE("the gateway hears of an offer that ended, but not more than once a second") {
  ReversalsScene scene;
  scene.invite({at(2), at(3)});
  scene.dialer.asked[0].events.on_ended();
  CHECK(scene.open_to() == std::vector{at(3)});
  CHECK(scene.dialer.open == 1);
  CHECK(scene.changes == 0);
  scene.rig.time.run_for(seconds(1));
  CHECK(scene.changes == 1);
}

TEST_CASE("what is open is closed when nothing is shared any more") {
  ReversalsScene scene;
  scene.invite({at(2), at(3)});
  swarm::ToldReverse told;
  told.expect = {{at(4), seconds(1)}};
  scene.reversals->take(told, at(1));
  CHECK(scene.dialer.open == 3);
  scene.reversals->close_offers();
  CHECK(scene.dialer.open == 0);
}

TEST_CASE("meetings are kept as the gateway named them, each once") {
  ReversalsScene scene;
  swarm::ToldReverse told;
  told.to = {{at(2), "token", milliseconds(700)}};
  told.expect = {{at(3), milliseconds(900)}, {at(3), milliseconds(900)}};
  scene.reversals->take(told, at(1));
  REQUIRE(scene.dialer.asked.size() == 2);
  CHECK(scene.dialer.asked[0].meet_in == milliseconds(700));
  CHECK(scene.dialer.asked[1].meet_in == milliseconds(900));
  scene.dialer.asked[1].on_over();
  CHECK(scene.dialer.open == 1);
}

TEST_CASE("whether it can be reached decides what a listener tells, and in doubt a moment does") {
  ReversalsScene scene;
  CHECK_FALSE(scene.reversals->report(true, {}).to);
  CHECK(scene.reversals->report(true, {}).needs_key);
  CHECK_FALSE(scene.reversals->report({}, Reversals::doubt - milliseconds(1)).to);
  CHECK_FALSE(scene.reversals->report({}, Reversals::doubt - milliseconds(1)).needs_key);
  CHECK(scene.reversals->report({}, Reversals::doubt).to);

  swarm::ToldReverse told;
  told.key = reverse::key_for("secret", at(1));
  told.now = reverse::GatewayTime(seconds(1'800'000'000));
  scene.reversals->take(told, at(1));
  CHECK_FALSE(scene.reversals->report(true, {}).needs_key);
  scene.rig.time.run_for(Reversals::key_lifetime);
  CHECK(scene.reversals->report(true, {}).needs_key);
}

TEST_CASE(
    "who comes and goes as a neighbour is known to the swarm, and told to the gateway at once") {
  ReversalsScene scene;
  const auto place = scene.neighbours.enter(at(9), scene.rig.network, [] {});
  scene.rig.time.run_for(milliseconds(1));
  CHECK(scene.changes == 1);
  CHECK(scene.reversals->report(true, {}).from == std::vector{at(9)});
  REQUIRE(scene.rig.peers.find(at(9)) != nullptr);
  CHECK(scene.rig.peers.find(at(9))->is_neighbour);
  // Others cannot dial it.
  CHECK(scene.rig.peers.acquaintances(9).empty());
}

TEST_CASE("a neighbour that has gone is forgotten, as it cannot be dialled") {
  ReversalsScene scene;
  auto place = scene.neighbours.enter(at(9), scene.rig.network, [] {});
  scene.rig.time.run_for(milliseconds(1));
  place.reset();
  scene.rig.time.run_for(milliseconds(1));
  CHECK(scene.rig.peers.find(at(9)) == nullptr);
  CHECK(scene.changes == 2);
}

TEST_CASE("what counts as a place beside us is private, in a network of ours, and not our own") {
  const swarm::Home home{{{net::IpAddress::v4(192, 168, 1, 5), 96 + 24},
                          {net::IpAddress::v4(45, 10, 0, 1), 96 + 16},
                          {*net::IpAddress::parse("fd00::5"), 64},
                          {*net::IpAddress::parse("fe80::5"), 64}},
                         7'000};
  const auto beside = [&](const char* text) {
    return is_beside_us(home, *net::parse_endpoint(text));
  };
  CHECK(beside("192.168.1.6:7000"));
  CHECK(beside("192.168.1.5:7001"));  // Another one on this machine.
  CHECK(beside("[fd00::6]:7000"));
  for (const char* text :
       {"192.168.1.5:7000", "192.168.2.6:7000", "192.168.1.6:80", "45.10.0.2:7000",
        "127.0.0.1:7000", "10.0.0.1:7000", "[fe80::6]:7000", "[fd01::6]:7000", "8.8.8.8:7000"}) {
    CAPTURE(text);
    CHECK_FALSE(beside(text));
  }
  std::vector<std::string> told;
  for (const auto& place : places_in(home)) told.push_back(place.text());
  CHECK(told == std::vector<std::string>{"192.168.1.5:7000", "[fd00::5]:7000"});
}

TEST_CASE("who is in the same house is dialled there, a dozen at most, and never elsewhere") {
  ReversalsScene scene;
  swarm::ToldReverse told;
  const auto mate = [&](std::uint8_t name, const char* place) {
    told.mates.push_back({at(name), "token", {*net::parse_endpoint(place)}});
  };
  mate(2, "192.168.1.6:7000");
  scene.reversals->take(told, at(1));
  CHECK(scene.dialer.asked.empty());  // It is not known where we are.

  scene.rig.services.home = [] {
    return swarm::Home{{{net::IpAddress::v4(192, 168, 1, 5), 96 + 24}}, 7'000};
  };
  mate(3, "192.168.7.1:7000");
  mate(4, "8.8.8.8:7000");
  for (std::uint8_t name = 5; name < 20; ++name) mate(name, "192.168.1.9:7000");
  scene.reversals->take(told, at(1));
  REQUIRE(scene.dialer.asked.size() == Reversals::most_mates);
  CHECK(scene.dialer.asked[0].to.text() == "192.168.1.6:7000");
  const auto report = scene.reversals->report(true, {});
  CHECK(report.mates.size() == Reversals::most_mates);
  CHECK(report.mates[1] == at(5));
  CHECK(report.local.front().text() == "192.168.1.5:7000");
  CHECK_FALSE(report.to);
}
