#include "core/base/random.hpp"
#include "core/uv/http_server.hpp"
#include "core/uv/socket_address.hpp"
#include "tests/loopback/rig/http_parts.hpp"
#include "tests/loopback/rig/loop_rig.hpp"
#include "tests/loopback/rig/raw_socket.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch.hpp>
#include <malloc.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace alluvium;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

const net::Endpoint any_port{net::IpAddress::v4(127, 0, 0, 1), 0};
const std::string get = "GET /stream HTTP/1.1\r\nHost: a\r\nUser-Agent: player\r\n\r\n";

std::size_t heap_bytes() {
  return mallinfo2().uordblks;
}

/// False with a sanitizer's allocator.
bool sees_the_heap() {
  const auto before = heap_bytes();
  const Bytes block(10'000);
  return heap_bytes() >= before + block.size();
}

/// A client without any memory of its own: counts what it hears.
class Ear {
 public:
  explicit Ear(const net::Endpoint& server) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    const auto address = uv::to_socket_address(server);
    REQUIRE(connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(send(socket_, get.data(), get.size(), 0) == static_cast<ssize_t>(get.size()));
  }
  ~Ear() { ::close(socket_); }
  Ear(const Ear&) = delete;
  Ear& operator=(const Ear&) = delete;

  std::size_t listen() {
    const auto got = recv(socket_, nullptr, 1 << 20, MSG_TRUNC | MSG_DONTWAIT);
    if (got > 0) heard_ += static_cast<std::size_t>(got);
    return heard_;
  }

 private:
  int socket_;
  std::size_t heard_ = 0;
};

}  // namespace

TEST_CASE("a stream that waits for its next bytes holds less than 1 KiB") {
  if (!sees_the_heap()) return;
  constexpr std::size_t players = 200;
  LoopRig rig;
  const Slice burst(std::string(64 * 1024, 'x'));
  std::vector<http::Responder*> responders;
  responders.reserve(players);
  FunctionHandler handler([&](const http::Request&, http::Responder& responder) {
    responder.begin({200, {{"Content-Type", "audio/mpeg"}}}, std::nullopt);
    responder.write(burst);
    responders.push_back(&responder);
    return std::make_unique<http::Exchange>();
  });
  uv::HttpServer server(rig.loop, any_port, handler);
  std::vector<std::unique_ptr<Ear>> ears;
  std::size_t expected = 0;
  const auto all_hear = [&](std::size_t bytes) {
    expected += bytes;
    rig.run_until([&] {
      return std::all_of(ears.begin(), ears.end(),
                         [&](const auto& ear) { return ear->listen() >= expected; });
    });
  };
  // What the first one costs is the server's.
  ears.push_back(std::make_unique<Ear>(server.endpoint()));
  all_hear(burst.size());
  ears.reserve(players);
  const auto before = heap_bytes();
  while (ears.size() < players) {
    ears.push_back(std::make_unique<Ear>(server.endpoint()));
    all_hear(0);
  }
  for (int second = 0; second < 5; ++second) {
    for (auto* responder : responders) responder->write(burst.part(0, 16'000));
    all_hear(16'000);
  }
  REQUIRE(server.traffic().connections == players);
  const auto each = (heap_bytes() - before) / (players - 1);
  INFO(each << " bytes a player");
  CHECK(each < 1024 + sizeof(Ear));
}

TEST_CASE("of a crowd any may go, in any order, also because another one goes") {
  const auto seed = GENERATE(range<std::uint64_t>(1, 6));
  CAPTURE(seed);
  constexpr std::size_t players = 60;
  Random random(seed);
  LoopRig rig;
  std::map<std::string, http::Responder*> present;
  std::size_t destroyed = 0;
  FunctionHandler handler([&](const http::Request& request, http::Responder& responder) {
    responder.begin({200, {}}, std::nullopt);
    present[request.target] = &responder;
    auto exchange = std::make_unique<HookedExchange>();
    exchange->destroyed = [&, name = request.target] {
      present.erase(name);
      ++destroyed;
      // Sometimes it draws another one along.
      if (!present.empty() && random.below(3) == 0) present.begin()->second->abort();
    };
    return exchange;
  });
  uv::HttpServerLimits limits;
  limits.slow_reader_timeout = 100ms;
  auto server = std::make_unique<uv::HttpServer>(rig.loop, any_port, handler, limits);
  std::vector<std::unique_ptr<RawSocket>> clients;
  std::vector<std::string> staying;
  for (std::size_t i = 0; i < players; ++i) {
    staying.push_back("/" + std::to_string(i));
    clients.push_back(std::make_unique<RawSocket>(rig.loop, server->endpoint()));
    clients.back()->say("GET " + staying.back() + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  rig.run_until([&] { return present.size() == players; });

  std::vector<std::string> leaving;
  while (staying.size() > players / 6) {
    const auto index = static_cast<std::ptrdiff_t>(random.below(staying.size()));
    leaving.push_back(staying[static_cast<std::size_t>(index)]);
    staying.erase(staying.begin() + index);
    auto& client = *clients[std::stoul(leaving.back().substr(1))];
    const auto chosen = present.find(leaving.back());
    if (chosen == present.end()) continue;
    switch (random.below(5)) {
      case 0:
        chosen->second->abort();
        break;
      case 1:
        chosen->second->end();
        break;
      case 2:
        client.close();
        break;
      case 3:
        client.reset();
        break;
      default:
        // Cut as a slow reader, a while later.
        client.stop_listening();
        chosen->second->write(Slice(std::string(8'000'000, 'x')));
    }
    if (random.below(2) == 0) rig.turn(2);
  }
  rig.run_until([&] {
    return std::none_of(leaving.begin(), leaving.end(),
                        [&](const auto& name) { return present.contains(name); });
  });
  CHECK(destroyed + present.size() == players);
  server.reset();
  CHECK(destroyed == players);
}
