#include "core/uv/http_server.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;

TEST_CASE("bytes are counted by what was asked, refusals by their cause, and nothing twice") {
  LoopRig rig;
  FunctionHandler handler([](const http::Request&, http::Responder& responder) {
    responder.send({{200, {}}, Slice("well")});
    return nullptr;
  });
  uv::HttpServer server(rig.loop, {net::IpAddress::v4(127, 0, 0, 1), 0}, handler);
  server.divide_traffic(
      [](const http::Request& request) -> std::size_t { return request.target == "/" ? 3 : 99; });
  std::uint64_t said = 0;
  std::uint64_t heard = 0;
  const auto speak = [&](const std::string& text) {
    RawSocket socket(rig.loop, server.endpoint());
    socket.say(text);
    rig.run_until([&] { return socket.ended(); });
    said += text.size();
    heard += socket.heard().size();
    return socket.heard().size();
  };
  const std::string more = "Host: a\r\nConnection: close\r\n\r\n";
  const std::string known = "GET / HTTP/1.1\r\n" + more;
  const auto answered = speak(known);
  speak("GET /other HTTP/1.1\r\n" + more);
  const auto refused = speak("nonsense\r\n\r\n");
  speak("GET /" + std::string(5'000, 'a') + " HTTP/1.1\r\n" + more);
  RawSocket open(rig.loop, server.endpoint());
  open.say("GET");
  rig.run_until([&] { return server.traffic().received_bytes == said + 3; });

  const auto traffic = server.traffic();
  CHECK(traffic.by_class[3].received == known.size());
  CHECK(traffic.by_class[3].sent == answered);
  CHECK(traffic.by_class.back().received == known.size() + 5);
  CHECK(traffic.by_class.front().sent > refused);
  CHECK(traffic.sent_bytes == heard);
  CHECK(traffic.refusals.malformed == 1);
  CHECK(traffic.refusals.too_large == 1);
  CHECK(traffic.refusals.slow_heads + traffic.refusals.slow_readers == 0);
}
