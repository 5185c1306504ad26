#include "gateway/told_list.hpp"

#include <array>
#include <cstddef>
#include <cstring>

namespace alluvium::gateway {

namespace {

/// So much of a mapped address is the same for all of IPv4.
constexpr std::size_t v4_prefix_bytes = 12;
constexpr std::size_t address_bytes = 16;

}  // namespace

struct ToldList::Head {
  Instant in_full;
  std::uint32_t change = 0;
  std::uint16_t count = 0;
  std::uint16_t skipped = 0;  ///< Of each address.
};

ToldList::ToldList(const std::vector<net::Endpoint>& peers, std::uint32_t change, Instant in_full) {
  if (peers.empty()) return;
  const bool is_v4 = peers.front().address.is_v4();
  const std::size_t skipped = is_v4 ? v4_prefix_bytes : 0;
  const Head head{in_full, change, static_cast<std::uint16_t>(peers.size()),
                  static_cast<std::uint16_t>(skipped)};
  const std::size_t each = address_bytes - skipped + sizeof(net::Endpoint::port);
  packed_.reset(new std::uint8_t[sizeof head + peers.size() * each]);
  auto* to = packed_.get();
  const auto put = [&](const void* from, std::size_t bytes) {
    std::memcpy(to, from, bytes);
    to += bytes;
  };
  put(&head, sizeof head);
  for (const auto& peer : peers) {
    put(peer.address.bytes().data() + skipped, address_bytes - skipped);
    put(&peer.port, sizeof peer.port);
  }
}

std::vector<net::Endpoint> ToldList::peers() const {
  if (empty()) return {};
  const Head told = head();
  std::vector<net::Endpoint> peers(told.count);
  const auto* from = packed_.get() + sizeof told;
  const auto take = [&](void* to, std::size_t bytes) {
    std::memcpy(to, from, bytes);
    from += bytes;
  };
  for (auto& peer : peers) {
    auto bytes = net::IpAddress::v4(0, 0, 0, 0).bytes();
    take(bytes.data() + told.skipped, address_bytes - told.skipped);
    peer.address = net::IpAddress(bytes);
    take(&peer.port, sizeof peer.port);
  }
  return peers;
}

bool ToldList::is_before(std::uint32_t change) const {
  return static_cast<std::int32_t>(change - head().change) > 0;
}

Instant ToldList::in_full() const {
  return head().in_full;
}

ToldList::Head ToldList::head() const {
  Head head;
  std::memcpy(&head, packed_.get(), sizeof head);
  return head;
}

}  // namespace alluvium::gateway
