#pragma once

#include "core/http/client.hpp"
#include "core/http/handler.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace alluvium::test {

/// A handler that is one function.
class FunctionHandler final : public http::Handler {
 public:
  using Function =
      std::function<std::unique_ptr<http::Exchange>(const http::Request&, http::Responder&)>;
  explicit FunctionHandler(Function function) : function_(std::move(function)) {}
  std::unique_ptr<http::Exchange> on_request(const http::Request& request,
                                             http::Responder& responder) override {
    return function_(request, responder);
  }

 private:
  Function function_;
};

/// An exchange that calls what it is given.
class HookedExchange final : public http::Exchange {
 public:
  std::function<void()> drained = [] {};
  std::function<void()> destroyed = [] {};
  ~HookedExchange() override { destroyed(); }
  void on_drained() override { drained(); }
};

/// Keeps everything a transfer tells.
class Recorder final : public http::TransferObserver {
 public:
  std::optional<http::ClientResponse> head;
  std::string body;
  bool finished = false;
  std::optional<http::TransferError> error;
  int calls_after_end = 0;
  std::unique_ptr<http::Transfer> transfer;

  std::function<bool()> at_head = [] { return true; };
  std::function<bool()> at_body = [] { return true; };
  std::function<void()> at_end = [] {};

  bool on_head(const http::ClientResponse& answer) override {
    calls_after_end += finished ? 1 : 0;
    head = answer;
    return at_head();
  }
  bool on_body(ByteView bytes) override {
    calls_after_end += finished ? 1 : 0;
    body += as_text(bytes);
    return at_body();
  }
  void on_finished(std::optional<http::TransferError> why) override {
    calls_after_end += finished ? 1 : 0;
    finished = true;
    error = std::move(why);
    at_end();
  }
};

[[nodiscard]] inline http::ClientRequest request_to(const net::Endpoint& server,
                                                    const std::string& target) {
  http::ClientRequest request;
  request.url = http::Url::parse("http://" + server.text() + target).value();
  request.rules = net::AddressRules::everything();
  request.max_body_bytes = 1 << 30;
  return request;
}

}  // namespace alluvium::test
