#include "core/net/address_rules.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace alluvium::net {

namespace {

Network network(std::string_view text) {
  return parse_network(text).value();
}

/// IANA IPv4 Special-Purpose Address Registry, plus multicast, the reserved upper block, and one
/// address at which a large hosting company answers each of its machines about itself.
const std::vector<Network>& special_v4() {
  static const std::vector<Network> list = {
      network("0.0.0.0/8"),       network("10.0.0.0/8"),      network("100.64.0.0/10"),
      network("127.0.0.0/8"),     network("168.63.129.16"),   network("169.254.0.0/16"),
      network("172.16.0.0/12"),   network("192.0.0.0/24"),    network("192.0.2.0/24"),
      network("192.31.196.0/24"), network("192.52.193.0/24"), network("192.88.99.0/24"),
      network("192.168.0.0/16"),  network("192.175.48.0/24"), network("198.18.0.0/15"),
      network("198.51.100.0/24"), network("203.0.113.0/24"),  network("224.0.0.0/4"),
      network("240.0.0.0/4")};
  return list;
}

/// Inside 2000::/3 (the only block from which public unicast addresses are given out), the parts
/// that are set apart. Everything outside 2000::/3 is special.
const std::vector<Network>& special_v6() {
  static const std::vector<Network> list = {network("2001::/23"), network("2001:db8::/32"),
                                            network("2620:4f:8000::/48"), network("3fff::/20")};
  return list;
}

bool in_any(const std::vector<Network>& list, const IpAddress& address) {
  return std::any_of(list.begin(), list.end(),
                     [&](const Network& block) { return block.contains(address); });
}

/// The IPv4 address that packets to this IPv6 address may end at, by transition mechanism. The
/// address is special if that one is.
std::optional<IpAddress> embedded_v4(const IpAddress& address) {
  static const Network compatible = network("::/96");
  static const Network six_to_four = network("2002::/16");
  static const Network nat64 = network("64:ff9b::/96");
  static const Network nat64_local = network("64:ff9b:1::/48");
  const auto& b = address.bytes();
  if (compatible.contains(address) || nat64.contains(address) || nat64_local.contains(address)) {
    return IpAddress::v4(b[12], b[13], b[14], b[15]);
  }
  if (six_to_four.contains(address)) return IpAddress::v4(b[2], b[3], b[4], b[5]);
  return std::nullopt;
}

/// ISATAP (RFC 5214): under any prefix, the interface identifier 5efe before an IPv4 address.
std::optional<IpAddress> isatap_v4(const IpAddress& address) {
  const auto& b = address.bytes();
  const bool is_isatap = (b[8] & 0xfd) == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe;
  if (!is_isatap) return std::nullopt;
  return IpAddress::v4(b[12], b[13], b[14], b[15]);
}

}  // namespace

bool Network::contains(const IpAddress& address) const {
  const auto& a = base.bytes();
  const auto& b = address.bytes();
  const auto whole = static_cast<std::size_t>(prefix_bits / 8);
  if (!std::equal(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(whole), b.begin()))
    return false;
  const int rest = prefix_bits % 8;
  return rest == 0 || (a[whole] ^ b[whole]) >> (8 - rest) == 0;
}

Result<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = IpAddress::parse(text.substr(0, slash));
  if (!address) return Error{"'" + printable(text) + "' is not a network like 10.0.0.0/8"};
  const bool v4 = text.find(':') == std::string_view::npos;
  const std::uint64_t most = v4 ? 32 : 128;
  std::uint64_t bits = most;
  if (slash != std::string_view::npos) {
    const auto given = parse_uint(text.substr(slash + 1));
    if (!given || *given > most) {
      return Error{"'" + printable(text) + "' has a prefix length that is not 0 to " +
                   std::to_string(most)};
    }
    bits = *given;
  }
  return Network{*address, static_cast<int>(v4 ? bits + 96 : bits)};
}

bool is_special(const IpAddress& address) {
  static const Network global_unicast = network("2000::/3");
  static const Network nat64 = network("64:ff9b::/96");
  if (address.is_v4()) return in_any(special_v4(), address);
  if (const auto inner = isatap_v4(address); inner && in_any(special_v4(), *inner)) return true;
  if (const auto inner = embedded_v4(address)) {
    // Only the well-known NAT64 prefix and 6to4 lead anywhere public at all.
    if (!nat64.contains(address) && !global_unicast.contains(address)) return true;
    return in_any(special_v4(), *inner);
  }
  return !global_unicast.contains(address) || in_any(special_v6(), address);
}

AddressRules AddressRules::everything() {
  AddressRules rules;
  rules.allow(network("::/0"));
  return rules;
}

AddressRules AddressRules::chosen_by_user() {
  AddressRules rules = everything();
  rules.narrows_ = true;
  return rules;
}

AddressRules AddressRules::after(const IpAddress& server) const {
  return narrows_ && !is_special(server) ? public_only() : *this;
}

bool AddressRules::permits(const IpAddress& address) const {
  return !is_special(address) || in_any(allowed_, address);
}

}  // namespace alluvium::net
