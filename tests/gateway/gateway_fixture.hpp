#pragma once

#include "gateway/gateway.hpp"
#include "tests/gateway/surroundings.hpp"

#include <memory>
#include <string>
#include <vector>

namespace alluvium::gateway::test {

/// A gateway in virtual time that may fetch what lies under http://origin/music/.
struct GatewayFixture {
  World world;
  FakeClient client{world};
  NoStorage no_storage;
  Log log;
  int ready = 0;
  std::unique_ptr<Gateway> gateway;

  static constexpr const char* song_url = "http://origin/music/song.mp3";
  const std::string song = some_bytes(100'000);
  const std::string urn = file_of(song_url, song).root().urn();

  FetchLimits limits;  ///< To be changed before `start`.

  void start(const std::vector<std::string>& stations = {}, Storage* storage = nullptr) {
    Gateway::Settings settings;
    settings.origins.allow(url("http://origin/music/"));
    settings.rules.allow(*net::parse_network("127.0.0.0/8"));
    settings.names = {"gateway.example"};
    settings.fetching = limits;
    settings.seed = 1;
    for (const auto& station : stations) settings.stations.push_back(url(station));
    gateway = std::make_unique<Gateway>(
        Gateway::Surroundings{client, world, world, world, storage ? *storage : no_storage, log},
        std::move(settings), [this] { ++ready; });
  }

  /// Asks, and lets everything happen that needs no time.
  std::unique_ptr<Exchanged> ask(std::string method, std::string target, http::Headers more = {},
                                 std::string body = {}) {
    http::Request asked = request(std::move(method), std::move(target));
    for (const auto& [name, value] : more.fields()) asked.headers.add(name, value);
    asked.body = std::move(body);
    auto exchanged = std::make_unique<Exchanged>(gateway->router(), std::move(asked));
    world.settle();
    return exchanged;
  }
  /// Has the song fetched and hashed.
  void know_song() {
    client.serve(song_url, song, {{"ETag", "\"v1\""}, {"Last-Modified", "yesterday"}});
    static_cast<void>(ask("GET", std::string("/gateway/head?uri=") + song_url));
  }
  std::string head_target() const { return std::string("/gateway/head?uri=") + song_url; }

  std::unique_ptr<Exchanged> announce(int port, const std::string& available) {
    return ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
               R"({"port":)" + std::to_string(port) + R"(,"holdings":[{"urn":")" + urn +
                   R"(","available":")" + available + R"("}]})");
  }
  /// The peer at that port answers connect-backs.
  void answer_at(int port) {
    client.answer("http://127.0.0.1:" + std::to_string(port) + "/uri-res/N2R?" + urn,
                  {503, {}, "", {}, false});
  }
};

}  // namespace alluvium::gateway::test
