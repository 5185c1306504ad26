#pragma once

#include "core/net/client_of.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"
#include "gateway/budgets/allowance.hpp"
#include "gateway/budgets/limits.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::gateway {

/// What is left of the operator's limits, so that nobody makes this gateway a cannon at others'
/// servers: fetches at the same time, new URLs and bytes for each origin host, new URLs for each
/// client. What stations need is counted by itself: clients cannot use it up. Bounded: when too
/// many are remembered, those beyond share one budget. Pure: time is passed in. Owned by Gateway.
class FetchBudgets {
 public:
  static constexpr std::size_t most_hosts = 10'000;
  static constexpr std::size_t most_clients = 100'000;

  enum class Refusal { client_urls, host_urls };
  /// For whom something is fetched.
  enum class Purpose { client, station };

  explicit FetchBudgets(FetchLimits limits) : limits_(std::move(limits)) {}

  /// Takes one new URL at `host` from the budgets, of `client` too if one asked, else a station
  /// needs it; nothing is taken if it is refused.
  [[nodiscard]] std::optional<Refusal> take_url(std::string_view host,
                                                std::optional<net::IpAddress> client, Instant now);
  /// The same for a question whether a known file is still the same.
  [[nodiscard]] std::optional<Refusal> take_check(std::string_view host,
                                                  std::optional<net::IpAddress> client,
                                                  Instant now);
  /// Takes the bytes of one file; false if `host` has not so many left today.
  [[nodiscard]] bool take_bytes(std::string_view host, std::uint64_t bytes, Purpose purpose,
                                Instant now);

  /// Whether a fetch may begin beside those that run.
  [[nodiscard]] bool has_slot(std::string_view host) const;
  void begin(std::string_view host);
  void end(std::string_view host);
  [[nodiscard]] std::size_t running() const { return running_; }

  [[nodiscard]] const FetchLimits& limits() const { return limits_; }

 private:
  struct Purse {
    Allowance urls;
    Allowance checks;
    Allowance bytes;

    [[nodiscard]] bool is_unused(Instant now) const;
  };
  struct Host {
    Purse clients;
    Purse stations;
  };

  [[nodiscard]] std::optional<Refusal> take(Allowance Purse::*what, std::string_view host,
                                            std::optional<net::IpAddress> client, Instant now);
  [[nodiscard]] Host& host_at(std::string_view host, Instant now);
  [[nodiscard]] Allowance& client_at(const net::IpAddress& client, Instant now);

  FetchLimits limits_;
  std::map<std::string, Host, std::less<>> hosts_;
  std::map<net::IpAddress, Allowance> clients_;
  Host other_hosts_;
  Allowance other_clients_;
  std::map<std::string, std::size_t, std::less<>> running_at_;  ///< None is zero.
  std::size_t running_ = 0;
};

/// Whether one of `types` (see FetchLimits) is this content type; parameters do not count. A file
/// that has none may be anything, so it passes.
[[nodiscard]] bool is_permitted_type(const std::vector<std::string>& types,
                                     std::string_view content_type);

}  // namespace alluvium::gateway
