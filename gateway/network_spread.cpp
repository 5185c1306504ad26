#include "gateway/network_spread.hpp"

#include <algorithm>

namespace alluvium::gateway {

namespace {

/// The first 24 or 48 bits, which tell networks of one family apart.
std::uint64_t network_of(const net::IpAddress& address) {
  constexpr std::size_t v4_begin = 12;
  constexpr std::size_t v4_bytes = 3;
  constexpr std::size_t v6_bytes = 6;
  const std::size_t begin = address.is_v4() ? v4_begin : 0;
  const std::size_t end = address.is_v4() ? v4_begin + v4_bytes : v6_bytes;
  std::uint64_t network = address.is_v4() ? 1 : 0;
  for (std::size_t i = begin; i < end; ++i) network = network << 8 | address.bytes()[i];
  return network;
}

}  // namespace

NetworkSpread::NetworkSpread(std::size_t wanted) : wanted_(std::min(wanted, most_wanted)) {}

void NetworkSpread::add(const net::IpAddress& address, std::uint32_t candidate) {
  if (is_enough()) return;
  const std::uint64_t network = network_of(address);
  auto slot = static_cast<std::size_t>(network * 0x9e3779b97f4a7c15ULL >> 55);
  while (first_[slot] != 0 && candidates_[first_[slot] - 1U].network != network) {
    slot = (slot + 1) % slots;
  }
  std::uint16_t round = 0;
  if (first_[slot] == 0) {
    first_[slot] = static_cast<std::uint16_t>(count_ + 1);
    ++networks_;
  } else {
    round = ++candidates_[first_[slot] - 1U].same;
  }
  candidates_[count_++] = {network, candidate, round, 0};
}

std::vector<std::uint32_t> NetworkSpread::take() {
  // Sorted by round, by counting: there are few.
  std::array<std::uint16_t, most_wanted * candidates_per_place + 1> begins{};
  for (std::size_t i = 0; i < count_; ++i) ++begins[candidates_[i].round + 1U];
  for (std::size_t round = 1; round < begins.size(); ++round) begins[round] += begins[round - 1];
  std::vector<std::uint32_t> taken(count_);
  for (std::size_t i = 0; i < count_; ++i) {
    taken[begins[candidates_[i].round]++] = candidates_[i].name;
  }
  taken.resize(std::min(wanted_, taken.size()));
  return taken;
}

}  // namespace alluvium::gateway
