#pragma once

#include "core/net/address_rules.hpp"
#include "core/reverse/dialer.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/loop.hpp"

#include <functional>
#include <optional>

namespace alluvium::uv {

/// Opens TCP connections, offers them (core/reverse/handshake.hpp), and has the server of the peer
/// port answer what comes over them. Owned by the composition root; `server` outlives it.
class ReverseDialer final : public reverse::Dialer {
 public:
  /// From the first packet to the answer.
  static constexpr Duration patience = std::chrono::seconds(5);

  /// `local`: the address to call from, if it matters. `rules`: asked before every call.
  ReverseDialer(Loop& loop, HttpServer& server, std::optional<net::IpAddress> local,
                std::function<net::AddressRules()> rules);

  [[nodiscard]] std::unique_ptr<reverse::Offer> offer(const net::Endpoint& to,
                                                      const std::string& token,
                                                      std::optional<Duration> meet_in,
                                                      Events events) override;
  [[nodiscard]] std::unique_ptr<reverse::Offer> expect(const net::Endpoint& from, Duration meet_in,
                                                       std::function<void()> on_over) override;

 private:
  class Call;
  class Greeting;
  class Expectation;
  [[nodiscard]] bool may_call(const net::Endpoint& to) const;

  Loop& loop_;
  HttpServer& server_;
  std::optional<net::IpAddress> local_;
  std::function<net::AddressRules()> rules_;
};

}  // namespace alluvium::uv
