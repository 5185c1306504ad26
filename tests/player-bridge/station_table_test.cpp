#include "player-bridge/station_table.hpp"

#include "tests/player-bridge/local_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;

namespace {

/// Three stations called One, Two and Three.
struct Port {
  Port() {
    for (std::size_t i = 0; i < 3; ++i) {
      const auto status = [i] {
        ListenerStatus made;
        made.station = std::vector{"One", "Two", "Three"}[i];
        made.mount = station_path(i) + "stream";
        made.content_type = "audio/mpeg";
        return made;
      };
      table.add(std::make_unique<LocalServer>(
          mount,
          LocalServer::Statuses{status,
                                [status] {
                                  return std::vector{status(), status()};
                                }},
          SharingSwitch("token", [](const auto&) { return Status(); }), FakeOnAir::begin));
    }
  }
  [[nodiscard]] http::Response ask(const std::string& target, const char* host = "127.0.0.1") {
    http::Request request = LocalScene::request("GET", target);
    request.headers = {{"Host", host}};
    KeptAnswer kept;
    (void)table.on_request(request, kept);
    return kept.answer.value_or(http::Response{{0, {}}, {}});
  }
  [[nodiscard]] std::string text(const std::string& target) {
    return to_string(ask(target).body.view());
  }

  Station station;
  Mount mount{station.on_air, {}};
  StationTable table;
};

}  // namespace

TEST_CASE("the first station is at the root of the local port and the others under their numbers") {
  Port port;
  CHECK(port.text("/status.json").find("\"One\"") != std::string::npos);
  CHECK(port.text("/2/status.json").find("\"Two\"") != std::string::npos);
  CHECK(port.text("/3/status.json?x").find("\"Three\"") != std::string::npos);
  CHECK(port.text("/2/stream.m3u").find("http://127.0.0.1:8000/2/stream\n") != std::string::npos);
  CHECK(port.text("/stream.m3u").find("http://127.0.0.1:8000/stream\n") != std::string::npos);
  CHECK(port.ask("/2/page/main.js").head.status == 200);
  for (const char* nowhere : {"/1/", "/4/", "/2", "/22/status.json", "//2/", "/02/"}) {
    CAPTURE(nowhere);
    CHECK(port.ask(nowhere).head.status == 404);
  }
}

TEST_CASE("every station keeps its own rules about who may ask") {
  Port port;
  CHECK(port.ask("/2/status.json", "evil.example").head.status == 421);
  CHECK(port.ask("/status.json", "evil.example").head.status == 421);
}
