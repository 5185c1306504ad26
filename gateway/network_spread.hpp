#pragma once

#include "core/net/ip_address.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace alluvium::gateway {

/// Chooses some of many candidates, taking one from each network (a /24 of IPv4, a /48 of IPv6) in
/// turn, so that whoever owns one network cannot fill the lists of others. Within that the order of
/// the candidates stays. It looks at a few times as many as are wanted at most. Used once.
class NetworkSpread {
 public:
  explicit NetworkSpread(std::size_t wanted);

  /// Candidates are named by numbers of the caller. One that is added when it is enough is ignored.
  void add(const net::IpAddress& address, std::uint32_t candidate);
  /// More would change nothing, or there was enough to choose from.
  [[nodiscard]] bool is_enough() const {
    return networks_ >= wanted_ || count_ >= wanted_ * candidates_per_place;
  }
  /// As many as were wanted, or all there are.
  [[nodiscard]] std::vector<std::uint32_t> take();

 private:
  /// So many candidates are looked at for each place in a list, to have a choice of networks.
  static constexpr std::size_t candidates_per_place = 3;
  static constexpr std::size_t most_wanted = 80;
  static constexpr std::size_t slots = 512;  ///< At most half are ever used.
  static_assert(most_wanted * candidates_per_place <= slots / 2);

  struct Candidate {
    std::uint64_t network;
    std::uint32_t name;
    std::uint16_t round;  ///< How many of the same network stand before it.
    std::uint16_t same;   ///< Of the first of a network: how many there are.
  };

  std::size_t wanted_;
  std::size_t networks_ = 0;
  std::size_t count_ = 0;
  std::array<Candidate, most_wanted * candidates_per_place> candidates_;  ///< The first `count_`.
  /// By network, the first of its candidates and one; 0: none.
  std::array<std::uint16_t, slots> first_{};
};

}  // namespace alluvium::gateway
