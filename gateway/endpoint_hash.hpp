#pragma once

#include "core/net/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace alluvium::gateway {

/// An endpoint by a hash that nobody outside can foresee, for where nothing depends on it that of
/// so many two might be taken for one. Value type.
struct EndpointName {
  std::uint64_t value = 0;
  bool operator==(const EndpointName&) const = default;
};

/// For hash tables of who announces: clients choose their ports and much of an IPv6 address, so
/// they must not know which of them fall together. The seed is not
/// told to anybody. Value type.
class EndpointHash {
 public:
  explicit EndpointHash(std::uint64_t seed) : seed_(seed) {}

  std::size_t operator()(const net::IpAddress& address) const noexcept {
    return static_cast<std::size_t>(mix(address, 0));
  }
  std::size_t operator()(const net::Endpoint& endpoint) const noexcept {
    return static_cast<std::size_t>(mix(endpoint.address, endpoint.port));
  }
  std::size_t operator()(EndpointName name) const noexcept {
    return static_cast<std::size_t>(name.value);
  }
  [[nodiscard]] EndpointName name_of(const net::Endpoint& endpoint) const noexcept {
    return {mix(endpoint.address, endpoint.port)};
  }

 private:
  __extension__ using Wide = unsigned __int128;

  /// Both halves of a product whose factors nobody else knows.
  static std::uint64_t fold(std::uint64_t a, std::uint64_t b) {
    const Wide product = static_cast<Wide>(a) * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  }
  [[nodiscard]] std::uint64_t mix(const net::IpAddress& address,
                                  std::uint16_t port) const noexcept {
    constexpr std::uint64_t odd = 0x9e3779b97f4a7c15ULL;
    std::uint64_t high = 0;
    std::uint64_t low = 0;
    std::memcpy(&high, address.bytes().data(), sizeof high);
    std::memcpy(&low, address.bytes().data() + sizeof high, sizeof low);
    const std::uint64_t first = fold(high ^ seed_, odd ^ (seed_ >> 32 | seed_ << 32));
    return fold(low ^ first, seed_ ^ (odd * (port + 1ULL)));
  }

  std::uint64_t seed_;
};

}  // namespace alluvium::gateway
