#pragma once

#include "core/net/client_of.hpp"
#include "core/net/ip_address.hpp"
#include "gateway/client_counts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <unordered_map>

namespace alluvium::gateway {

/// What this gateway may send to those who announce themselves, uncalled for: no more bytes to a
/// client than came from it, and only so many calls at the same time. So nobody can make it send
/// more to a neighbour behind the same address than they sent themselves. Bounded: when too many
/// are remembered, all begin anew with nothing. Pure. Owned by ConnectBack.
class CallBudget {
 public:
  static constexpr std::uint64_t most_saved_bytes = 16 * 1024;
  static constexpr std::size_t most_calls_at_once = 32;
  static constexpr std::size_t most_clients = 100'000;

  explicit CallBudget(std::uint64_t seed)
      : savings_(EndpointHash(seed)), calls_(0, EndpointHash(seed)) {}

  void on_received(const net::IpAddress& from, std::uint64_t bytes) {
    if (savings_.size() >= most_clients) savings_.clear();
    const auto client = net::client_of(from);
    const std::uint64_t room = most_saved_bytes - savings_.of(client);
    savings_.add(client, static_cast<std::uint32_t>(std::min(bytes, room)));
  }

  /// Takes one call of so many bytes, until `end`; false if that is too much.
  [[nodiscard]] bool begin(const net::IpAddress& to, std::uint64_t bytes) {
    const auto client = net::client_of(to);
    if (savings_.of(client) < bytes) return false;
    const auto calls = calls_.find(client);
    if (calls != calls_.end() && calls->second >= most_calls_at_once) return false;
    savings_.remove(client, static_cast<std::uint32_t>(bytes));
    ++calls_[client];
    return true;
  }
  void end(const net::IpAddress& to) {
    const auto calls = calls_.find(net::client_of(to));
    if (calls != calls_.end() && --calls->second == 0) calls_.erase(calls);
  }

 private:
  /// In bytes.
  ClientCounts savings_;
  std::unordered_map<net::IpAddress, std::size_t, EndpointHash> calls_;  ///< None is zero.
};

}  // namespace alluvium::gateway
