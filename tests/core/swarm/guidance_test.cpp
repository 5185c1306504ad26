#include "core/swarm/guidance.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::swarm;
using namespace std::chrono_literals;

TEST_CASE("a gateway that speaks of a large file over and over keeps nobody busy") {
  const hash::ChunkLayout layout(std::uint64_t{16} << 30);
  Guidance guidance(hash::TreeRoot{}, layout);
  ToldSource told;
  told.from = FromOrigin{1s, 3};
  for (int i = 0; i < 20'000; ++i) told.ranges.push_back({0, layout.length()});
  std::uint64_t taken = 0;
  for (const hash::ChunkRun& run : guidance.take(told, Instant{1h})) taken += run.size();
  CHECK(taken >= 256);  // As many as an honest one names at once.
  CHECK(taken <= 4'096);
  CHECK(guidance.directions().open(Instant{1h}) <= taken);
}
