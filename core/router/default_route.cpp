#include "core/router/default_route.hpp"

#include "core/base/text.hpp"
#include "core/net/address_rules.hpp"
#include "core/router/answer.hpp"

#include <algorithm>
#include <array>
#include <bit>

#include <natpmp.h>

namespace alluvium::router {

namespace {

net::IpAddress from_network_order(in_addr_t address) {
  const auto bytes = std::bit_cast<std::array<std::uint8_t, 4>>(address);
  return net::IpAddress::v4(bytes[0], bytes[1], bytes[2], bytes[3]);
}

}  // namespace

bool is_of_home_network(const net::IpAddress& address) {
  static const std::array<net::Network, 4> networks = {
      net::parse_network("10.0.0.0/8").value(), net::parse_network("172.16.0.0/12").value(),
      net::parse_network("192.168.0.0/16").value(), net::parse_network("169.254.0.0/16").value()};
  return std::any_of(networks.begin(), networks.end(),
                     [&](const net::Network& network) { return network.contains(address); });
}

std::optional<DefaultRoute> find_default_route() {
  natpmp_t talk{};
  // Connects a socket for datagrams, which tells our own address there and sends nothing.
  const int found = initnatpmp(&talk, 0, 0);
  std::optional<DefaultRoute> route;
  sockaddr_in own{};
  socklen_t size = sizeof own;
  if (found == 0 && getsockname(talk.s, reinterpret_cast<sockaddr*>(&own), &size) == 0) {
    route = DefaultRoute{from_network_order(talk.gateway), from_network_order(own.sin_addr.s_addr)};
  }
  if (talk.s > 0) closenatpmp(&talk);
  if (!route || !is_of_home_network(route->router)) return std::nullopt;
  return route;
}

bool leads_to(std::string_view url, const net::IpAddress& address) {
  const std::string beginning = "http://" + address.text();
  if (!is_plain_word(url) || !url.starts_with(beginning)) return false;
  url.remove_prefix(beginning.size());
  const std::size_t slash = url.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view port = url.substr(0, slash);
  if (port.empty()) return true;
  const auto number = port.front() == ':' ? parse_uint(port.substr(1)) : std::nullopt;
  return number && *number > 0 && *number <= UINT16_MAX;
}

}  // namespace alluvium::router
