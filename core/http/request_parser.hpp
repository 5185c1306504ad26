#pragma once

#include "core/base/bytes.hpp"
#include "core/http/handler.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

namespace alluvium::http {

/// What a server accepts. See `Limits, everywhere` in the safety rules: what exceeds them is
/// refused with the status named here and the connection is closed.
struct RequestLimits {
  std::size_t request_line_bytes = 4 * 1024;  ///< 414
  std::size_t head_bytes = 16 * 1024;         ///< 431
  std::size_t fields = 64;                    ///< 431
  std::size_t body_bytes = 0;                 ///< 413
  /// SOURCE and PUT are complete with their head, and their body, perhaps endless, is the caller's
  /// to read: `stream_framing` says how. ICE/1.0, Icecast's name for HTTP/1.0, is spoken.
  bool takes_streams = false;
};

/// How far the body of a request goes that is complete with its head.
struct StreamFraming {
  bool is_chunked = false;              ///< RFC 9112 §7.1.
  std::optional<std::uint64_t> length;  ///< Else to the end of the connection, unless chunked.
};
[[nodiscard]] StreamFraming stream_framing(const Request& request);

/// Reads HTTP/1.0 and 1.1 requests from a connection's bytes, in pieces of any size, with llhttp in
/// strict mode. Refuses (400 unless said otherwise above): other versions (505), anything but CRLF
/// line ends, folded fields, no or several `Host` in 1.1, several or malformed lengths, any
/// `Transfer-Encoding` but the plain `chunked` of a stream, a body with GET, HEAD, DELETE or
/// OPTIONS, targets that are neither origin form nor `*`, bytes outside visible ASCII in the
/// target. After a refusal the parser takes nothing more.
class RequestParser {
 public:
  explicit RequestParser(RequestLimits limits);
  ~RequestParser();
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  enum class Outcome {
    need_more,  ///< All bytes were taken; the request is not complete.
    complete,   ///< `take_request` has it; `consumed` says how many bytes belonged to it.
    refused,    ///< Answer `refusal_status` and close.
  };
  struct Progress {
    Outcome outcome;
    std::size_t consumed;
  };
  Progress feed(ByteView bytes);

  /// Hands out the complete request (endpoints unset) and is ready for the next one.
  [[nodiscard]] Request take_request();
  /// Whether the client lets the connection be used again. Valid once complete, until the next
  /// feed.
  [[nodiscard]] bool keep_alive() const;
  /// Whether part of a request has been read: between requests an idle connection may be evicted.
  [[nodiscard]] bool in_request() const;

  [[nodiscard]] int refusal_status() const;
  [[nodiscard]] std::string_view refusal_reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alluvium::http
