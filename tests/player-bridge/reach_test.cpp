#include "player-bridge/reach.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using router::Failure;
using router::PortMapping;
using router::Protocol;
using State = PortMapping::State;

namespace {

PortMapping opened(std::uint16_t port) {
  return {State::open, router::Mapping{Protocol::upnp, 51413, port, {}, {}, {}}, {}};
}

PortMapping failed(Failure failure) {
  return {State::failed, {}, {{Protocol::nat_pmp, failure, 0}, {Protocol::upnp, failure, 0}}};
}

ReachFacts facts(std::optional<bool> by_ipv4, PortMapping mapping = {}) {
  return {true, by_ipv4, {}, false, std::move(mapping), 51413, false};
}

}  // namespace

TEST_CASE("whether others can reach you follows from who has tried") {
  struct Row {
    std::optional<bool> by_ipv4, by_ipv6;
    const char* word;
  };
  const Row rows[] = {{{}, {}, "unknown"},   {true, {}, "yes"},     {false, {}, "no"},
                      {{}, true, "yes"},     {{}, false, "no"},     {true, true, "yes"},
                      {false, true, "ipv6"}, {true, false, "ipv4"}, {false, false, "no"}};
  for (const Row& row : rows) {
    ReachFacts said = facts(row.by_ipv4);
    said.by_ipv6 = row.by_ipv6;
    CHECK(word(answer_reach(said).answer) == std::string(row.word));
    said.is_in_doubt = true;
    CHECK(word(answer_reach(said).answer) == std::string("unknown"));
    said.is_sharing = false;
    CHECK(word(answer_reach(said).answer) == std::string("off"));
  }
}

TEST_CASE("who cannot be reached is told why, and what to try") {
  CHECK(
      answer_reach(facts(false, failed(Failure::no_answer))).why ==
      "The router lets nobody in and did not open a port when asked (NAT-PMP and UPnP: no "
      "answer). Switch on UPnP in the router, or forward TCP port 51413 to this machine. You hear "
      "everything all the same.");
  CHECK(answer_reach(facts(false, failed(Failure::no_router))).why ==
        "A firewall, here or at the provider, lets nobody in. Let TCP port 51413 through it. You "
        "hear everything all the same.");
  CHECK(answer_reach(facts(false, opened(6000))).why ==
        "The router has opened its port 6000 (UPnP), and still nobody comes through. Let TCP port "
        "51413 through the firewall of this machine; if that is no help, a second router or the "
        "provider is in between, who may have a public address for you. You hear everything all "
        "the same.");
  CHECK(answer_reach(facts(false)).why.find("Forward TCP port 51413 of the router") !=
        std::string::npos);
  CHECK(answer_reach(facts(false, {State::asking, {}, {}})).why.find("is being asked") !=
        std::string::npos);
}

TEST_CASE("who cannot be reached and yet gives is told so") {
  ReachFacts said = facts(false);
  said.has_sent = true;
  CHECK(
      answer_reach(said).why.ends_with("and pass it on over connections that you open yourself."));
}

TEST_CASE("who can be reached through the router's port is told where") {
  CHECK(answer_reach(facts(true)).why ==
        "Other listeners can connect to you and get what you hold.");
  CHECK(answer_reach(facts(true, opened(6000))).why ==
        "Other listeners can connect to you and get what you hold. The router lets them in at its "
        "port 6000 (UPnP).");
}

TEST_CASE("who is reached over IPv4 only is told what is in the way over IPv6") {
  ReachFacts said = facts(true, opened(6000));
  said.by_ipv6 = false;
  const Reach reach = answer_reach(said);
  CHECK(saying(reach.answer) == std::string("Only over IPv4"));
  CHECK(reach.why ==
        "Listeners with IPv4 can connect to you, those who have nothing but IPv6 cannot. The "
        "router lets them in at its port 6000 (UPnP). A firewall, here, in the router or at the "
        "provider, lets nobody in over IPv6. Let TCP port 51413 through it, in the router for this "
        "machine's IPv6 address.");
}

TEST_CASE("who has nothing but IPv6 is not told to see to a translation of addresses") {
  ReachFacts said = facts({}, failed(Failure::no_answer));
  said.by_ipv6 = false;
  const Reach reach = answer_reach(said);
  CHECK(reach.answer == Reach::Answer::no);
  CHECK(
      reach.why.starts_with("A firewall, here, in the router or at the provider, lets nobody in "
                            "over IPv6. Let TCP port 51413 through it"));
}

TEST_CASE("the router's port is not named to who is reached over IPv6 and not known over IPv4") {
  ReachFacts said = facts({}, opened(6000));
  said.by_ipv6 = true;
  CHECK(answer_reach(said).why == "Other listeners can connect to you and get what you hold.");
}

TEST_CASE("who is reached over IPv6 only is told what is in the way of the others") {
  ReachFacts said = facts(false, failed(Failure::refused));
  said.by_ipv6 = true;
  const Reach reach = answer_reach(said);
  CHECK(reach.why.starts_with("Listeners with IPv6 can connect to you, others cannot. The router"));
  CHECK(saying(reach.answer) == std::string("Only over IPv6"));
}
