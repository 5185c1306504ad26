#include "gateway/gateway.hpp"
#include "tests/gateway/counted_memory.hpp"
#include "tests/gateway/surroundings.hpp"

#include <memory>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

/// An origin with one song, and listeners that answer each connect-back; it remembers nothing.
class OneSong final : public http::Client {
 public:
  OneSong(test::World& world, const std::string& song) : world_(world), song_(song) {}

  std::unique_ptr<http::Transfer> start(http::ClientRequest request,
                                        http::TransferObserver& observer) override {
    auto transfer = std::make_unique<Answered>();
    const auto answer = [this, &observer, url = request.url, is_check = request.method == "HEAD"] {
      if (is_check) {
        if (!observer.on_head({503, {}, url, {}})) return;
      } else {
        const http::Headers headers{{"Content-Length", std::to_string(song_.size())},
                                    {"Content-Type", "audio/mpeg"}};
        if (!observer.on_head({200, headers, url, {}})) return;
        if (!observer.on_body(as_bytes(song_))) return;
      }
      observer.on_finished(std::nullopt);
    };
    world_.soon(transfer->token, answer);
    return transfer;
  }

 private:
  struct Answered final : http::Transfer {
    std::shared_ptr<int> token = std::make_shared<int>();
  };

  test::World& world_;
  const std::string& song_;
};

/// Listeners of one song, each at an address of its own.
struct Crowd {
  test::World world;
  const std::string song = test::some_bytes(5'000'000);
  OneSong client{world, song};
  NoStorage no_storage;
  test::Log log;
  std::unique_ptr<Gateway> gateway;
  const std::string url = "http://origin/song.mp3";
  const std::string urn = test::file_of(url, song).root().urn();

  Crowd() {
    Gateway::Settings settings;
    settings.origins.allow(test::url("http://origin/"));
    settings.seed = 1;
    gateway = std::make_unique<Gateway>(
        Gateway::Surroundings{client, world, world, world, no_storage, log}, std::move(settings),
        [] {});
    const test::Exchanged asked(gateway->router(),
                                test::request("GET", "/gateway/head?uri=" + url));
    world.settle();
    REQUIRE(gateway->state().registry.by_url(test::url(url)));
  }

  void announce(unsigned listener, const std::string& available, const std::string& more) {
    http::Request request = test::request("POST", "/gateway/announce");
    request.remote = {net::IpAddress::v4(20, static_cast<std::uint8_t>(listener >> 8),
                                         static_cast<std::uint8_t>(listener), 7),
                      9'000};
    request.headers.add("Content-Type", "application/json");
    request.body = R"({"port":9000,"up_bps":8000000,"from_peers_bytes":5000,"holdings":[{"urn":")" +
                   urn + R"(","available":")" + available + "\"}]" + more + "}";
    const test::Exchanged answer(gateway->router(), std::move(request));
    REQUIRE(answer.status == 200);
    world.settle();
  }

  /// What the gateway takes for each of many listeners that say the same.
  std::size_t bytes_each(const std::string& available, const std::string& more = {}) {
    constexpr unsigned listeners = 10'000;
    const std::size_t before = test::allocated_bytes();
    for (int round = 0; round < 2; ++round) {
      for (unsigned i = 0; i < listeners; ++i) announce(i, available, more);
    }
    REQUIRE(gateway->state().swarms.peer_count() == listeners);
    REQUIRE(gateway->state().counters.peers_reachable == listeners);
    return (test::allocated_bytes() - before) / listeners;
  }
};

}  // namespace

TEST_CASE_METHOD(Crowd, "a listed peer that holds all takes less than 420 bytes") {
  const std::size_t bytes = bytes_each("all");
  CHECK(bytes < 420);
}

TEST_CASE_METHOD(Crowd, "a listed peer in the middle of a file takes less than 500 bytes") {
  const std::size_t bytes = bytes_each("bytes 0-2490367");
  CHECK(bytes < 500);
}

TEST_CASE_METHOD(Crowd, "a listed peer that has two parts of a file takes less than 500 bytes") {
  const std::size_t bytes = bytes_each("bytes 0-2490367,3276800-3293183");
  CHECK(bytes < 500);
}
