#pragma once

#include "core/base/bytes.hpp"

#include <memory>

namespace alluvium::http {

/// Takes the chunks (RFC 9112 §7.1) off a request's body as it comes, in pieces of any size, with
/// llhttp. Nothing is kept: it may be endless. Owned by who reads the body.
class ChunkedBody {
 public:
  ChunkedBody();
  ~ChunkedBody();
  ChunkedBody(ChunkedBody&&) noexcept;
  ChunkedBody& operator=(ChunkedBody&&) noexcept;

  enum class State {
    going_on,
    ended,      ///< The last chunk has come; what follows it is no part of the body.
    malformed,  ///< No chunks, or more than 4 KiB of extensions or trailers.
  };
  /// Appends the content in `bytes`. After `ended` and `malformed` nothing more may be given.
  [[nodiscard]] State feed(ByteView bytes, Bytes& content);

 private:
  struct Tokens;
  std::unique_ptr<Tokens> tokens_;
};

}  // namespace alluvium::http
