#pragma once

#include "core/base/result.hpp"
#include "core/net/ip_address.hpp"

#include <string_view>
#include <vector>

namespace alluvium::net {

/// A block of addresses, `10.0.0.0/8` or `fd00::/8`. Prefix lengths count in the text's own family.
struct Network {
  IpAddress base;
  int prefix_bits = 128;  ///< Of the 16-byte form: 96 + n for IPv4.

  [[nodiscard]] bool contains(const IpAddress& address) const;
};
[[nodiscard]] Result<Network> parse_network(std::string_view text);

/// True for every address that is not an ordinary public unicast one: loopback, private,
/// link-local, shared, documentation, multicast, reserved (IANA special-purpose registries, RFC
/// 6890) - also when it is hidden in an IPv4-mapped, IPv4-compatible, 6to4, NAT64 (RFC 6052, RFC
/// 8215), ISATAP or Teredo address.
[[nodiscard]] bool is_special(const IpAddress& address);

/// Which addresses a program may open a connection to. Judged on the binary address, after name
/// resolution, for every connection. Default: public addresses only. Value type.
class AddressRules {
 public:
  static AddressRules public_only() { return {}; }
  static AddressRules everything();
  /// For what the person at this machine named: everything, but a public server leads only to
  /// public addresses, so that nobody outside can make this machine call its own network.
  static AddressRules chosen_by_user();

  /// Special addresses inside `network` may be contacted as well.
  void allow(Network network) { allowed_.push_back(network); }
  [[nodiscard]] bool permits(const IpAddress& address) const;
  /// The rules for where a redirect by `server` leads.
  [[nodiscard]] AddressRules after(const IpAddress& server) const;

 private:
  std::vector<Network> allowed_;
  bool narrows_ = false;
};

}  // namespace alluvium::net
