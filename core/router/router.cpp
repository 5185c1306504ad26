#include "core/router/router.hpp"

namespace alluvium::router {

namespace {

std::string describe(const FailedAttempt& attempt) {
  switch (attempt.failure) {
    case Failure::no_router:
      return "there is no router of a home network to ask";
    case Failure::no_answer:
      return "no answer";
    case Failure::elsewhere:
      return "it points to another machine, which was not asked";
    case Failure::nonsense:
      return "its answer makes no sense";
    case Failure::refused:
      return "refused (" + std::to_string(attempt.code) + ")";
    case Failure::overdue:
      return "no end of its answer";
  }
  return {};
}

}  // namespace

const char* name(Protocol protocol) {
  return protocol == Protocol::upnp ? "UPnP" : "NAT-PMP";
}

std::string describe(const std::vector<FailedAttempt>& failed) {
  std::string text;
  for (std::size_t i = 0; i < failed.size(); ++i) {
    if (i > 0) text += "; ";
    text += name(failed[i].protocol);
    // What is true of both is said once.
    for (; i + 1 < failed.size() && describe(failed[i]) == describe(failed[i + 1]); ++i) {
      text += std::string(" and ") + name(failed[i + 1].protocol);
    }
    text += ": " + describe(failed[i]);
  }
  return text;
}

}  // namespace alluvium::router
