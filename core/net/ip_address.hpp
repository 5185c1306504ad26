#pragma once

#include "core/base/result.hpp"

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::net {

/// One IPv4 or IPv6 address as 16 bytes, IPv4 in its mapped form (::ffff:a.b.c.d), so that both
/// spellings of an IPv4 address are the same value. No scope identifiers. Value type.
class IpAddress {
 public:
  /// The unspecified IPv6 address `::`.
  IpAddress() = default;
  explicit IpAddress(const std::array<std::uint8_t, 16>& bytes) : bytes_(bytes) {}
  static IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return IpAddress({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d});
  }

  /// Literals only: dotted quads of four decimal parts, RFC 4291 text for IPv6, without brackets.
  static std::optional<IpAddress> parse(std::string_view text);

  [[nodiscard]] bool is_v4() const;
  [[nodiscard]] bool is_unspecified() const;
  /// 127.0.0.0/8 or ::1.
  [[nodiscard]] bool is_loopback() const;
  [[nodiscard]] const std::array<std::uint8_t, 16>& bytes() const { return bytes_; }
  /// `192.0.2.1` or `2001:db8::1` (RFC 5952), without brackets.
  [[nodiscard]] std::string text() const;
  void append_to(std::string& text) const;

  auto operator<=>(const IpAddress&) const = default;

 private:
  std::array<std::uint8_t, 16> bytes_{};
};

/// An address and a TCP port.
struct Endpoint {
  IpAddress address;
  std::uint16_t port = 0;

  /// `192.0.2.1:8000` or `[2001:db8::1]:8000`.
  [[nodiscard]] std::string text() const;
  void append_to(std::string& text) const;
  auto operator<=>(const Endpoint&) const = default;
};

/// Reads `HOST:PORT` where HOST is an IP literal (IPv6 in brackets) or `localhost` (127.0.0.1). The
/// error says what is wrong with the text.
[[nodiscard]] Result<Endpoint> parse_endpoint(std::string_view text);

}  // namespace alluvium::net
