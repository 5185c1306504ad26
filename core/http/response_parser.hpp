#pragma once

#include "core/base/bytes.hpp"
#include "core/http/handler.hpp"
#include "core/http/request_parser.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace alluvium::http {

/// The head of an answer, and how its body ends. Value type.
struct AnswerHead {
  ResponseHead head;
  /// Bytes of body that follow; none for an answer that has no body.
  std::uint64_t body_bytes = 0;
  bool keep_alive = false;
};

/// Reads the head of an answer from a connection's bytes, in pieces of any size, with llhttp in
/// strict mode. Stricter than a browser, as the other end is a program of our own kind: refuses
/// what HeadGuard refuses, interim answers other than 101, any `Transfer-Encoding`, several or
/// malformed lengths, and a body without a length. One parser reads one head.
class ResponseParser {
 public:
  /// `method`: of the request that is answered; HEAD has no body, whatever length is said.
  ResponseParser(RequestLimits limits, std::string_view method);
  ~ResponseParser();
  ResponseParser(const ResponseParser&) = delete;
  ResponseParser& operator=(const ResponseParser&) = delete;

  enum class Outcome {
    need_more,  ///< All bytes were taken.
    complete,   ///< `take_head` has it; `consumed` says how many bytes belonged to it.
    refused,    ///< `refusal_reason` says why.
  };
  struct Progress {
    Outcome outcome;
    std::size_t consumed;
  };
  Progress feed(ByteView bytes);
  [[nodiscard]] AnswerHead take_head();
  /// A sentence.
  [[nodiscard]] std::string_view refusal_reason() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace alluvium::http
