#include "player-bridge/reach.hpp"

#include <algorithm>

namespace alluvium::bridge {

namespace {

using router::PortMapping;

Reach::Answer judge(const ReachFacts& facts) {
  if (!facts.is_sharing) return Reach::Answer::off;
  if (facts.is_in_doubt) return Reach::Answer::unknown;
  const bool by_either = facts.by_ipv4.value_or(false) || facts.by_ipv6.value_or(false);
  if (by_either && facts.by_ipv4 == false) return Reach::Answer::only_ipv6;
  if (by_either && facts.by_ipv6 == false) return Reach::Answer::only_ipv4;
  if (by_either) return Reach::Answer::yes;
  return facts.by_ipv4 || facts.by_ipv6 ? Reach::Answer::no : Reach::Answer::unknown;
}

/// There is no router at home, or none that is asked.
bool is_without_router(const PortMapping& mapping) {
  return mapping.state == PortMapping::State::failed &&
         std::all_of(mapping.failed.begin(), mapping.failed.end(), [](const auto& attempt) {
           return attempt.failure == router::Failure::no_router;
         });
}

/// Why nobody comes through over IPv6, where no address is translated, and what to try.
std::string obstacle_to_ipv6(const ReachFacts& facts) {
  return "A firewall, here, in the router or at the provider, lets nobody in over IPv6. Let TCP "
         "port " +
         std::to_string(facts.port) + " through it, in the router for this machine's IPv6 address.";
}

/// Why nobody comes through, and what to try.
std::string obstacle(const ReachFacts& facts) {
  if (!facts.by_ipv4 && facts.by_ipv6 == false) return obstacle_to_ipv6(facts);
  const PortMapping& mapping = facts.mapping;
  const std::string port = "TCP port " + std::to_string(facts.port);
  switch (mapping.state) {
    case PortMapping::State::off:
      return "A router or a firewall lets nobody in, and the router is not asked to. Forward " +
             port + " of the router to this machine, and let it through the firewall.";
    case PortMapping::State::asking:
      return "A router or a firewall lets nobody in; the router is being asked to.";
    case PortMapping::State::open:
      return "The router has opened its port " + std::to_string(mapping.mapping->external_port) +
             " (" + router::name(mapping.mapping->protocol) +
             "), and still nobody comes through. Let " + port +
             " through the firewall of this machine; if that is no help, a second router or the "
             "provider is in between, who may have a public address for you.";
    case PortMapping::State::failed:
      break;
  }
  if (is_without_router(mapping)) {
    return "A firewall, here or at the provider, lets nobody in. Let " + port + " through it.";
  }
  return "The router lets nobody in and did not open a port when asked (" +
         router::describe(mapping.failed) + "). Switch on UPnP in the router, or forward " + port +
         " to this machine.";
}

std::string explain(const ReachFacts& facts, Reach::Answer answer) {
  const std::string where = facts.mapping.state != PortMapping::State::open
                                ? std::string()
                                : " The router lets them in at its port " +
                                      std::to_string(facts.mapping.mapping->external_port) + " (" +
                                      router::name(facts.mapping.mapping->protocol) + ").";
  const std::string all_the_same =
      facts.has_sent ? " You hear everything all the same, and pass it on over connections that "
                       "you open yourself."
                     : " You hear everything all the same.";
  switch (answer) {
    case Reach::Answer::off:
      return "You do not share, so nobody is told of you.";
    case Reach::Answer::unknown:
      return "A gateway tries to connect to you and says what it found.";
    case Reach::Answer::yes:
      return "Other listeners can connect to you and get what you hold." +
             (facts.by_ipv4 ? where : std::string());
    case Reach::Answer::only_ipv4:
      return "Listeners with IPv4 can connect to you, those who have nothing but IPv6 cannot." +
             where + " " + obstacle_to_ipv6(facts);
    case Reach::Answer::only_ipv6:
      return "Listeners with IPv6 can connect to you, others cannot. " + obstacle(facts);
    case Reach::Answer::no:
      return obstacle(facts) + all_the_same;
  }
  return {};
}

}  // namespace

Reach answer_reach(const ReachFacts& facts) {
  const Reach::Answer answer = judge(facts);
  return {answer, explain(facts, answer)};
}

const char* word(Reach::Answer answer) {
  switch (answer) {
    case Reach::Answer::off:
      return "off";
    case Reach::Answer::unknown:
      return "unknown";
    case Reach::Answer::no:
      return "no";
    case Reach::Answer::only_ipv4:
      return "ipv4";
    case Reach::Answer::only_ipv6:
      return "ipv6";
    case Reach::Answer::yes:
      return "yes";
  }
  return "";
}

const char* saying(Reach::Answer answer) {
  switch (answer) {
    case Reach::Answer::off:
    case Reach::Answer::no:
      return "No";
    case Reach::Answer::unknown:
      return "Not known yet";
    case Reach::Answer::only_ipv4:
      return "Only over IPv4";
    case Reach::Answer::only_ipv6:
      return "Only over IPv6";
    case Reach::Answer::yes:
      return "Yes";
  }
  return "";
}

}  // namespace alluvium::bridge
