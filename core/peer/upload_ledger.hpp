#pragma once

#include "core/net/ip_address.hpp"

#include <cstddef>
#include <cstdint>
#include <map>

namespace alluvium::peer {

/// How much was sent to whom since the program started. Others call from any port, so they are told
/// apart by their address alone. Bounded: beyond `max_addresses` the one that was sent something
/// longest ago is forgotten. Value type.
class UploadLedger {
 public:
  static constexpr std::size_t max_addresses = 500;

  void on_sent(const net::IpAddress& to, std::uint64_t bytes);
  /// Bytes by address.
  [[nodiscard]] std::map<net::IpAddress, std::uint64_t> sent() const;

 private:
  struct Entry {
    std::uint64_t bytes = 0;
    std::uint64_t last = 0;  ///< Order in which addresses were last sent something.
  };
  std::map<net::IpAddress, Entry> entries_;
  std::uint64_t sends_ = 0;
};

}  // namespace alluvium::peer
