#include "core/net/ip_address.hpp"

#include "core/base/text.hpp"

#include <algorithm>
#include <charconv>
#include <cstring>

#include <arpa/inet.h>

namespace alluvium::net {

namespace {

constexpr std::array<std::uint8_t, 12> v4_mapped_prefix = {0, 0, 0, 0, 0,    0,
                                                           0, 0, 0, 0, 0xff, 0xff};

/// Dotted, of a mapped address; there is room for it. Returns its end.
char* write_quad(char* to, const std::array<std::uint8_t, 16>& bytes) {
  for (std::size_t i = v4_mapped_prefix.size(); i < bytes.size(); ++i) {
    if (i > v4_mapped_prefix.size()) *to++ = '.';
    to = std::to_chars(to, to + 3, bytes[i]).ptr;
  }
  return to;
}

}  // namespace

std::optional<IpAddress> IpAddress::parse(std::string_view text) {
  if (text.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  in_addr v4_bytes{};
  if (inet_pton(AF_INET, terminated.c_str(), &v4_bytes) == 1) {
    const auto* b = reinterpret_cast<const std::uint8_t*>(&v4_bytes);
    return v4(b[0], b[1], b[2], b[3]);
  }
  std::array<std::uint8_t, 16> v6_bytes{};
  if (inet_pton(AF_INET6, terminated.c_str(), v6_bytes.data()) == 1) return IpAddress(v6_bytes);
  return std::nullopt;
}

bool IpAddress::is_v4() const {
  // Asked very often, and comparing so few bytes is otherwise a call.
  std::uint64_t first = 0;
  std::uint32_t second = 0;
  std::memcpy(&first, bytes_.data(), sizeof first);
  std::memcpy(&second, bytes_.data() + sizeof first, sizeof second);
  std::uint32_t mapped = 0;
  std::memcpy(&mapped, v4_mapped_prefix.data() + sizeof first, sizeof mapped);
  return first == 0 && second == mapped;
}

bool IpAddress::is_unspecified() const {
  return *this == IpAddress() || *this == IpAddress::v4(0, 0, 0, 0);
}

bool IpAddress::is_loopback() const {
  if (is_v4()) return bytes_[12] == 127;
  std::array<std::uint8_t, 16> loopback{};
  loopback[15] = 1;
  return bytes_ == loopback;
}

std::string IpAddress::text() const {
  std::string text;
  append_to(text);
  return text;
}

void IpAddress::append_to(std::string& text) const {
  if (!is_v4()) {
    std::array<char, INET6_ADDRSTRLEN> buffer{};
    text += inet_ntop(AF_INET6, bytes_.data(), buffer.data(), buffer.size());
    return;
  }
  std::array<char, INET_ADDRSTRLEN> buffer;
  text.append(buffer.data(), write_quad(buffer.data(), bytes_));
}

std::string Endpoint::text() const {
  std::string text;
  append_to(text);
  return text;
}

void Endpoint::append_to(std::string& text) const {
  if (address.is_v4()) {
    // A busy gateway says tens of these in each answer.
    std::array<char, INET_ADDRSTRLEN + 6> buffer;
    char* end = write_quad(buffer.data(), address.bytes());
    *end++ = ':';
    text.append(buffer.data(), std::to_chars(end, buffer.data() + buffer.size(), port).ptr);
    return;
  }
  text += '[';
  address.append_to(text);
  text += "]:";
  append_number(text, port);
}

Result<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto wrong = [&](std::string_view what) {
    return Error{"'" + printable(text) + "' is not HOST:PORT: " + std::string(what)};
  };
  if (colon == std::string_view::npos) return wrong("there is no colon before a port");
  const auto port = parse_uint(text.substr(colon + 1));
  if (!port || *port > 65535) return wrong("the port must be a number from 0 to 65535");
  std::string_view host = text.substr(0, colon);
  Endpoint endpoint{IpAddress::v4(127, 0, 0, 1), static_cast<std::uint16_t>(*port)};
  if (equal_ignoring_case(host, "localhost")) return endpoint;
  const bool bracketed = host.size() >= 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  const auto address = IpAddress::parse(host);
  if (!address) return wrong("the host must be an IP address or localhost");
  if (bracketed != (host.find(':') != std::string_view::npos)) {
    return wrong("an IPv6 address stands in brackets, as in [::1]:8000, and only such a one");
  }
  endpoint.address = *address;
  return endpoint;
}

}  // namespace alluvium::net
