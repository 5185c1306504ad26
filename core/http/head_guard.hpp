#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alluvium::http {

struct RequestLimits;

/// Walks over the bytes of a request's head before the parser proper sees them, and stops what that
/// one would let through: heads, lines and field counts beyond the limits, line ends other than
/// CRLF, folded fields, fields without a name, NUL, and versions other than HTTP/1.0 and 1.1 in the
/// last word of the request line. Blank lines before the request line are skipped (RFC 9112 §2.2),
/// at the cost of the head's bytes. Knows exactly where the head ends. A value inside one
/// RequestParser.
class HeadGuard {
 public:
  static constexpr std::string_view wrong_version = "Only HTTP/1.0 and HTTP/1.1 are spoken here.";

  explicit HeadGuard(const RequestLimits& limits) : limits_(&limits) {}

  enum class Verdict { more, end_of_head, refused };
  /// Takes the next byte. After `end_of_head` or `refused` nothing more may be given.
  [[nodiscard]] Verdict take(char byte);

  /// Whether more than blank lines has come.
  [[nodiscard]] bool begun() const { return lines_ > 0 || !line_.empty(); }
  [[nodiscard]] int refusal_status() const { return status_; }
  [[nodiscard]] std::string_view refusal_reason() const { return reason_; }

 private:
  Verdict refuse(int status, std::string_view reason);
  Verdict end_line();

  const RequestLimits* limits_;
  std::size_t head_bytes_ = 0;
  std::size_t lines_ = 0;  ///< Complete ones, the request line among them.
  std::size_t line_bytes_ = 0;
  std::string line_;  ///< The request line so far.
  bool after_return_ = false;
  int status_ = 0;
  std::string_view reason_;
};

}  // namespace alluvium::http
