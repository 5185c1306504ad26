#include "player-bridge/reach.hpp"

#include <algorithm>

namespace alluvium::bridge {

namespace {

using router::PortMapping;

Reach::Answer judge(const ReachFacts& facts) {
  if (!facts.is_sharing) return Reach::Answer::off;
  if (facts.by_ipv4.value_or(false)) return Reach::Answer::yes;
  if (facts.by_ipv6.value_or(false)) {
    return facts.by_ipv4 ? Reach::Answer::only_ipv6 : Reach::Answer::yes;
  }
  return facts.by_ipv4 || facts.by_ipv6 ? Reach::Answer::no : Reach::Answer::unknown;
}

/// There is no router at home, or none that is asked.
bool is_without_router(const PortMapping& mapping) {
  return mapping.state == PortMapping::State::failed &&
         std::all_of(mapping.failed.begin(), mapping.failed.end(), [](const auto& attempt) {
           return attempt.failure == router::Failure::no_router;
         });
}

/// Why nobody comes through, and what to try.
std::string obstacle(const ReachFacts& facts) {
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
  const bool has_port = facts.mapping.state == PortMapping::State::open;
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
             (has_port ? " The router lets them in at its port " +
                             std::to_string(facts.mapping.mapping->external_port) + " (" +
                             router::name(facts.mapping.mapping->protocol) + ")."
                       : std::string());
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
    case Reach::Answer::only_ipv6:
      return "Only over IPv6";
    case Reach::Answer::yes:
      return "Yes";
  }
  return "";
}

}  // namespace alluvium::bridge
