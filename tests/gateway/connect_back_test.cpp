#include "gateway/connect_back.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using test::endpoint;

namespace {

const hash::TreeRoot song{{1}};
const net::Endpoint peer = endpoint("8.8.8.8:9000");

std::string check_url(const net::Endpoint& at) {
  return "http://" + at.text() + "/uri-res/N2R?" + song.urn();
}

struct Fixture {
  test::World world;
  test::FakeClient client{world};
  Counters counters;
  test::Log log;
  std::vector<std::pair<net::Endpoint, bool>> results;
  ConnectBack connect_back{
      client,
      world,
      net::AddressRules::public_only(),
      counters,
      log,
      1,
      [this](const net::Endpoint& at, bool reachable) { results.emplace_back(at, reachable); }};

  Fixture() { connect_back.on_received(peer.address, 100'000); }
  /// What the requests were, in bytes, as a client sends them.
  std::uint64_t sent_bytes() const {
    std::uint64_t bytes = 0;
    for (const auto& request : client.requests()) {
      const std::string head = request.method + " " + request.url.target() +
                               " HTTP/1.1\r\nHost: " + request.url.origin().substr(7) +
                               "\r\nUser-Agent: Alluvium-Gateway/1\r\nAccept: */*\r\n\r\n";
      bytes += head.size();
      for (const auto& [name, value] : request.headers.fields()) {
        bytes += name.size() + value.size() + 4;
      }
    }
    return bytes;
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "a peer is asked for the head of one announced range, for two seconds") {
  client.answer(check_url(peer), {206, {{"Content-Range", "bytes 16384-32767/99999"}}, "", {}, 0});
  connect_back.check(peer, song, {16384, 32768});
  CHECK_FALSE(connect_back.result(peer));
  world.settle();
  CHECK(connect_back.result(peer) == true);
  REQUIRE(client.requests().size() == 1);
  CHECK(client.requests()[0].method == "HEAD");
  CHECK(client.requests()[0].headers.find("Range") == "bytes=16384-32767");
  CHECK(client.requests()[0].total_timeout == 2s);
  CHECK(client.requests()[0].max_redirects == 0);
  REQUIRE(results.size() == 1);
  CHECK(results[0].second);
}

TEST_CASE("only what a listener would answer counts as reachable") {
  struct Row {
    int status;
    const char* content_range;
    bool reachable;
  };
  const Row rows[] = {{200, nullptr, true},
                      {503, nullptr, true},
                      {206, "bytes 0-16383/50000", true},
                      {206, "bytes 0-100/50000", true},
                      {206, "bytes 16384-32767/50000", false},
                      {206, "nonsense", false},
                      {206, nullptr, false},
                      {404, nullptr, false},
                      {302, nullptr, false},
                      {421, nullptr, false}};
  for (const auto& row : rows) {
    INFO(row.status << " " << (row.content_range ? row.content_range : ""));
    Fixture f;
    http::Headers headers;
    if (row.content_range) headers.add("Content-Range", row.content_range);
    f.client.answer(check_url(peer), {row.status, headers, "", {}, false});
    f.connect_back.check(peer, song, {0, 16384});
    f.world.settle();
    CHECK(f.connect_back.result(peer) == row.reachable);
  }
}

TEST_CASE_METHOD(Fixture, "addresses that are not public, and low ports, are never contacted") {
  for (const char* at : {"127.0.0.1:9000", "10.0.0.1:9000", "192.168.1.1:9000", "[::1]:9000",
                         "[fe80::1]:9000", "[64:ff9b::10.0.0.1]:9000", "169.254.169.254:9000",
                         "8.8.8.8:80", "8.8.8.8:1023", "8.8.8.8:0"}) {
    INFO(at);
    CHECK_FALSE(connect_back.permits(endpoint(at)));
    connect_back.check(endpoint(at), song, {0, 16384});
  }
  world.settle();
  CHECK(client.requests().empty());
}

TEST_CASE_METHOD(Fixture, "an endpoint is not asked twice while the result counts") {
  connect_back.check(peer, song, {0, 16384});
  connect_back.check(peer, song, {0, 16384});
  world.settle();
  connect_back.check(peer, song, {0, 16384});
  world.settle();
  CHECK(client.requests().size() == 1);
  CHECK(connect_back.result(peer) == false);
}

TEST_CASE_METHOD(Fixture,
                 "no more than so many are asked at the same time, and none is forgotten") {
  constexpr std::size_t many = ConnectBack::concurrent_checks + 100;
  for (std::size_t i = 0; i < many; ++i) {
    const auto network = static_cast<std::uint8_t>(i >> 8);
    const net::Endpoint one{net::IpAddress::v4(8, 8, network, static_cast<std::uint8_t>(i)), 2000};
    connect_back.on_received(one.address, 1'000);
    connect_back.check(one, song, {0, 16384});
  }
  CHECK(client.requests().size() == ConnectBack::concurrent_checks);
  world.settle();
  CHECK(client.requests().size() == many);
  CHECK(results.size() == many);
}

TEST_CASE_METHOD(Fixture, "nobody is sent more bytes than came from there") {
  const auto neighbour = net::IpAddress::v4(8, 8, 4, 4);
  std::uint64_t received = 0;
  for (std::uint16_t port = 1024; port < 2024; ++port) {
    connect_back.on_received(neighbour, 50);
    received += 50;
    connect_back.check({neighbour, port}, song, {0, 16384});
    world.settle();
    REQUIRE(sent_bytes() <= received);
  }
  CHECK(client.requests().size() > 100);
  CHECK(counters.connect_backs == client.requests().size());
  CHECK(counters.connect_backs_postponed == 1'000 - client.requests().size());
}

TEST_CASE_METHOD(Fixture, "what was saved up does not make a burst") {
  connect_back.on_received(peer.address, 1'000'000'000);
  for (std::uint16_t port = 1024; port < 11'024; ++port) {
    connect_back.check({peer.address, port}, song, {0, 16384});
    if (port == 2'000) CHECK(client.requests().size() == CallBudget::most_calls_at_once);
    if (port >= 2'000) world.settle();
  }
  CHECK(sent_bytes() <= CallBudget::most_saved_bytes);
}

TEST_CASE_METHOD(Fixture, "a check that was not paid for is made when it is") {
  const net::Endpoint other = endpoint("[2606:4700::1]:9000");
  connect_back.check(other, song, {0, 16384});
  CHECK(client.requests().empty());
  CHECK_FALSE(connect_back.result(other));
  // The whole /64 is one client.
  connect_back.on_received(endpoint("[2606:4700::ffff]:1").address, 400);
  connect_back.check(other, song, {0, 16384});
  CHECK(client.requests().size() == 1);
}
