#pragma once

#include "core/net/ip_address.hpp"
#include "core/time/clock.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace alluvium::gateway {

/// Whom a listener was told of, all of one address family, and up to when. Every listener that
/// lacks something has such a list, so it is kept as short as can be: six bytes for each of IPv4,
/// and nothing but a pointer while there is nobody. Moves only.
class ToldList {
 public:
  ToldList() = default;
  /// They were told all that had happened up to `change`, and everything at `in_full`. At most
  /// 65,535.
  ToldList(const std::vector<net::Endpoint>& peers, std::uint32_t change, Instant in_full);

  [[nodiscard]] bool empty() const { return packed_ == nullptr; }
  [[nodiscard]] std::vector<net::Endpoint> peers() const;
  /// Whether a change came after what was told. It counts for the next two thousand million.
  [[nodiscard]] bool is_before(std::uint32_t change) const;
  /// Not of an empty list.
  [[nodiscard]] Instant in_full() const;

 private:
  struct Head;
  [[nodiscard]] Head head() const;

  std::unique_ptr<std::uint8_t[]> packed_;  ///< The head and each one's address and port.
};

}  // namespace alluvium::gateway
