#pragma once

#include "core/http/handler.hpp"

#include <optional>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

namespace alluvium::bridge::test {

/// A player's connection: keeps what it is sent, and reads as slowly as the test likes.
class Connection final : public http::Responder {
 public:
  void send(http::Response response) override {
    answer = std::move(response.head);
    has_ended = true;
  }
  void begin(http::ResponseHead head, std::optional<std::uint64_t> length) override {
    CHECK_FALSE(length);
    CHECK_FALSE(answer);
    answer = std::move(head);
  }
  void write(Slice bytes) override {
    CHECK(answer);
    CHECK_FALSE(has_ended);
    ++writes;
    const ByteView view = bytes.view();
    body.insert(body.end(), view.begin(), view.end());
    if (!reads) queued += view.size();
  }
  void end() override { has_ended = true; }
  void abort() override { is_cut = true; }
  [[nodiscard]] std::size_t queued_bytes() const override { return queued; }

  [[nodiscard]] std::string type() const {
    return answer ? std::string(answer->headers.find("Content-Type").value_or("")) : "no answer";
  }
  [[nodiscard]] std::string text() const { return to_string(body); }

  std::optional<http::ResponseHead> answer;
  Bytes body;
  std::size_t writes = 0;
  std::size_t queued = 0;
  bool reads = true;
  bool has_ended = false;
  bool is_cut = false;
};

}  // namespace alluvium::bridge::test
