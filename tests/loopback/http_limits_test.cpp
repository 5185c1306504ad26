#include "core/curl/client.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

const net::Endpoint any_port{net::IpAddress::v4(127, 0, 0, 1), 0};
const std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

std::unique_ptr<http::Exchange> say_ok(const http::Request& request, http::Responder& responder) {
  responder.send({{200, {}}, Slice("ok " + request.target)});
  return nullptr;
}

/// Never answers what is asked at /hold.
std::unique_ptr<http::Exchange> hold_or_say_ok(const http::Request& request,
                                               http::Responder& responder) {
  if (request.target == "/hold") return std::make_unique<HookedExchange>();
  return say_ok(request, responder);
}

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

/// As many descriptors as the system lets this process have.
rlim_t raise_descriptor_limit() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
  return limit.rlim_cur;
}

}  // namespace

TEST_CASE("pipelined requests are answered in order, also when an answer takes its time") {
  LoopRig rig;
  http::Responder* held = nullptr;
  FunctionHandler handler([&](const http::Request& request,
                              http::Responder& responder) -> std::unique_ptr<http::Exchange> {
    if (request.target != "/slow") return say_ok(request, responder);
    held = &responder;
    return std::make_unique<HookedExchange>();
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  const auto ask = [](const std::string& target) {
    return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
  };
  client.say("\r\n" + ask("/1") + ask("/slow") + ask("/2") + "GET /3 HT");
  rig.run_until([&] { return held && count(client.heard(), "ok /1") == 1; });
  client.say("TP/1.0\r\n\r\n");
  rig.turn();
  CHECK(count(client.heard(), "ok /2") == 0);
  held->send({{200, {}}, Slice(std::string_view("slow"))});
  CHECK(count(client.heard(), "slow") == 0);
  rig.run_until([&] { return client.ended(); });
  const auto& heard = client.heard();
  CHECK(heard.find("ok /1") < heard.find("slow"));
  CHECK(heard.find("slow") < heard.find("ok /2"));
  CHECK(heard.find("ok /2") < heard.find("HTTP/1.0 200 OK"));
  CHECK(heard.find("ok /3") == heard.size() - 5);
  CHECK_FALSE(client.was_reset());
}

TEST_CASE("input during an answer is kept to 16 KiB, then left in the network, and not lost") {
  LoopRig rig;
  http::Responder* held = nullptr;
  int answered = 0;
  FunctionHandler handler([&](const http::Request& request,
                              http::Responder& responder) -> std::unique_ptr<http::Exchange> {
    if (!held) {
      held = &responder;
      return std::make_unique<HookedExchange>();
    }
    ++answered;
    return say_ok(request, responder);
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  client.say(get);
  rig.run_until([&] { return held != nullptr; });
  constexpr int more = 4'000;
  for (int i = 0; i < more; ++i) client.say(get);
  rig.turn(100);
  CHECK(server.traffic().received_bytes == get.size() + 16 * 1024);
  held->send({{200, {}}, {}});
  rig.run_until([&] { return answered == more && count(client.heard(), "ok /") == more; });
}

TEST_CASE("a refused request gets its status, and the client can read it to the end") {
  LoopRig rig;
  int handled = 0;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    ++handled;
    return say_ok(request, responder);
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  // Much more follows than the server looks at; closing at once would reset the connection.
  client.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" +
             std::string(100'000, 'x'));
  rig.run_until([&] { return client.ended(); });
  CHECK_FALSE(client.was_reset());
  CHECK(client.heard().substr(0, 24) == "HTTP/1.1 400 Bad Request");
  CHECK(client.heard().find("Connection: close\r\n") != std::string::npos);
  CHECK(client.heard().find("\r\n\r\nTransfer codings are not taken here.\n") != std::string::npos);
  CHECK(handled == 0);
  client.close();
  rig.run_until([&] { return server.traffic().connections == 0; });
}

TEST_CASE(
    "a client that closes its side still gets an answer that is made, and ends one that is not") {
  const bool made = GENERATE(true, false);
  CAPTURE(made);
  LoopRig rig;
  bool destroyed = false;
  FunctionHandler handler([&](const http::Request& request,
                              http::Responder& responder) -> std::unique_ptr<http::Exchange> {
    if (made) {
      responder.send({{200, {}}, Slice(std::string(3'000'000, 'x'))});
      return nullptr;
    }
    CHECK(request.target == "/");
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&] { destroyed = true; };
    return exchange;
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  client.say(get);
  client.end_output();
  rig.run_until([&] { return client.ended(); });
  CHECK(client.heard().empty() != made);
  if (made) CHECK(count(client.heard(), "x") == 3'000'000);
  CHECK(destroyed != made);
}

TEST_CASE("an endless stream goes to clients of both versions, closed by the server alone") {
  const auto* version = GENERATE("1.0", "1.1");
  LoopRig rig;
  std::unique_ptr<Timer> ticks;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.begin({200, {{"Content-Type", "audio/mpeg"}, {"Connection", "close"}}}, std::nullopt);
    ticks = rig.loop.make_timer([&, n = 0]() mutable {
      responder.write(Slice(std::string_view("tick")));
      if (++n == 5) return responder.end();
      ticks->arm(1ms);
    });
    ticks->arm(1ms);
    return std::make_unique<HookedExchange>();
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  client.say("GET /stream HTTP/" + std::string(version) +
             "\r\nHost: a\r\nConnection: keep-alive\r\nRange: bytes=0-\r\n\r\n");
  rig.run_until([&] { return client.ended(); });
  const auto& heard = client.heard();
  CHECK(heard.substr(0, 15) == "HTTP/" + std::string(version) + " 200 OK");
  CHECK(count(heard, "Connection: close\r\n") == 1);
  CHECK(count(heard, "Connection:") == 1);
  CHECK(count(heard, "Content-Length") == 0);
  CHECK(count(heard, "Transfer-Encoding") == 0);
  CHECK(heard.substr(heard.find("\r\n\r\n") + 4) == "tickticktickticktick");
}

TEST_CASE("HEAD of an endless stream is its head, and destroys the exchange") {
  LoopRig rig;
  bool destroyed = false;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.begin({200, {}}, std::nullopt);
    responder.write(Slice(std::string_view("never")));
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&] { destroyed = true; };
    return exchange;
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  RawSocket client(rig.loop, server.endpoint());
  client.say("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
  rig.run_until([&] { return client.ended(); });
  CHECK(destroyed);
  CHECK(client.heard().find("\r\n\r\n") == client.heard().size() - 4);
}

TEST_CASE("who is slow with a head, or idle, is cut; who answers in time is not") {
  LoopRig rig;
  FunctionHandler handler(say_ok);
  uv::HttpServerLimits limits;
  limits.head_timeout = 200ms;
  limits.idle_timeout = 1s;
  uv::HttpServer server(rig.loop, any_port, handler, limits);
  const auto begun = rig.loop.now();
  RawSocket silent(rig.loop, server.endpoint());
  RawSocket half(rig.loop, server.endpoint());
  half.say("GET / HT");
  RawSocket dripping(rig.loop, server.endpoint());
  std::size_t dripped = 0;
  const std::string endless = get.substr(0, get.size() - 2) + "X: " + std::string(4'000, 'x');
  std::unique_ptr<Timer> drip;
  drip = rig.loop.make_timer([&] {
    dripping.say(endless.substr(dripped++, 1));
    drip->arm(1ms);
  });
  drip->arm(1ms);
  RawSocket good(rig.loop, server.endpoint());
  good.say(get);

  rig.run_until([&] { return half.ended() && dripping.ended(); });
  CHECK(rig.loop.now() - begun >= 200ms);
  CHECK_FALSE(silent.ended());
  CHECK_FALSE(good.ended());
  rig.run_until([&] { return silent.ended(); });
  CHECK(rig.loop.now() - begun >= 1s);
  CHECK(half.heard().empty());
  CHECK(count(good.heard(), "ok /") == 1);
  CHECK(server.traffic().refusals.slow_heads == 2);  // The silent one began none.
  rig.run_until([&] { return server.traffic().connections == 0; });
}

TEST_CASE("a reader that takes next to nothing is cut, alone, and its exchange with it") {
  LoopRig rig;
  int destroyed = 0;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    auto exchange = std::make_unique<HookedExchange>();
    responder.begin({200, {}}, std::nullopt);
    exchange->drained = [&responder] { responder.write(Slice(std::string(50'000, 'x'))); };
    exchange->destroyed = [&] { ++destroyed; };
    return exchange;
  });
  uv::HttpServerLimits limits;
  limits.slow_reader_timeout = 500ms;
  uv::HttpServer server(rig.loop, any_port, handler, limits);
  RawSocket slow(rig.loop, server.endpoint());
  slow.stop_listening();
  slow.say(get);
  RawSocket good(rig.loop, server.endpoint());
  good.say(get);
  rig.run_until([&] { return destroyed == 1; });
  CHECK(server.traffic().connections == 1);
  CHECK(server.traffic().refusals.slow_readers == 1);
  CHECK_FALSE(good.ended());
  const auto before = good.heard().size();
  rig.run_until([&] { return good.heard().size() > before; });
}

TEST_CASE("when full, the longest idle connection gives way, never one that is being answered") {
  LoopRig rig;
  FunctionHandler handler(hold_or_say_ok);
  uv::HttpServerLimits limits;
  limits.connections = 3;
  uv::HttpServer server(rig.loop, any_port, handler, limits);
  const auto connect = [&](const std::string& first_words) {
    const auto received = server.traffic().received_bytes;
    auto socket = std::make_unique<RawSocket>(rig.loop, server.endpoint());
    socket->say(first_words);
    rig.run_until([&] { return server.traffic().received_bytes > received || socket->ended(); });
    // So that no two have waited equally long.
    const auto now = rig.loop.now();
    rig.run_until([&] { return rig.loop.now() >= now + 2ms; });
    return socket;
  };
  const std::string hold = "GET /hold HTTP/1.1\r\nHost: a\r\n\r\n";
  const auto held = connect(hold);
  const auto idle = connect(get);
  const auto half = connect("GET");
  const auto fourth = connect(hold);
  CHECK(idle->ended());
  CHECK_FALSE(half->ended());
  const auto fifth = connect(hold);
  CHECK(half->ended());
  const auto sixth = connect(get);
  CHECK(sixth->ended());
  CHECK(sixth->heard().empty());
  CHECK_FALSE(held->ended());
  CHECK_FALSE(fourth->ended());
  CHECK_FALSE(fifth->ended());
  CHECK(server.traffic().connections == 3);
}

TEST_CASE("one client has only so many connections, and gives way to itself, not to others") {
  LoopRig rig;
  FunctionHandler handler(hold_or_say_ok);
  uv::HttpServerLimits limits;
  limits.connections_per_client = 2;
  uv::HttpServer server(rig.loop, any_port, handler, limits);
  const auto ask_from = [&](std::uint8_t host) {
    curl::ClientOptions options;
    options.local_address = net::IpAddress::v4(127, 0, 0, host);
    curl::Client client(rig.loop, options);
    Recorder recorder;
    recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
    rig.run_until([&] { return recorder.finished; });
    return recorder.body;
  };
  RawSocket held(rig.loop, server.endpoint());
  held.say("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  RawSocket idle(rig.loop, server.endpoint());
  rig.run_until([&] { return server.traffic().connections == 2; });
  CHECK(ask_from(5) == "ok /");
  CHECK_FALSE(idle.ended());
  CHECK(ask_from(1) == "ok /");
  CHECK(idle.ended());
  CHECK_FALSE(held.ended());

  // Where all are being answered, nobody gives way.
  RawSocket second(rig.loop, server.endpoint());
  second.say("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto received = server.traffic().received_bytes;
  rig.run_until([&] { return server.traffic().received_bytes > received; });
  CHECK(ask_from(1).empty());
  CHECK(ask_from(5) == "ok /");
  CHECK(server.traffic().refusals.crowded_out == 2);
}

TEST_CASE("a good client is served while 1,500 half-open connections stand") {
  if (raise_descriptor_limit() < 4'000) {
    WARN("not enough file descriptors");
    return;
  }
  LoopRig rig;
  FunctionHandler handler(say_ok);
  uv::HttpServer server(rig.loop, any_port, handler);
  std::vector<std::unique_ptr<RawSocket>> half_open;
  for (int i = 0; i < 1'500; ++i) {
    auto& socket = *half_open.emplace_back(RawSocket::connecting(rig.loop, server.endpoint()));
    if (i % 2 == 0) socket.say("GET / HTTP/1.1\r\nHost:");
  }
  rig.run_until([&] { return server.traffic().connections == 1'500; });
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  const auto begun = rig.loop.now();
  rig.run_until([&] { return recorder.finished; });
  CHECK_FALSE(recorder.error);
  CHECK(recorder.body == "ok /");
  CHECK(rig.loop.now() - begun < 1s);
}

TEST_CASE("without file descriptors connections end, not the program, and later ones are served") {
  LoopRig rig;
  FunctionHandler handler(say_ok);
  uv::HttpServer server(rig.loop, any_port, handler);
  auto before = std::make_unique<RawSocket>(rig.loop, server.endpoint());
  before->say(get);
  rig.run_until([&] { return count(before->heard(), "ok /") == 1; });

  // The client's socket takes the last descriptor, so that none is left to accept it with.
  auto refused = RawSocket::unconnected(rig.loop);
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  const int next = open("/dev/null", O_RDONLY);
  close(next);
  const rlimit none_left{static_cast<rlim_t>(next), limit.rlim_max};
  // No checks until the limit is back: sanitizers need descriptors to look at what is checked.
  const bool lowered = setrlimit(RLIMIT_NOFILE, &none_left) == 0;
  refused->connect(server.endpoint());
  rig.run_until([&] { return refused->ended(); });
  before->say(get);
  rig.run_until([&] { return count(before->heard(), "ok /") == 2; });
  // A client of ours is told, too.
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  rig.run_until([&] { return recorder.finished; });
  const bool restored = setrlimit(RLIMIT_NOFILE, &limit) == 0;

  REQUIRE(lowered);
  REQUIRE(restored);
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == http::TransferFailure::refused);
  RawSocket after(rig.loop, server.endpoint());
  after.say(get);
  rig.run_until([&] { return count(after.heard(), "ok /") == 1; });
}
