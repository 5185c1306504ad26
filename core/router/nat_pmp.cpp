#include "core/router/nat_pmp.hpp"

#include <algorithm>
#include <chrono>
#include <memory>

#include <natpmp.h>
#include <poll.h>

namespace alluvium::router {

namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

/// The first three of the tries that RFC 6886 has; a router in the house answers the first.
constexpr milliseconds patience{1'750};
constexpr milliseconds patience_for_closing{500};

struct Close {
  void operator()(natpmp_t* talk) const { closenatpmp(talk); }
};

FailedAttempt failed(Failure failure, int code = 0) {
  return {Protocol::nat_pmp, failure, static_cast<unsigned>(code)};
}

FailedAttempt failed_with(int error) {
  switch (error) {
    case NATPMP_TRYAGAIN:
    case NATPMP_ERR_NOGATEWAYSUPPORT:
    case NATPMP_ERR_RECVFROM:
      return failed(Failure::no_answer);
    // The numbers of RFC 6886, section 3.5.
    case NATPMP_ERR_UNSUPPORTEDVERSION:
      return failed(Failure::refused, 1);
    case NATPMP_ERR_NOTAUTHORIZED:
      return failed(Failure::refused, 2);
    case NATPMP_ERR_NETWORKFAILURE:
      return failed(Failure::refused, 3);
    case NATPMP_ERR_OUTOFRESOURCES:
      return failed(Failure::refused, 4);
    case NATPMP_ERR_UNSUPPORTEDOPCODE:
      return failed(Failure::refused, 5);
    default:
      return failed(Failure::nonsense);
  }
}

/// What the library calls the answer, or an error.
int await(natpmp_t& talk, natpmpresp_t& answer, milliseconds limit) {
  const auto deadline = steady_clock::now() + limit;
  for (;;) {
    const int result = readnatpmpresponseorretry(&talk, &answer);
    const auto left =
        std::chrono::duration_cast<milliseconds>(deadline - steady_clock::now()).count();
    // What came from another address was for nobody.
    const bool goes_on = result == NATPMP_TRYAGAIN || result == NATPMP_ERR_WRONGPACKETSOURCE;
    if (!goes_on || left <= 0) return result;
    timeval until_retry{};
    getnatpmprequesttimeout(&talk, &until_retry);
    const auto pause = std::clamp<long long>(
        until_retry.tv_sec * 1'000LL + until_retry.tv_usec / 1'000 + 1, 1, left);
    pollfd watched{talk.s, POLLIN, 0};
    poll(&watched, 1, static_cast<int>(pause));
  }
}

}  // namespace

std::variant<Mapping, FailedAttempt> ask_nat_pmp(const PortRequest& request) {
  natpmp_t talk{};
  if (initnatpmp(&talk, 0, 0) != 0) return failed(Failure::no_router);
  const std::unique_ptr<natpmp_t, Close> closed_in_the_end(&talk);
  const bool is_closing = request.lifetime.count() == 0;
  // RFC 6886, section 3.4: to take back, the external port is 0.
  if (sendnewportmappingrequest(&talk, NATPMP_PROTOCOL_TCP, request.internal_port,
                                is_closing ? std::uint16_t{0} : request.external_port,
                                static_cast<std::uint32_t>(request.lifetime.count())) < 0) {
    return failed(Failure::no_answer);
  }
  natpmpresp_t answer{};
  const int result = await(talk, answer, is_closing ? patience_for_closing : patience);
  if (result != 0) return failed_with(result);
  const auto& granted = answer.pnu.newportmapping;
  const bool makes_sense = answer.type == NATPMP_RESPTYPE_TCPPORTMAPPING &&
                           granted.privateport == request.internal_port &&
                           (is_closing || (granted.mappedpublicport != 0 && granted.lifetime != 0));
  if (!makes_sense) return failed(Failure::nonsense);
  return Mapping{Protocol::nat_pmp,
                 request.internal_port,
                 granted.mappedpublicport,
                 std::chrono::seconds(granted.lifetime),
                 {},
                 {}};
}

}  // namespace alluvium::router
