#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace alluvium::http {

struct RequestLimits;

/// Walks over the bytes of a message's head before the parser proper sees them, and stops what that
/// one would let through: heads, lines and field counts beyond the limits, line ends other than
/// CRLF, folded fields, fields without a name, NUL, and versions other than HTTP/1.0 and 1.1 in the
/// last word of the request line, or the first of the status line. Blank lines before that are
/// skipped (RFC 9112 §2.2), at the cost of the head's bytes. Knows exactly where the head ends. A
/// value inside one parser.
class HeadGuard {
 public:
  static constexpr std::string_view wrong_version = "Only HTTP/1.0 and HTTP/1.1 are spoken here.";

  enum class Message { request, response };
  explicit HeadGuard(const RequestLimits& limits, Message message = Message::request)
      : limits_(&limits), message_(message) {}

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
  /// Of the first line.
  [[nodiscard]] std::string_view version() const;

  const RequestLimits* limits_;
  Message message_;
  std::size_t head_bytes_ = 0;
  std::size_t lines_ = 0;  ///< Complete ones, the first line among them.
  std::size_t line_bytes_ = 0;
  std::string line_;  ///< The first line so far.
  bool after_return_ = false;
  int status_ = 0;
  std::string_view reason_;
};

}  // namespace alluvium::http
