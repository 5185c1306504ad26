#include "core/curl/client.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;
using http::TransferFailure;

namespace {

const std::string ok = "HTTP/1.1 200 OK\r\n";

ScriptedServer::Script says_and_closes(std::string text) {
  return [text](RawSocket& socket, int) {
    socket.say(text);
    socket.close();
  };
}
ScriptedServer::Script says_and_stays(std::string text) {
  return [text](RawSocket& socket, int) { socket.say(text); };
}
ScriptedServer::Script says_for_ever(std::string head, std::string body) {
  return [head, body](RawSocket& socket, int) {
    socket.say(head);
    socket.say_for_ever(body);
  };
}

/// Sends one GET with short limits to a server with that script, and waits for the end.
void run(ScriptedServer::Script script, Recorder& recorder,
         const std::function<void(http::ClientRequest&)>& change = {}) {
  LoopRig rig;
  ScriptedServer server(rig.loop, std::move(script));
  curl::Client client(rig.loop);
  auto request = request_to(server.endpoint(), "/");
  request.max_body_bytes = 100'000;
  request.max_redirects = 3;
  if (change) change(request);
  recorder.transfer = client.start(request, recorder);
  rig.run_until([&] { return recorder.finished; });
  recorder.transfer.reset();
}

}  // namespace

