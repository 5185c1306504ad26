#include "gateway/reachability.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

const net::Endpoint peer = test::endpoint("203.0.113.1:8000");
const Instant start{};

}  // namespace

TEST_CASE("a peer is checked once at a time, and a good result counts for ten minutes") {
  Reachability reachability(1);
  CHECK_FALSE(reachability.result(peer, start));
  CHECK(reachability.begin_check(peer, start));
  CHECK_FALSE(reachability.begin_check(peer, start + 1s));
  CHECK_FALSE(reachability.result(peer, start + 1s));
  reachability.record(peer, true, start + 1s);
  CHECK(reachability.result(peer, start + 2s) == true);
  CHECK_FALSE(reachability.begin_check(peer, start + 10min));
  CHECK(reachability.begin_check(peer, start + 10min + 1s));
  // The last result counts until there is another.
  CHECK(reachability.result(peer, start + 10min + 2s) == true);
  reachability.record(peer, false, start + 10min + 2s);
  CHECK(reachability.result(peer, start + 10min + 2s) == false);
}

TEST_CASE("a first failure is looked at again soon, a second one after ten minutes") {
  Reachability reachability(1);
  REQUIRE(reachability.begin_check(peer, start));
  reachability.record(peer, false, start);
  CHECK(reachability.result(peer, start) == false);
  CHECK_FALSE(reachability.begin_check(peer, start + 14s));
  CHECK(reachability.begin_check(peer, start + 15s));
  reachability.record(peer, false, start + 15s);
  CHECK_FALSE(reachability.begin_check(peer, start + 15s + 599s));
  CHECK(reachability.begin_check(peer, start + 15s + 600s));
}

TEST_CASE("the same address at another port is another peer") {
  Reachability reachability(1);
  REQUIRE(reachability.begin_check(peer, start));
  reachability.record(peer, true, start);
  CHECK_FALSE(reachability.result({peer.address, 8001}, start));
  CHECK(reachability.begin_check({peer.address, 8001}, start));
}
