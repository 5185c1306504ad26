#include "core/swarm/incoming.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;

namespace {

const hash::TreeRoot song{hash::sha256(as_bytes("song"))};
const hash::TreeRoot other{hash::sha256(as_bytes("other"))};

struct OneChunk final : swarm::ComingChunks {
  hash::ChunkIndex index;
  explicit OneChunk(std::uint32_t i) : index{i} {}
  std::optional<swarm::OnItsWay> coming(hash::ChunkIndex i) const override {
    if (i != index) return std::nullopt;
    return swarm::OnItsWay{true, 9};
  }
};

}  // namespace

TEST_CASE("a chunk is on its way if one of the file's downloads says so") {
  swarm::Incoming incoming;
  const OneChunk first(1);
  const OneChunk second(2);
  incoming.add(song, first);
  incoming.add(song, second);
  CHECK(incoming.coming(song, {2}));
  CHECK_FALSE(incoming.coming(song, {3}));
  CHECK_FALSE(incoming.coming(other, {2}));
  incoming.remove(second);
  CHECK_FALSE(incoming.coming(song, {2}));
  CHECK(incoming.coming(song, {1})->ticket == 9U);
}

TEST_CASE("who waits for a chunk is told once, when that one is there") {
  swarm::Incoming incoming;
  int told = 0;
  const auto wait = incoming.wait(song, {3}, [&] { ++told; });
  incoming.on_chunk(song, {2});
  incoming.on_chunk(other, {3});
  CHECK(told == 0);
  incoming.on_chunk(song, {3});
  incoming.on_chunk(song, {3});
  CHECK(told == 1);
  CHECK(incoming.waits() == 0);
}

TEST_CASE("whose waiting is ended is not told, not even by one who was told just before") {
  swarm::Incoming incoming;
  int told = 0;
  std::unique_ptr<swarm::Incoming::Wait> second;
  const auto first = incoming.wait(song, {3}, [&] {
    ++told;
    second.reset();
  });
  second = incoming.wait(song, {3}, [&] { told += 100; });
  auto third = incoming.wait(song, {3}, [&] { told += 1'000; });
  third.reset();
  incoming.on_chunk(song, {3});
  CHECK(told == 1);
}
