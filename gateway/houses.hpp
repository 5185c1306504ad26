#pragma once

#include "core/base/random.hpp"
#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <vector>

namespace alluvium::gateway {

/// Listeners who come from one public address (of IPv6: one /64), and where each says that it is
/// found within. Only they are told of each other's places. Bounded. Pure: time is passed in. Owned
/// by Introductions.
class Houses {
 public:
  static constexpr Duration lifetime = std::chrono::seconds(60);
  static constexpr std::size_t most_houses = 10'000;
  static constexpr std::size_t most_mates = 128;  ///< In one house.
  static constexpr std::size_t most_in_all = 50'000;

  struct Mate {
    net::Endpoint who;                  ///< As it is known to all.
    std::vector<net::Endpoint> places;  ///< Within the house.
    Instant heard;
  };

  explicit Houses(std::uint64_t seed) : random_(seed) {}

  void enter(const net::Endpoint& who, const std::vector<net::Endpoint>& places, Instant now);
  /// The others in its house, in an order drawn anew.
  [[nodiscard]] std::vector<Mate> others(const net::Endpoint& who, Instant now);
  void tidy(Instant now);
  [[nodiscard]] std::size_t size() const { return houses_.size(); }

 private:
  Random random_;
  std::map<net::IpAddress, std::vector<Mate>> houses_;
  std::size_t mates_ = 0;  ///< In all houses.
};

}  // namespace alluvium::gateway
