#pragma once

#include "core/http/handler.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace alluvium::uv {

/// What an answer needs of the connection it is written to.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  /// Takes bytes; they leave later, never from inside this call.
  virtual void push(Slice bytes) = 0;
  /// Something changed that the connection has to look at, once the caller has returned.
  virtual void wake() = 0;
  [[nodiscard]] virtual std::size_t queued_bytes() const = 0;
  [[nodiscard]] virtual std::string_view date() const = 0;
};

/// The answer to one request: turns the handler's calls into bytes and keeps its promise of a
/// length. It is whole once nothing more may follow: after `end`, after the last promised byte, or
/// after the head where no body goes out. Calls after that have no effect. Owned by the connection.
class HttpAnswer final : public http::Responder {
 public:
  struct Terms {
    int minor_version = 1;
    bool is_head = false;     ///< The request was HEAD.
    bool keep_alive = false;  ///< The client would use the connection again.
  };
  HttpAnswer(AnswerSink& sink, Terms terms) : sink_(sink), terms_(terms) {}

  void send(http::Response response) override;
  void begin(http::ResponseHead head, std::optional<std::uint64_t> content_length) override;
  void write(Slice bytes) override;
  void end() override;
  void abort() override;
  [[nodiscard]] std::size_t queued_bytes() const override { return sink_.queued_bytes(); }

  [[nodiscard]] bool is_whole() const { return state_ == State::whole; }
  [[nodiscard]] bool is_aborted() const { return state_ == State::aborted; }
  /// What comes in belongs to whoever answers, until the connection ends.
  [[nodiscard]] bool is_upgraded() const { return is_upgraded_; }
  /// Whether the connection can take another request after this answer.
  [[nodiscard]] bool keeps_connection() const { return terms_.keep_alive; }

 private:
  enum class State { unanswered, body, whole, aborted };
  void become(State state);

  AnswerSink& sink_;
  Terms terms_;
  State state_ = State::unanswered;
  bool is_upgraded_ = false;
  std::optional<std::uint64_t> missing_;  ///< Body bytes still promised; none: until the end.
};

}  // namespace alluvium::uv