TEST_CASE("a server that answers wrong is told apart from one that answers") {
  struct Case {
    const char* what;
    TransferFailure failure;
    ScriptedServer::Script script;
  };
  const std::string to_self = "Location: /again\r\n";
  const Case cases[] = {
      {"closes without a word", TransferFailure::refused, says_and_closes("")},
      {"resets without a word", TransferFailure::refused,
       [](RawSocket& socket, int) { socket.reset(); }},
      {"closes inside the status line", TransferFailure::refused, says_and_closes("HTTP/1.1 2")},
      {"closes inside the head", TransferFailure::broken, says_and_closes(ok + "Content-Le")},
      {"never answers", TransferFailure::timed_out, says_and_stays("")},
      {"stops inside the head", TransferFailure::timed_out, says_and_stays(ok)},
      {"stops inside the body", TransferFailure::timed_out,
       says_and_stays(ok + "Content-Length: 10\r\n\r\n01234")},
      {"closes before the promised length", TransferFailure::broken,
       says_and_closes(ok + "Content-Length: 10\r\n\r\n01234")},
      {"resets inside a body without a length", TransferFailure::broken,
       [](RawSocket& socket, int) {
         socket.say(ok + "Connection: close\r\n\r\n01234");
         socket.reset();
       }},
      {"closes inside a chunk", TransferFailure::broken,
       says_and_closes(ok + "Transfer-Encoding: chunked\r\n\r\na\r\n01234")},
      {"closes before the last chunk", TransferFailure::broken,
       says_and_closes(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n")},
      {"sends malformed chunks", TransferFailure::broken,
       says_and_stays(ok + "Transfer-Encoding: chunked\r\n\r\nzz\r\n01234\r\n")},
      {"sends garbage", TransferFailure::broken, says_and_closes(std::string(500, '?'))},
      {"sends garbage for ever", TransferFailure::broken,
       says_for_ever("", std::string(5000, '?'))},
      {"speaks HTTP/0.9", TransferFailure::broken, says_and_closes("hello")},
      {"speaks HTTP/2", TransferFailure::broken,
       says_and_closes("HTTP/2 200\r\nContent-Length: 0\r\n\r\n")},
      {"speaks ICY", TransferFailure::broken,
       says_and_stays("ICY 200 OK\r\nContent-Type: audio/mpeg\r\n\r\nabc")},
      {"names two lengths", TransferFailure::broken,
       says_and_stays(ok + "Content-Length: 5\r\nContent-Length: 3\r\n\r\n01234")},
      {"names a negative length", TransferFailure::broken,
       says_and_stays(ok + "Content-Length: -5\r\n\r\n01234")},
      {"names a length that is no number", TransferFailure::broken,
       says_and_closes(ok + "Content-Length: 5x\r\n\r\n01234")},
      {"names a length and sends chunks", TransferFailure::broken,
       says_and_stays(ok + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
      {"sends a body for ever", TransferFailure::too_large,
       says_for_ever(ok + "\r\n", std::string(5000, 'x'))},
      {"sends chunks for ever", TransferFailure::too_large,
       says_for_ever(ok + "Transfer-Encoding: chunked\r\n\r\n", "5\r\n01234\r\n")},
      {"sends one byte more than may be", TransferFailure::too_large,
       says_and_closes(ok + "\r\n" + std::string(100'001, 'x'))},
      {"sends header fields for ever", TransferFailure::broken,
       says_for_ever(ok, "X-Field: " + std::string(500, 'x') + "\r\n")},
      {"sends one header line for ever", TransferFailure::broken,
       says_for_ever(ok + "X: ", std::string(5000, 'x'))},
      {"sends interim answers for ever", TransferFailure::broken,
       says_for_ever("", "HTTP/1.1 100 Continue\r\nX: " + std::string(500, 'x') + "\r\n\r\n")},
      {"redirects in a circle", TransferFailure::broken,
       says_and_stays("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + to_self + "\r\n")},
      {"redirects with a terabyte", TransferFailure::timed_out,
       says_for_ever("HTTP/1.1 302 Found\r\nContent-Length: 1000000000000\r\n" + to_self + "\r\n",
                     std::string(5000, 'x'))},
      {"redirects with a body for ever", TransferFailure::broken,
       says_for_ever("HTTP/1.1 302 Found\r\n" + to_self + "\r\n", std::string(5000, 'x'))},
      {"redirects to another protocol", TransferFailure::broken,
       says_and_closes("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                       "Location: file:///etc/passwd\r\n\r\n")},
      {"redirects to a name with a password", TransferFailure::broken,
       says_and_stays("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
                      "Location: ftp://a:b@localhost/\r\n\r\n")},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    Recorder recorder;
    run(c.script, recorder, [&](auto& request) {
      if (c.failure == TransferFailure::timed_out) request.stall_timeout = 100ms;
    });
    REQUIRE(recorder.error);
    CAPTURE(recorder.error->message);
    CHECK(recorder.error->failure == c.failure);
    CHECK_FALSE(recorder.error->message.empty());
    CHECK(recorder.calls_after_end == 0);
    CHECK(recorder.body.size() <= 100'000);
  }
}

TEST_CASE("unusual but whole answers are taken as they are") {
  struct Case {
    const char* what;
    int status;
    std::string body;
    ScriptedServer::Script script;
  };
  const Case cases[] = {
      {"no length, then the end", 200, "01234", says_and_closes(ok + "\r\n01234")},
      {"more than the promised length", 200, "012",
       says_and_closes(ok + "Content-Length: 3\r\n\r\n01234")},
      {"the same length twice", 200, "012",
       says_and_stays(ok + "Content-Length: 3\r\nContent-Length: 3\r\n\r\n012")},
      {"chunks with trailers", 200, "01234",
       says_and_stays(ok + "Transfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\nX: y\r\n\r\n")},
      {"unasked compression", 200, "\x1f\x8b",
       says_and_stays(ok + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b")},
      {"interim answers first", 404, "",
       says_and_stays("HTTP/1.1 103 Early Hints\r\nX: 1\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
                      "HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")},
      {"HTTP/1.0", 200, "012", says_and_closes("HTTP/1.0 200 OK\r\n\r\n012")},
      {"a redirect to nowhere", 302, "",
       says_and_stays("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")},
      {"exactly as much as may be", 200, std::string(100'000, 'x'),
       says_and_closes(ok + "\r\n" + std::string(100'000, 'x'))},
  };
  for (const auto& c : cases) {
    CAPTURE(c.what);
    Recorder recorder;
    run(c.script, recorder);
    CHECK_FALSE(recorder.error);
    REQUIRE(recorder.head);
    CHECK(recorder.head->status == c.status);
    CHECK_FALSE(recorder.head->headers.has("X"));
    CHECK(recorder.body == c.body);
  }
}

TEST_CASE(
    "redirects are followed as often as allowed, and the last answer says where it came from") {
  const auto script = [](RawSocket& socket, int) {
    // Each request asks for a path one letter longer, until /aaa.
    const auto& heard = socket.heard();
    const auto start = heard.rfind("GET ") + 4;
    const std::string path = heard.substr(start, heard.find(' ', start) - start);
    socket.say(path.size() < 4 ? "HTTP/1.1 302 Found\r\nContent-Length: 4\r\nLocation: " + path +
                                     "a\r\nX: 1\r\n\r\nbody"
                               : ok + "Content-Length: 2\r\n\r\nok");
  };
  Recorder followed;
  run(script, followed);
  CHECK_FALSE(followed.error);
  CHECK(followed.head->status == 200);
  CHECK(followed.head->url.target() == "/aaa");
  CHECK_FALSE(followed.head->headers.has("X"));
  CHECK(followed.body == "ok");

  Recorder too_far;
  run(script, too_far, [](auto& request) { request.max_redirects = 2; });
  CHECK(too_far.error->failure == TransferFailure::broken);
  CHECK_FALSE(too_far.head);

  Recorder shown;
  run(script, shown, [](auto& request) { request.max_redirects = 0; });
  CHECK_FALSE(shown.error);
  CHECK(shown.head->status == 302);
  CHECK(shown.body == "body");
}

TEST_CASE("a transfer lives as long as bytes arrive, but not beyond its total time") {
  LoopRig rig;
  bool answered = false;
  const auto dripping = [&](RawSocket& socket, int) {
    socket.say(ok + "Content-Length: 300\r\n\r\n");
    answered = true;
  };
  ScriptedServer server(rig.loop, dripping);
  curl::Client client(rig.loop);
  int dripped = 0;
  std::unique_ptr<Timer> drip;
  drip = rig.loop.make_timer([&] {
    if (answered && dripped < 300) {
      server.client(0).say("x");
      ++dripped;
    }
    drip->arm(5ms);
  });
  drip->arm(5ms);

  Recorder recorder;
  auto request = request_to(server.endpoint(), "/");
  request.stall_timeout = 1s;
  SECTION("all of it") {
    recorder.transfer = client.start(request, recorder);
    const auto begun = rig.loop.now();
    rig.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
    CHECK(recorder.body.size() == 300);
    CHECK(rig.loop.now() - begun > 1s);
  }
  SECTION("until the total time is over") {
    request.total_timeout = 100ms;
    recorder.transfer = client.start(request, recorder);
    rig.run_until([&] { return recorder.finished; });
    REQUIRE(recorder.error);
    CHECK(recorder.error->failure == TransferFailure::timed_out);
    CHECK(recorder.body.size() < 300);
  }
}

TEST_CASE("a host that does not take connections ends with the connect time") {
  LoopRig rig;
  // A listening socket whose queue is full swallows further attempts.
  ScriptedServer server(rig.loop, [](RawSocket&, int) {});
  server.stop_accepting();
  std::vector<std::unique_ptr<RawSocket>> waiting;
  for (int i = 0; i < 8; ++i) {
    waiting.push_back(RawSocket::connecting(rig.loop, server.endpoint()));
  }
  curl::Client client(rig.loop);
  Recorder recorder;
  auto request = request_to(server.endpoint(), "/");
  request.connect_timeout = 100ms;
  request.stall_timeout = 10ms;
  recorder.transfer = client.start(request, recorder);
  const auto begun = rig.loop.now();
  rig.run_until([&] { return recorder.finished; });
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == TransferFailure::timed_out);
  CHECK(rig.loop.now() - begun >= 99ms);
}

TEST_CASE("a name that does not exist is told as such") {
  LoopRig rig;
  curl::Client client(rig.loop);
  Recorder recorder;
  auto request = request_to({net::IpAddress::v4(127, 0, 0, 1), 1}, "/");
  request.url = http::Url::parse("http://no-such-host.invalid/").value();
  recorder.transfer = client.start(request, recorder);
  rig.run_until([&] { return recorder.finished; });
  REQUIRE(recorder.error);
  CHECK(recorder.error->failure == TransferFailure::name_unknown);
}

TEST_CASE("forbidden addresses see no connection: direct, by name, redirected, or kept open") {
  LoopRig rig;
  ScriptedServer secret(rig.loop, says_and_stays(ok + "Content-Length: 6\r\n\r\nsecret"));
  const auto secret_url = "http://localhost:" + std::to_string(secret.endpoint().port) + "/";
  curl::Client client(rig.loop);
  const auto result_of = [&](const http::ClientRequest& request) {
    Recorder recorder;
    recorder.transfer = client.start(request, recorder);
    rig.run_until([&] { return recorder.finished; });
    CHECK(recorder.error.has_value() == recorder.body.empty());
    return recorder.error ? std::optional(recorder.error->failure) : std::nullopt;
  };

  auto direct = request_to(secret.endpoint(), "/");
  direct.rules = net::AddressRules::public_only();
  CHECK(result_of(direct) == TransferFailure::forbidden);
  auto by_name = direct;
  by_name.url = http::Url::parse(secret_url).value();
  CHECK(result_of(by_name) == TransferFailure::forbidden);
  CHECK(secret.connections() == 0);

  // The first hop is permitted, the second, at another address of this machine, is not.
  ScriptedServer elsewhere(
      rig.loop, [](RawSocket&, int) {}, net::IpAddress::v4(127, 0, 0, 9));
  ScriptedServer to_elsewhere(
      rig.loop, says_and_stays("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: http://" +
                               elsewhere.endpoint().text() + "/\r\n\r\n"));
  auto redirected = request_to(to_elsewhere.endpoint(), "/");
  redirected.max_redirects = 1;
  redirected.rules = net::AddressRules::public_only();
  redirected.rules.allow(net::parse_network("127.0.0.1/32").value());
  CHECK(result_of(redirected) == TransferFailure::forbidden);
  CHECK(to_elsewhere.connections() == 1);
  CHECK(elsewhere.connections() == 0);

  // A connection that was opened under wider rules is not used under narrower ones.
  auto wide = request_to(secret.endpoint(), "/");
  CHECK_FALSE(result_of(wide));
  const auto heard = secret.client(0).heard();
  CHECK(result_of(direct) == TransferFailure::forbidden);
  rig.turn();
  CHECK(secret.client(0).heard() == heard);
  CHECK(secret.connections() == 1);
}

TEST_CASE("a proxy in the environment is not used") {
  LoopRig rig;
  ScriptedServer proxy(rig.loop, says_and_stays(ok + "Content-Length: 5\r\n\r\nproxy"));
  ScriptedServer server(rig.loop, says_and_stays(ok + "Content-Length: 6\r\n\r\nserver"));
  setenv("http_proxy", ("http://" + proxy.endpoint().text()).c_str(), 1);
  curl::Client client(rig.loop);
  Recorder recorder;
  recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
  rig.run_until([&] { return recorder.finished; });
  unsetenv("http_proxy");
  CHECK(recorder.body == "server");
}

TEST_CASE("text in a request's fields cannot add lines to it") {
  LoopRig rig;
  ScriptedServer server(rig.loop, says_and_stays(ok + "Content-Length: 1\r\n\r\nx"));
  curl::Client client(rig.loop);
  Recorder recorder;
  auto request = request_to(server.endpoint(), "/");
  request.headers.add("X-A", "a\r\nX-B: b\nX-C: c");
  recorder.transfer = client.start(request, recorder);
  rig.run_until([&] { return recorder.finished; });
  CHECK(server.client(0).heard().find("X-A: a  X-B: b X-C: c\r\n") != std::string::npos);
}

TEST_CASE("a kept connection that the server has closed meanwhile costs nothing but a new one") {
  LoopRig rig;
  ScriptedServer server(
      rig.loop, [](RawSocket& socket, int) { socket.say(ok + "Content-Length: 2\r\n\r\nok"); });
  curl::Client client(rig.loop);
  for (int i = 0; i < 3; ++i) {
    Recorder recorder;
    recorder.transfer = client.start(request_to(server.endpoint(), "/"), recorder);
    rig.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
    CHECK(recorder.body == "ok");
    server.client(i).close();
  }
  CHECK(server.connections() == 3);
}
