#include "core/curl/client.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

const net::Endpoint any_v4{net::IpAddress::v4(127, 0, 0, 1), 0};

}  // namespace

TEST_CASE("an aborted answer is a broken transfer, and the exchange is destroyed afterwards") {
  LoopRig rig;
  bool inside = false;
  bool destroyed = false;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    auto exchange = std::make_unique<HookedExchange>();
    responder.begin({200, {}}, 1000);
    responder.write(Slice(std::string_view("begun")));
    exchange->drained = [&] {
      inside = true;
      responder.abort();
      CHECK_FALSE(destroyed);
      inside = false;
    };
    exchange->destroyed = [&] {
      CHECK_FALSE(inside);
      destroyed = true;
    };
    return exchange;
  });
  uv::HttpServer server(rig.loop, any_v4, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  rig.run_until([&] { return recorder.finished && destroyed; });
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == http::TransferFailure::broken);
  CHECK(recorder.body == "begun");
}

TEST_CASE("a handler that neither answers nor stays is a refused transfer, not a hanging one") {
  LoopRig rig;
  FunctionHandler handler([&](const http::Request&, http::Responder&) { return nullptr; });
  uv::HttpServer server(rig.loop, any_v4, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  rig.run_until([&] { return recorder.finished; });
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == http::TransferFailure::refused);
  CHECK_FALSE(recorder.head);
}

TEST_CASE("a client that gives up takes the exchange with it, before and during the answer") {
  const bool begun = GENERATE(false, true);
  CAPTURE(begun);
  LoopRig rig;
  bool asked = false;
  bool destroyed = false;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    asked = true;
    if (begun) responder.begin({200, {}}, std::nullopt);
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&] {
      destroyed = true;
      // Still valid here, and without effect.
      responder.write(Slice(std::string_view("late")));
      CHECK(responder.queued_bytes() == 0);
    };
    return exchange;
  });
  uv::HttpServer server(rig.loop, any_v4, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  rig.run_until([&] { return begun ? recorder.head.has_value() : asked; });
  CHECK_FALSE(destroyed);
  recorder.transfer.reset();
  rig.run_until([&] { return destroyed; });
  CHECK_FALSE(recorder.finished);
  rig.run_until([&] { return server.traffic().connections == 0; });
}

