#include "player-bridge/timeline.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace std::chrono_literals;

namespace {

constexpr StreamTime begin{std::chrono::hours(24)};

/// A timeline drawn with one letter a second from `begin` on: `a` to `z` are pieces of a run each,
/// a capital is an entry of its run, a blank is a pause.
struct Drawn {
  explicit Drawn(std::string_view drawing) {
    char run = 0;
    std::shared_ptr<Track> track;
    for (std::size_t i = 0; i < drawing.size(); ++i) {
      if (drawing[i] == ' ') continue;
      const StreamTime due = begin + std::chrono::seconds(i);
      const char letter = static_cast<char>(drawing[i] | 0x20);
      if (letter != run) {
        track = std::make_shared<Track>();
        track->lead = 4s;
        track->run = static_cast<std::uint64_t>(letter - 'a' + 1);
        if (run != 0) track->run_took_over = due;
        run = letter;
        tracks.push_back(track);
      }
      TimedPiece piece;
      piece.due = due;
      piece.piece.duration = 1s;
      piece.piece.is_entry = drawing[i] != letter;
      piece.track = track;
      timeline.append(piece);
      places.push_back(i);
    }
  }
  /// Where who comes then begins, as a column of the drawing; -1 if nowhere.
  [[nodiscard]] int entry_at(Duration t) const {
    const std::uint64_t number = timeline.entry_at(begin + t);
    return number == timeline.end() ? -1 : static_cast<int>(places[number]);
  }

  Timeline timeline;
  std::vector<std::shared_ptr<Track>> tracks;
  std::vector<std::size_t> places;
};

}  // namespace

TEST_CASE("a player begins with the last entry before what is heard, or with the next piece") {
  const struct {
    const char* drawing;
    Duration at;
    int entry;
  } cases[] = {
      {"AAAAAAAAAA", 0ms, 0},     {"AAAAAAAAAA", 3'400ms, 3},
      {"AAAAAAAAAA", 3'600ms, 4}, {"AAAAAAAAAA", 4'000ms, 4},
      {"AaaaAaaaaa", 3'500ms, 0}, {"AaaaAaaaaa", 9'000ms, 4},
      {"aaaaAaaaaa", 1'000ms, 4}, {"AAA   AAAA", 3'500ms, 6},
      {"AAA", 5'000ms, -1},       {"", 0ms, -1},
  };
  for (const auto& c : cases) {
    CAPTURE(c.drawing, c.at.count());
    CHECK(Drawn(c.drawing).entry_at(c.at) == c.entry);
  }
}

TEST_CASE("who comes shortly before or after the beginning of another run begins with it") {
  const struct {
    const char* drawing;
    Duration at;
    int entry;
  } cases[] = {
      {"AAAAAAAABBBB", 3'400ms, 3},   {"AAAAAAAABBBB", 3'900ms, 4}, {"AAAAAAAABBBB", 4'000ms, 8},
      {"AAAAAAAABBBB", 7'900ms, 8},   {"AAAAAAAABBBB", 8'500ms, 8}, {"AAAAAAAABBBB", 9'000ms, 8},
      {"AAAAAAAABBBB", 10'001ms, 10}, {"AAAA    BBBB", 3'900ms, 3}, {"AAAA    BBBB", 5'000ms, 8},
  };
  for (const auto& c : cases) {
    CAPTURE(c.drawing, c.at.count());
    CHECK(Drawn(c.drawing).entry_at(c.at) == c.entry);
  }
}

TEST_CASE("what cannot be entered can be begun only where it takes over") {
  Drawn drawn("AAAABbbbbbbb");
  drawn.tracks[1]->is_enterable = false;
  CHECK(drawn.entry_at(4'800ms) == 4);
  CHECK(drawn.entry_at(5'000ms) == 4);
  CHECK(drawn.entry_at(6'000ms) == -1);
}

TEST_CASE("what a player could still be given is kept, and nothing else for long") {
  Timeline timeline;
  const auto track = std::make_shared<Track>();
  for (int second = 0; second < 100; ++second) {
    TimedPiece piece;
    piece.due = begin + std::chrono::seconds(second);
    piece.piece.duration = 1s;
    piece.piece.is_entry = second % 40 == 0;
    piece.track = track;
    timeline.append(piece);
  }
  timeline.forget_before(begin + 10s);
  CHECK(timeline.first() == 0);
  timeline.forget_before(begin + 39s);
  // The key frame of 40 seconds ago is not worth it.
  CHECK(timeline.first() == 19);
  timeline.forget_before(begin + 45s);
  CHECK(timeline.first() == 40);
  timeline.clear();
  CHECK(timeline.first() == 100);
  CHECK(timeline.end() == 100);
}
