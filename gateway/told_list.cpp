#include "gateway/told_list.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

namespace alluvium::gateway {

namespace {

/// So much of a mapped address is the same for all of IPv4.
constexpr std::size_t v4_prefix_bytes = 12;
constexpr std::size_t address_bytes = 16;
constexpr std::size_t rest_bytes = sizeof(std::uint16_t) + sizeof(std::uint32_t);

}  // namespace

ToldList::ToldList(const std::vector<Told>& all)
    : is_v4_(all.empty() || all.front().peer.address.is_v4()) {
  const std::size_t skipped = is_v4_ ? v4_prefix_bytes : 0;
  packed_.resize(all.size() * (address_bytes - skipped + rest_bytes));
  auto* to = packed_.data();
  const auto put = [&](const void* from, std::size_t bytes) {
    std::memcpy(to, from, bytes);
    to += bytes;
  };
  for (const auto& told : all) {
    put(told.peer.address.bytes().data() + skipped, address_bytes - skipped);
    put(&told.peer.port, sizeof told.peer.port);
    put(&told.change, sizeof told.change);
  }
}

std::vector<Told> ToldList::all() const {
  const std::size_t skipped = is_v4_ ? v4_prefix_bytes : 0;
  std::vector<Told> all(packed_.size() / (address_bytes - skipped + rest_bytes));
  const auto* from = packed_.data();
  const auto take = [&](void* to, std::size_t bytes) {
    std::memcpy(to, from, bytes);
    from += bytes;
  };
  for (auto& told : all) {
    auto bytes = net::IpAddress::v4(0, 0, 0, 0).bytes();
    take(bytes.data() + skipped, address_bytes - skipped);
    told.peer.address = net::IpAddress(bytes);
    take(&told.peer.port, sizeof told.peer.port);
    take(&told.change, sizeof told.change);
  }
  return all;
}

}  // namespace alluvium::gateway
