#include "core/swarm/directions.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;
using hash::ChunkIndex;

namespace {

const net::Endpoint peer{net::IpAddress::v4(10, 0, 0, 1), 2'000};
constexpr Instant start{1s};

}  // namespace

TEST_CASE("a direction is good for as long as its kind is") {
  swarm::Directions directions;
  directions.take({{0}, {2}}, swarm::FromOrigin{600ms, 5}, start);
  directions.take({{2}, {3}}, swarm::FromNobody{100ms}, start);
  directions.take({{3}, {4}}, swarm::FromPeer{peer, 7, 1s}, start);
  CHECK(directions.open(start) == 3);
  CHECK(directions.at({1}, start + 599ms) != nullptr);
  CHECK(directions.at({1}, start + 600ms) == nullptr);
  CHECK(directions.at({2}, start + 99ms) != nullptr);
  CHECK(directions.at({2}, start + 100ms) == nullptr);
  CHECK(directions.at({3}, start + 4s) != nullptr);
  CHECK(directions.at({3}, start + 5s) == nullptr);
  CHECK(directions.at({4}, start) == nullptr);
  CHECK(directions.open(start + 1s) == 1);
}

TEST_CASE("a ticket outlives its direction, until another one is given or the chunk is held") {
  swarm::Directions directions;
  directions.take({{0}, {3}}, swarm::FromPeer{peer, 7, 1s}, start);
  directions.forget({{0}, {2}});
  CHECK(directions.at({0}, start) == nullptr);
  CHECK(directions.at({2}, start) != nullptr);
  CHECK(directions.ticket({0}) == 7U);
  directions.take({{0}, {1}}, swarm::FromOrigin{600ms, 3}, start);
  CHECK(directions.ticket({0}) == 3U);
  // Told to take it from the origin without a lease: nobody is sent to us.
  directions.take({{1}, {2}}, swarm::FromOrigin{600ms, {}}, start);
  CHECK(directions.ticket({1}) == 7U);
  directions.on_held({0});
  CHECK_FALSE(directions.ticket({0}));
  CHECK(directions.at({0}, start) == nullptr);
}

TEST_CASE("of a peer that cannot be asked nothing is expected any more") {
  swarm::Directions directions;
  directions.take({{0}, {2}}, swarm::FromPeer{peer, 7, 1s}, start);
  directions.take({{2}, {3}}, swarm::FromPeer{{peer.address, 2'001}, 8, 1s}, start);
  directions.take({{3}, {4}}, swarm::FromOrigin{1s, 1}, start);
  directions.forget_peer(peer);
  CHECK(directions.at({0}, start) == nullptr);
  CHECK(directions.at({2}, start) != nullptr);
  CHECK(directions.at({3}, start) != nullptr);
}

TEST_CASE("the chunks that were spoken of are found one after the other") {
  swarm::Directions directions;
  CHECK_FALSE(directions.next_spoken_of({0}));
  directions.take({{2}, {4}}, swarm::FromPeer{peer, 7, 1s}, start);
  directions.take({{9}, {10}}, swarm::FromNobody{100ms}, start);
  CHECK(directions.next_spoken_of({0}) == ChunkIndex{2});
  CHECK(directions.next_spoken_of({2}) == ChunkIndex{2});
  CHECK(directions.next_spoken_of({3}) == ChunkIndex{3});
  CHECK(directions.next_spoken_of({4}) == ChunkIndex{9});
  CHECK_FALSE(directions.next_spoken_of({10}));
  directions.on_held({2});
  CHECK(directions.next_spoken_of({0}) == ChunkIndex{3});
}

TEST_CASE("the last word about a chunk counts, and only about that chunk") {
  swarm::Directions directions;
  directions.take({{5}, {8}}, swarm::FromPeer{peer, 7, 1s}, start);
  directions.take({{1}, {3}}, swarm::FromNobody{100ms}, start);
  directions.take({{2}, {6}}, swarm::FromOrigin{600ms, 3}, start);
  directions.take({{4}, {4}}, swarm::FromNobody{100ms}, start);
  std::string said;
  for (std::uint32_t i = 0; i < 9; ++i) {
    const auto* const from = directions.at({i}, start);
    said += from == nullptr ? '.' : "opn"[from->index()];
  }
  CHECK(said == ".noooopp.");
  CHECK(directions.open(start) == 6);
}
