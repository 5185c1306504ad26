#pragma once

#include "core/base/bytes.hpp"
#include "core/http/headers.hpp"
#include "core/net/ip_address.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace alluvium::http {

/// A request as it reached one of our servers: complete, within limits, well-formed
/// (request_parser.hpp).
struct Request {
  std::string method;
  std::string target;     ///< Origin form, as sent, fragment cut: `/path?query`. `*` for OPTIONS.
  int minor_version = 1;  ///< HTTP/1.0 or HTTP/1.1.
  Headers headers;
  std::string body;
  net::Endpoint remote;
  net::Endpoint local;

  /// As sent, not percent-decoded.
  [[nodiscard]] std::string_view path() const {
    return std::string_view(target).substr(0, target.find('?'));
  }
  /// Everything after the first `?`, empty if there is none.
  [[nodiscard]] std::string_view query() const {
    const auto at = target.find('?');
    return at == std::string::npos ? std::string_view() : std::string_view(target).substr(at + 1);
  }
};

/// A response's head. The server adds `Date`, `Connection` and the reason phrase, and nothing else.
struct ResponseHead {
  int status = 200;
  Headers headers;
};

struct Response {
  ResponseHead head;
  Slice body;
};

/// A plain-text answer of one line, which a person may read. `Cache-Control: no-store`.
[[nodiscard]] Response text_response(int status, std::string_view line);

/// Where the answer to one request goes. Valid until its Exchange is destroyed. Never calls back
/// from inside one of these calls.
class Responder {
 public:
  virtual ~Responder() = default;

  /// A whole answer with `Content-Length`; for HEAD the body is left out by the server.
  virtual void send(Response response) = 0;

  /// A head whose body follows by `write`. With a `content_length` exactly so many bytes must
  /// follow (the server enforces it: more is cut, fewer at `end` closes the connection). Without
  /// one the connection is closed at the end: an endless stream. For HEAD no body goes out. After
  /// status 101, which only a request with `Upgrade` may be answered with, what is written is the
  /// other protocol's, and so is what comes in: `Exchange::on_input`.
  virtual void begin(ResponseHead head, std::optional<std::uint64_t> content_length) = 0;
  virtual void write(Slice bytes) = 0;
  virtual void end() = 0;

  /// Closes the connection at once, the answer unfinished.
  virtual void abort() = 0;

  /// Accepted by `write` but not yet by the network. What to do with a slow reader is the owner's
  /// decision; `Exchange::on_drained` is called when this falls to zero.
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
};

/// The making of one answer that is not complete yet. Owned by the server, which destroys it when
/// the answer has been sent whole or the client has gone: what must be cancelled is cancelled
/// there.
class Exchange {
 public:
  virtual ~Exchange() = default;
  /// All that was written has left.
  virtual void on_drained() {}
  /// After status 101: the client's next bytes in the other protocol.
  virtual void on_input(ByteView) {}
};

/// Answers requests.
class Handler {
 public:
  virtual ~Handler() = default;
  /// Either answers at once and returns null, or returns the object that will.
  [[nodiscard]] virtual std::unique_ptr<Exchange> on_request(const Request& request,
                                                             Responder& responder) = 0;
};

}  // namespace alluvium::http