TEST_CASE("a transfer may be destroyed inside any call to its observer") {
  const int when = GENERATE(0, 1, 2);
  CAPTURE(when);
  LoopRig rig;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.send({{200, {}}, Slice(std::string(300'000, 'x'))});
    return nullptr;
  });
  uv::HttpServer server(rig.loop, any_v4, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  Recorder second;
  bool destroyed = false;
  const auto destroy_and_start = [&](int now) {
    if (now != when) return true;
    destroyed = true;
    recorder.transfer.reset();
    // Starting another from there is as legal.
    second.transfer = client.start(request_to(server.endpoint(), "/2"), second);
    CHECK_FALSE(second.finished);
    return true;
  };
  recorder.at_head = [&] { return destroy_and_start(0); };
  recorder.at_body = [&] { return destroy_and_start(1); };
  recorder.at_end = [&] { destroy_and_start(2); };
  recorder.transfer = client.start(request_to(server.endpoint(), "/1"), recorder);
  rig.run_until([&] { return second.finished; });
  CHECK(destroyed);
  CHECK(recorder.finished == (when == 2));
  CHECK_FALSE(second.error);
  CHECK(second.body.size() == 300'000);
  CHECK(recorder.calls_after_end == 0);
}

TEST_CASE("an observer that says no ends the transfer as unwanted") {
  const bool at_head = GENERATE(true, false);
  LoopRig rig;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.send({{200, {}}, Slice(std::string(300'000, 'x'))});
    return nullptr;
  });
  uv::HttpServer server(rig.loop, any_v4, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  (at_head ? recorder.at_head : recorder.at_body) = [] { return false; };
  recorder.transfer = client.start(request_to(server.endpoint(), "/1"), recorder);
  rig.run_until([&] { return recorder.finished; });
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == http::TransferFailure::unwanted);
  CHECK(recorder.body.empty() == at_head);
}

TEST_CASE("client and server may both be destroyed inside their own callbacks") {
  LoopRig rig;
  std::unique_ptr<uv::HttpServer> server;
  auto client = std::make_unique<curl::Client>(rig.loop);
  Recorder recorder;
  int place = 0;
  FunctionHandler handler(
      [&](const http::Request&, http::Responder& responder) -> std::unique_ptr<http::Exchange> {
        if (place == 0) server.reset();
        responder.begin({200, {}}, std::nullopt);
        responder.write(Slice(std::string_view("x")));
        auto exchange = std::make_unique<HookedExchange>();
        if (place == 1) exchange->drained = [&server] { server.reset(); };
        if (place == 2) exchange->drained = [&responder] { responder.end(); };
        if (place == 2) exchange->destroyed = [&server] { server.reset(); };
        return exchange;
      });
  for (place = 0; place < 3; ++place) {
    CAPTURE(place);
    server = std::make_unique<uv::HttpServer>(rig.loop, any_v4, handler);
    Recorder each;
    each.transfer = client->start(request_to(server->endpoint(), "/"), each);
    rig.run_until([&] { return each.finished && !server; });
    CHECK(each.error.has_value() == (place == 0));
  }
  place = 3;
  server = std::make_unique<uv::HttpServer>(rig.loop, any_v4, handler);
  bool gone = false;
  recorder.at_body = [&] {
    recorder.transfer.reset();
    client.reset();
    gone = true;
    return true;
  };
  recorder.transfer = client->start(request_to(server->endpoint(), "/"), recorder);
  rig.run_until([&] { return gone; });
  rig.turn();
  CHECK_FALSE(recorder.finished);
}

TEST_CASE("a server that is destroyed takes its exchanges and connections with it") {
  LoopRig rig;
  int destroyed = 0;
  FunctionHandler handler([&](const http::Request&, http::Responder&) {
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&] { ++destroyed; };
    return exchange;
  });
  auto server = std::make_unique<uv::HttpServer>(rig.loop, any_v4, handler);
  const auto endpoint = server->endpoint();
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(endpoint, "/"), recorder);
  rig.run_until([&] { return server->traffic().received_bytes > 0; });
  server.reset();
  CHECK(destroyed == 1);
  rig.run_until([&] { return recorder.finished; });
  CHECK(recorder.error->failure == http::TransferFailure::refused);
  Recorder late;
  late.transfer = client.start(request_to(endpoint, "/"), late);
  rig.run_until([&] { return late.finished; });
  CHECK(late.error->failure == http::TransferFailure::refused);
}

TEST_CASE("nobody is cut for what the server did not look at while it stood still") {
  LoopRig rig;
  FunctionHandler handler([&](const http::Request& request,
                              http::Responder& responder) -> std::unique_ptr<http::Exchange> {
    if (request.target != "/stream") {
      responder.send(http::text_response(200, "ok"));
      return nullptr;
    }
    responder.begin({200, {}}, std::nullopt);
    auto exchange = std::make_unique<HookedExchange>();
    exchange->drained = [&responder] { responder.write(Slice(std::string(500'000, 'x'))); };
    return exchange;
  });
  const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  uv::HttpServerLimits limits;
  limits.head_timeout = limits.idle_timeout = limits.slow_reader_timeout = 400ms;
  uv::HttpServer server(rig.loop, any_v4, handler, limits);
  RawSocket idle(rig.loop, server.endpoint());
  RawSocket half(rig.loop, server.endpoint());
  half.say(get.substr(0, 8));
  RawSocket reader(rig.loop, server.endpoint());
  reader.say("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n");
  rig.run_until([&] { return !reader.heard().empty(); });

  const auto until = std::chrono::steady_clock::now() + 1s;
  while (std::chrono::steady_clock::now() < until) {
  }
  idle.say(get);
  half.say(get.substr(8));
  const auto before = reader.heard().size();
  const auto is_answered = [](const RawSocket& socket) {
    return socket.heard().find("\r\n\r\nok") != std::string::npos;
  };
  rig.run_until([&] {
    return is_answered(idle) && is_answered(half) && reader.heard().size() > before + 1'000'000;
  });
  CHECK_FALSE(reader.ended());
}
