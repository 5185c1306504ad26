#pragma once

#include "core/net/ip_address.hpp"

#include <cstdint>
#include <vector>

namespace alluvium::gateway {

/// What a listener was told of another. Value type.
struct Told {
  net::Endpoint peer;
  std::uint32_t change = 0;
};

/// Whom a listener was told of, all of one address family. Every listener has such a list, so it is
/// kept as short as can be: ten bytes for each of IPv4. Value type.
class ToldList {
 public:
  ToldList() = default;
  explicit ToldList(const std::vector<Told>& all);

  [[nodiscard]] bool empty() const { return packed_.empty(); }
  [[nodiscard]] std::vector<Told> all() const;

 private:
  bool is_v4_ = true;
  std::vector<std::uint8_t> packed_;
};

}  // namespace alluvium::gateway
