#pragma once

#include "core/net/ip_address.hpp"

#include <functional>
#include <memory>
#include <string>

namespace alluvium::reverse {

/// A connection that we opened, or are opening, for the other end to ask us on. Destroying it
/// closes it without a further call; legal at any time.
class Offer {
 public:
  virtual ~Offer() = default;
};

/// Opens connections on which others ask us.
class Dialer {
 public:
  struct Events {
    std::function<void()> on_taken;  ///< The other end asks from now on.
    std::function<void()> on_ended;  ///< Refused, not to be had, or over; the last call.
  };
  virtual ~Dialer() = default;
  /// Shows `token` to `to` and serves over the connection if it is taken. Never calls before it has
  /// returned.
  [[nodiscard]] virtual std::unique_ptr<Offer> offer(const net::Endpoint& to,
                                                     const std::string& token, Events events) = 0;
};

}  // namespace alluvium::reverse
