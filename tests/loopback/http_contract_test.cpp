#include "core/curl/client.hpp"
#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;

namespace {

const net::Endpoint any_v4{net::IpAddress::v4(127, 0, 0, 1), 0};
const net::Endpoint any_v6{net::IpAddress::parse("::1").value(), 0};

}  // namespace

TEST_CASE("a request reaches the handler and its answer the observer, over both families") {
  const auto listen = GENERATE(any_v4, any_v6);
  LoopRig rig;
  std::optional<http::Request> seen;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    seen = request;
    responder.send({{200, {{"Content-Type", "text/plain"}, {"X-One", "1"}}}, Slice("hello")});
    return nullptr;
  });
  uv::HttpServer server(rig.loop, listen, handler);
  curl::Client client(rig.loop);
  Recorder recorder;
  auto request = request_to(server.endpoint(), "/a%20b?c=d");
  request.headers.add("X-Empty", "");
  recorder.transfer = client.start(request, recorder);
  CHECK_FALSE(recorder.finished);
  rig.run_until([&] { return recorder.finished; });

  CHECK_FALSE(recorder.error);
  CHECK(recorder.head->status == 200);
  CHECK(recorder.head->headers.find("x-one") == "1");
  CHECK(recorder.head->remote == server.endpoint());
  CHECK(recorder.head->url == request.url);
  CHECK(recorder.body == "hello");
  CHECK(seen->target == "/a%20b?c=d");
  CHECK(seen->local == server.endpoint());
  CHECK(seen->headers.find("X-Empty") == "");
  CHECK(seen->headers.find("Host") == server.endpoint().text());
  CHECK_FALSE(seen->headers.has("Accept-Encoding"));
}
