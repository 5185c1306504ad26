#include "core/store/chunk_map.hpp"

#include "core/base/random.hpp"

#include <algorithm>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using hash::ChunkIndex;
using hash::ChunkLayout;
using store::ChunkMap;

TEST_CASE("a chunk map is what its drawing shows") {
  for (const auto* drawing : {"", ".", "#", "##..#", ".....", "#####", ".#.#.#"}) {
    CHECK(ChunkMap::drawn(drawing).drawing() == drawing);
  }
  CHECK(ChunkMap(3).drawing() == "...");
  CHECK(ChunkMap::all(3).drawing() == "###");
}

TEST_CASE("chunks are set and cleared once, and nothing happens outside the map") {
  ChunkMap map(4);
  map.set({1});
  map.set({1});
  map.set({4});
  map.set({UINT32_MAX});
  CHECK(map.drawing() == ".#..");
  CHECK(map.count() == 1);
  map.clear({2});
  map.clear({9});
  CHECK(map.count() == 1);
  map.clear({1});
  map.clear({1});
  CHECK(map.count() == 0);
  CHECK(map.drawing() == "....");
}

TEST_CASE("only a map without holes is complete") {
  CHECK(ChunkMap::drawn("###").complete());
  CHECK_FALSE(ChunkMap::drawn("##.").complete());
  CHECK_FALSE(ChunkMap::drawn("#").has({1}));
}

TEST_CASE("a run ends at a hole, at the end and at the limit") {
  const auto map = ChunkMap::drawn("##.###");
  CHECK(map.run_from({0}) == 2);
  CHECK(map.run_from({1}) == 1);
  CHECK(map.run_from({2}) == 0);
  CHECK(map.run_from({3}) == 3);
  CHECK(map.run_from({3}, 2) == 2);
  CHECK(map.run_from({6}) == 0);
  CHECK(map.run_from({UINT32_MAX}) == 0);
}

TEST_CASE("a map of any size counts, runs and adds as its drawing says") {
  Random random(3);
  for (const std::uint32_t size : {0u, 1u, 63u, 64u, 65u, 128u, 200u, 321u}) {
    std::string a;
    std::string b;
    // Long runs and long holes, so that some cross a boundary of whatever kind.
    while (a.size() < size) a.append(1 + random.below(80), a.ends_with('#') ? '.' : '#');
    while (b.size() < size) b.append(1 + random.below(80), b.ends_with('#') ? '.' : '#');
    a.resize(size);
    b.resize(size);
    CAPTURE(a, b);
    auto map = ChunkMap::drawn(a);
    CHECK(map.drawing() == a);
    CHECK(map.count() == static_cast<std::uint32_t>(std::count(a.begin(), a.end(), '#')));
    CHECK(ChunkMap::all(size).drawing() == std::string(size, '#'));
    CHECK(ChunkMap::all(size).complete());
    for (std::uint32_t i = 0; i <= size; ++i) {
      const auto hole = std::min<std::size_t>(a.find('.', i), size);
      REQUIRE(map.run_from({i}) == hole - i);
    }
    std::string both = a;
    for (std::uint32_t i = 0; i < size; ++i) both[i] = a[i] == '#' || b[i] == '#' ? '#' : '.';
    map.add(ChunkMap::drawn(b));
    CHECK(map == ChunkMap::drawn(both));
    map.add(ChunkMap::all(size + 70));
    CHECK(map == ChunkMap::all(size));
  }
}

TEST_CASE("ranges in bytes and the map say the same") {
  const ChunkLayout layout(5 * hash::chunk_bytes - 100);
  const struct {
    const char* drawing;
    std::vector<ByteRange> ranges;
  } cases[] = {
      {".....", {}},
      {"#....", {{0, 16'384}}},
      {"#####", {{0, 81'820}}},
      {"##..#", {{0, 32'768}, {65'536, 81'820}}},
      {".#.#.", {{16'384, 32'768}, {49'152, 65'536}}},
  };
  for (const auto& c : cases) {
    CAPTURE(c.drawing);
    CHECK(ChunkMap::drawn(c.drawing).ranges(layout) == c.ranges);
    CHECK(ChunkMap::from_ranges(c.ranges, layout).drawing() == c.drawing);
  }
}

TEST_CASE("a chunk of which only a part is announced does not count") {
  const ChunkLayout layout(5 * hash::chunk_bytes - 100);
  const struct {
    std::vector<ByteRange> ranges;
    const char* drawing;
  } cases[] = {
      {{{1, 32'768}}, ".#..."},
      {{{0, 16'383}}, "....."},
      {{{65'536, 81'819}}, "....."},
      {{{65'536, 1'000'000}}, "....#"},
      {{{20'000, 20'001}}, "....."},
      {{{81'820, 90'000}}, "....."},
      {{{UINT64_MAX - 2, UINT64_MAX}}, "....."},
      {{{0, UINT64_MAX}}, "#####"},
  };
  for (const auto& c : cases) {
    CAPTURE(c.ranges.front().begin, c.ranges.front().end);
    CHECK(ChunkMap::from_ranges(c.ranges, layout).drawing() == c.drawing);
  }
}
