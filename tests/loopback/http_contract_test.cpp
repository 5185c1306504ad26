#include "core/curl/client.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_ends.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;

namespace {

const net::Endpoint any_v4{net::IpAddress::v4(127, 0, 0, 1), 0};
const net::Endpoint any_v6{net::IpAddress::parse("::1").value(), 0};

}  // namespace

TEMPLATE_TEST_CASE("a request reaches the handler and its answer the observer, over both families",
                   "", RealEnds, ReversedEnds, SimulatedEnds) {
  const auto place = GENERATE_REF(from_range(TestType::places()));
  TestType ends(place);
  std::optional<http::Request> seen;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    seen = request;
    responder.send({{200, {{"Content-Type", "text/plain"}, {"X-One", "1"}}}, Slice("hello")});
    return nullptr;
  });
  const net::Endpoint server = ends.serve(handler);
  Recorder recorder;
  auto request = request_to(server, "/a%20b?c=d");
  request.headers.add("X-Empty", "");
  recorder.transfer = ends.client().start(request, recorder);
  CHECK_FALSE(recorder.finished);
  ends.run_until([&] { return recorder.finished; });

  CHECK_FALSE(recorder.error);
  CHECK(recorder.head->status == 200);
  CHECK(recorder.head->headers.find("x-one") == "1");
  CHECK(recorder.head->remote == server);
  CHECK(recorder.head->url == request.url);
  CHECK(recorder.body == "hello");
  CHECK(seen->target == "/a%20b?c=d");
  CHECK(seen->local.address == server.address);
  CHECK(seen->headers.find("X-Empty") == "");
  CHECK(seen->headers.find("Host") == server.text());
  CHECK_FALSE(seen->headers.has("Accept-Encoding"));
}

TEST_CASE("a request bound to one address family is sent to no address of the other") {
  const auto place = GENERATE_REF(from_range(RealEnds::places()));
  RealEnds ends(place);
  int asked = 0;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    ++asked;
    responder.send({{200, {}}, {}});
    return nullptr;
  });
  const net::Endpoint server = ends.serve(handler);
  const auto ask = [&](std::optional<net::Family> family) {
    Recorder recorder;
    auto request = request_to(server, "/");
    request.family = family;
    recorder.transfer = ends.client().start(request, recorder);
    ends.run_until([&] { return recorder.finished; });
    return recorder.error ? std::optional(recorder.error->failure) : std::nullopt;
  };
  const net::Family family = net::family_of(place);
  CHECK_FALSE(ask(family));
  CHECK(asked == 1);
  // Not over the connection that was kept either.
  CHECK(ask(net::other(family)) == http::TransferFailure::refused);
  CHECK(asked == 1);
  CHECK_FALSE(ask(std::nullopt));
  CHECK_FALSE(ask(family));
  CHECK(asked == 3);
}

TEMPLATE_TEST_CASE("one connection serves several requests, HEAD among them", "", RealEnds,
                   ReversedEnds, SimulatedEnds) {
  TestType ends;
  std::set<std::uint16_t> ports;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    ports.insert(request.remote.port);
    responder.send({{request.target == "/none" ? 404 : 200, {}}, Slice(request.method)});
    return nullptr;
  });
  const net::Endpoint server = ends.serve(handler);
  for (const auto* method : {"GET", "HEAD", "POST", "DELETE", "GET", "HEAD"}) {
    CAPTURE(method);
    auto request = request_to(server, "/none");
    request.method = method;
    Recorder recorder;
    recorder.transfer = ends.client().start(request, recorder);
    ends.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
    CHECK(recorder.head->status == 404);
    CHECK(recorder.head->headers.find("Content-Length") ==
          std::to_string(std::string_view(method).size()));
    CHECK(recorder.body == (std::string_view(method) == "HEAD" ? "" : method));
  }
  CHECK(ports.size() == 1);
  CHECK(ends.connections().value_or(1) == 1);
}

TEMPLATE_TEST_CASE("a body is sent with its length and read whole", "", RealEnds, ReversedEnds,
                   SimulatedEnds) {
  TestType ends;
  const std::string sent(20'000, 'b');
  std::optional<http::Request> seen;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    seen = request;
    responder.send({{204, {}}, {}});
    return nullptr;
  });
  uv::HttpServerLimits limits;
  limits.request.body_bytes = sent.size();
  const net::Endpoint server = ends.serve(handler, limits);
  for (const auto* method : {"POST", "PUT"}) {
    auto request = request_to(server, "/announce");
    request.method = method;
    request.body = sent;
    request.headers.add("Content-Type", "application/json");
    Recorder recorder;
    recorder.transfer = ends.client().start(request, recorder);
    ends.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
    CHECK(recorder.head->status == 204);
    CHECK(seen->method == method);
    CHECK(seen->body == sent);
    CHECK(seen->headers.find("Content-Type") == "application/json");
    CHECK_FALSE(seen->headers.has("Expect"));
  }
}

