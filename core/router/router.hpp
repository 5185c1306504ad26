#pragma once

#include "core/base/workers.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace alluvium::router {

/// How a router is asked: NAT-PMP (RFC 6886), or UPnP's Internet Gateway Device (its
/// WANIPConnection or WANPPPConnection service).
enum class Protocol { nat_pmp, upnp };

/// What the person at this machine allows.
enum class MapPort { automatic, upnp, nat_pmp, off };

/// A TCP port of the router's that leads to one of ours. The router's word for it: whether anybody
/// comes through is for others to find out.
struct Mapping {
  Protocol protocol = Protocol::nat_pmp;
  std::uint16_t internal_port = 0;
  std::uint16_t external_port = 0;
  std::chrono::seconds lifetime{};  ///< From when it was granted; 0: until it is taken back.
  std::string control_url;          ///< Where UPnP takes it back, and as which service.
  std::string service;

  bool operator==(const Mapping&) const = default;
};

enum class Failure {
  no_router,  ///< The way out leads over no private address, so there is nobody to ask.
  no_answer,
  elsewhere,  ///< It wants us to talk to another machine than itself; that was not done.
  nonsense,
  refused,
  overdue,  ///< It had not come to an end when its time was up.
};

struct FailedAttempt {
  Protocol protocol = Protocol::nat_pmp;
  Failure failure = Failure::no_answer;
  unsigned code = 0;  ///< Of a refusal, in the protocol's own numbers.

  bool operator==(const FailedAttempt&) const = default;
};

struct PortRequest {
  MapPort how = MapPort::automatic;  ///< Never off.
  std::uint16_t internal_port = 0;
  std::uint16_t external_port = 0;  ///< Wished for; another may be given.
  std::chrono::seconds lifetime{};
};

struct Outcome {
  std::optional<Mapping> mapping;
  std::vector<FailedAttempt> failed;  ///< What was tried before.
};

/// The router between this machine and the others, as far as it can be asked for ports. Everything
/// takes seconds: the answer comes later, exactly once, never before the call has returned, within
/// a bounded time; destroying the job gives up at once. Implementations: HelpedRouter, and one for
/// tests.
class Router {
 public:
  virtual ~Router() = default;
  [[nodiscard]] virtual std::unique_ptr<Job> open(const PortRequest& request,
                                                  std::function<void(const Outcome&)> on_done) = 0;
  [[nodiscard]] virtual std::unique_ptr<Job> close(const Mapping& mapping,
                                                   std::function<void()> on_done) = 0;
};

/// "UPnP", "NAT-PMP": for people.
[[nodiscard]] const char* name(Protocol protocol);
/// "NAT-PMP: no answer; UPnP: refused (718)": for people, as part of a sentence.
[[nodiscard]] std::string describe(const std::vector<FailedAttempt>& failed);

}  // namespace alluvium::router
