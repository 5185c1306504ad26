#pragma once

#include "core/base/result.hpp"
#include "core/net/ip_address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::http {

/// An absolute `http:` or `https:` URL in one normal spelling, which is the key of a file
/// everywhere: scheme and host in lower case, default port left out, dot segments removed, blanks,
/// non-ASCII and characters that RFC 3986 does not allow percent-encoded, fragment dropped, path
/// never empty. Percent-encodings that were already there are kept as they are, except that their
/// digits become upper case; a `%` that is none becomes `%25`. IPv6 literals have their RFC 5952
/// spelling. Parsing the spelling again changes nothing. Value type; parsing is done by
/// liburiparser.
class Url {
 public:
  /// Errors: not absolute, another scheme, no host, a user name or password in it, port out of
  /// range, longer than 4,096 bytes, control characters, a host name with anything but ASCII
  /// letters, digits, `-`, `.` and `_` (international names are written `xn--…`).
  static Result<Url> parse(std::string_view text);
  /// Resolves a reference against this URL (RFC 3986 §5, strictly), then as `parse`.
  [[nodiscard]] Result<Url> resolve(std::string_view reference) const;

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool is_https() const { return https_; }
  /// Without brackets if it is an IPv6 literal.
  [[nodiscard]] const std::string& host() const { return host_; }
  /// The host's address if it is a literal (`localhost` is not one).
  [[nodiscard]] std::optional<net::IpAddress> literal_address() const {
    return net::IpAddress::parse(host_);
  }
  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// Path, and `?query` if there is one, as it is sent in a request line.
  [[nodiscard]] const std::string& target() const { return target_; }
  /// Without the query.
  [[nodiscard]] std::string_view path() const {
    return std::string_view(target_).substr(0, target_.find('?'));
  }
  /// `http://host:port` (a default port left out), without a trailing slash.
  [[nodiscard]] std::string origin() const;
  /// The same with `suffix` appended to the path; query dropped. For sidecars: `a.mp3` →
  /// `a.mp3.thex`. The suffix is the program's own, of characters that a path may have.
  [[nodiscard]] Url with_path_suffix(std::string_view suffix) const;

  friend bool operator==(const Url& a, const Url& b) { return a.text_ == b.text_; }
  friend auto operator<=>(const Url& a, const Url& b) { return a.text_ <=> b.text_; }

 private:
  static Result<Url> resolved(std::string_view reference, std::string_view base);

  std::string text_;
  std::string host_;
  std::string target_;
  std::uint16_t port_ = 80;
  bool https_ = false;
};

}  // namespace alluvium::http
