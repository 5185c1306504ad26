#include "core/uv/own_networks.hpp"

#include "core/uv/socket_address.hpp"

#include <bit>
#include <cstring>

#include <uv.h>

namespace alluvium::uv {

namespace {

template <typename Address>
net::IpAddress address_of(const Address& address) {
  sockaddr_storage storage{};
  std::memcpy(&storage, &address, sizeof address);
  return to_endpoint(storage).address;
}

int ones_in(const net::IpAddress& mask) {
  int ones = 0;
  for (const std::uint8_t byte : mask.bytes()) ones += std::popcount(byte);
  // An IPv4 mask stands in its mapped form, of whose first 96 bits 16 are set.
  return mask.is_v4() ? ones - 16 + 96 : ones;
}

}  // namespace

std::vector<net::Network> own_networks() {
  uv_interface_address_t* interfaces = nullptr;
  int count = 0;
  if (uv_interface_addresses(&interfaces, &count) < 0) return {};
  std::vector<net::Network> networks;
  for (int i = 0; i < count; ++i) {
    const uv_interface_address_t& interface = interfaces[i];
    if (interface.is_internal != 0) continue;
    if (interface.address.address4.sin_family == AF_INET) {
      networks.push_back({address_of(interface.address.address4),
                          ones_in(address_of(interface.netmask.netmask4))});
    } else if (interface.address.address4.sin_family == AF_INET6) {
      networks.push_back({address_of(interface.address.address6),
                          ones_in(address_of(interface.netmask.netmask6))});
    }
  }
  uv_free_interface_addresses(interfaces, count);
  return networks;
}

}  // namespace alluvium::uv
