#include "player-bridge/timeline.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace std::chrono_literals;

namespace {

constexpr StreamTime begin{1'000s};

/// Pieces of a second each, all of one run.
Timeline timeline_of(std::size_t pieces) {
  Timeline timeline;
  const auto track = std::make_shared<Track>();
  for (std::size_t i = 0; i < pieces; ++i) {
    media::Piece piece;
    piece.duration = 1s;
    timeline.append({piece, begin + i * Duration(1s), track});
  }
  return timeline;
}

}  // namespace

TEST_CASE("a player begins with the piece whose beginning is nearest") {
  const Timeline timeline = timeline_of(4);
  CHECK(timeline.entry_at(begin + 2s) == 2);
  CHECK(timeline.entry_at(begin + 2'400ms) == 2);
  CHECK(timeline.entry_at(begin + 2'600ms) == 3);
  // There is none behind it yet.
  CHECK(timeline.entry_at(begin + 3'900ms) == 3);
}