TEMPLATE_TEST_CASE("a long body flows as fast as it is taken, and draining is told", "", RealEnds,
                   ReversedEnds, SimulatedEnds) {
  // Over a reversed connection every answer has a length.
  const bool with_length = std::is_same_v<TestType, ReversedEnds> ? true : GENERATE(true, false);
  CAPTURE(with_length);
  TestType ends;
  constexpr std::size_t piece_bytes = 100'000;
  constexpr int pieces = 100;
  std::size_t most_queued = 0;
  bool destroyed = false;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    auto exchange = std::make_unique<HookedExchange>();
    responder.begin(
        {200, {}}, with_length ? std::optional<std::uint64_t>(piece_bytes * pieces) : std::nullopt);
    exchange->drained = [&, written = 0]() mutable {
      CHECK(responder.queued_bytes() == 0);
      if (written == pieces) return responder.end();
      responder.write(Slice(std::string(piece_bytes, static_cast<char>('a' + written % 26))));
      ++written;
      most_queued = std::max(most_queued, responder.queued_bytes());
    };
    exchange->destroyed = [&] { destroyed = true; };
    return exchange;
  });
  const net::Endpoint server = ends.serve(handler);
  Recorder recorder;
  recorder.transfer = ends.client().start(request_to(server, "/"), recorder);
  ends.run_until([&] { return recorder.finished && destroyed; });
  CHECK_FALSE(recorder.error);
  REQUIRE(recorder.body.size() == piece_bytes * pieces);
  bool in_order = true;
  for (std::size_t i = 0; i < recorder.body.size(); ++i) {
    in_order &= recorder.body[i] == static_cast<char>('a' + i / piece_bytes % 26);
  }
  CHECK(in_order);
  CHECK(most_queued == piece_bytes);
  CHECK(recorder.head->headers.has("Content-Length") == with_length);
  CHECK(recorder.head->headers.find("Connection") == (with_length ? "keep-alive" : "close"));
}

TEMPLATE_TEST_CASE("a promised length is kept: more is cut, less ends the connection", "", RealEnds,
                   ReversedEnds, SimulatedEnds) {
  TestType ends;
  std::uint64_t promised = 0;
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.begin({200, {}}, promised);
    for (const auto* part : {"01234", "56789"}) responder.write(Slice(std::string_view(part)));
    responder.end();
    return nullptr;
  });
  const net::Endpoint server = ends.serve(handler);
  struct Case {
    std::uint64_t promised;
    const char* body;
    bool whole;
  };
  for (const auto& c : {Case{10, "0123456789", true}, Case{7, "0123456", true},
                        Case{5, "01234", true}, Case{0, "", true}, Case{11, "0123456789", false}}) {
    CAPTURE(c.promised);
    promised = c.promised;
    Recorder recorder;
    recorder.transfer = ends.client().start(request_to(server, "/"), recorder);
    ends.run_until([&] { return recorder.finished; });
    CHECK(recorder.body == c.body);
    REQUIRE(recorder.error.has_value() != c.whole);
    if (!c.whole) CHECK(recorder.error->failure == http::TransferFailure::broken);
  }
}

TEMPLATE_TEST_CASE("hundreds of connections at once each get their own answer", "", RealEnds,
                   ReversedEnds, SimulatedEnds) {
  TestType ends;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    responder.send({{200, {}}, Slice(std::string(5'000, 'x') + request.target)});
    return nullptr;
  });
  const net::Endpoint server = ends.serve(handler);
  std::vector<std::unique_ptr<Recorder>> recorders;
  for (int i = 0; i < 400; ++i) {
    auto& recorder = *recorders.emplace_back(std::make_unique<Recorder>());
    recorder.transfer = ends.client().start(request_to(server, "/" + std::to_string(i)), recorder);
  }
  ends.run_until([&] {
    return std::all_of(recorders.begin(), recorders.end(), [](auto& r) { return r->finished; });
  });
  for (std::size_t i = 0; i < recorders.size(); ++i) {
    CHECK_FALSE(recorders[i]->error);
    CHECK(recorders[i]->body.substr(5'000) == "/" + std::to_string(i));
  }
}

TEST_CASE("calls go out from the address that was given, where the families fit") {
  LoopRig rig;
  std::vector<net::IpAddress> seen;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    seen.push_back(request.remote.address);
    responder.send({{200, {}}, {}});
    return nullptr;
  });
  uv::HttpServer v4(rig.loop, any_v4, handler);
  uv::HttpServer v6(rig.loop, any_v6, handler);
  curl::ClientOptions options;
  options.local_address = net::IpAddress::v4(127, 0, 0, 5);
  curl::Client client(rig.loop, options);
  for (const auto& endpoint : {v4.endpoint(), v6.endpoint()}) {
    Recorder recorder;
    recorder.transfer = client.start(request_to(endpoint, "/"), recorder);
    rig.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
  }
  CHECK(seen == std::vector<net::IpAddress>{*options.local_address, any_v6.address});
}

TEST_CASE("a server on all IPv6 addresses serves IPv4 as well, and says so in plain addresses") {
  LoopRig rig;
  std::optional<http::Request> seen;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    seen = request;
    responder.send({{200, {}}, {}});
    return nullptr;
  });
  uv::HttpServer server(rig.loop, {net::IpAddress(), 0}, handler);
  curl::Client client(rig.loop);
  for (const auto& address : {any_v4.address, any_v6.address}) {
    Recorder recorder;
    recorder.transfer = client.start(request_to({address, server.endpoint().port}, "/"), recorder);
    rig.run_until([&] { return recorder.finished; });
    CHECK_FALSE(recorder.error);
    CHECK(seen->remote.address == address);
    CHECK(seen->local.address == address);
  }
}

TEST_CASE("a port that is taken is one sentence") {
  LoopRig rig;
  FunctionHandler handler([&](const http::Request&, http::Responder&) { return nullptr; });
  uv::HttpServer server(rig.loop, any_v4, handler);
  const auto taken = server.endpoint();
  CHECK_THROWS_WITH(uv::HttpServer(rig.loop, taken, handler),
                    "cannot listen on " + taken.text() + ": it is in use by another program");
}
