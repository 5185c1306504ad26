#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::reverse {

/// A connection that we opened, or are opening, for the other end to ask us on. Destroying it
/// closes it without a further call; legal at any time.
class Offer {
 public:
  virtual ~Offer() = default;
};

/// Opens connections on which others ask us. Where neither end can be dialled both dial at the same
/// instant, each from its peer port, so that each router takes the other's packets for answers
/// (simultaneous open, RFC 9293 §3.5; RFC 5128 §3.4).
class Dialer {
 public:
  /// At a meeting each dials so often, so far apart: routers, clocks and ways differ.
  static constexpr unsigned meeting_tries = 3;
  static constexpr Duration meeting_try_lasts = std::chrono::milliseconds(600);

  struct Events {
    std::function<void()> on_taken;  ///< The other end asks from now on.
    std::function<void()> on_ended;  ///< Refused, not to be had, or over; the last call.
  };
  virtual ~Dialer() = default;
  /// Shows `token` to `to` and serves over the connection if it is taken. With `meet_in`, `to`
  /// cannot be dialled but dials us as well, so long from now. Never calls before it has returned.
  [[nodiscard]] virtual std::unique_ptr<Offer> offer(const net::Endpoint& to,
                                                     const std::string& token,
                                                     std::optional<Duration> meet_in,
                                                     Events events) = 0;
  /// The other side of such a meeting: dials `from`, so long from now, for it to show its token.
  /// `on_over` is called once, when nothing more is tried; a connection that came of it belongs to
  /// the server of the peer port. Destroying it gives up.
  [[nodiscard]] virtual std::unique_ptr<Offer> expect(const net::Endpoint& from, Duration meet_in,
                                                      std::function<void()> on_over) = 0;
};

}  // namespace alluvium::reverse
