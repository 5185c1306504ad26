#include "core/media/frame_header.hpp"
#include "player-bridge/programme.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using namespace std::chrono_literals;

namespace {

constexpr WallTime begin = FakeOnAir::begin;

/// Whether each piece begins where the one before it ends, give or take a frame.
bool is_without_hole(const std::vector<TimedPiece>& pieces) {
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    if (std::chrono::abs(pieces[i].due - pieces[i - 1].end()) > 27ms) return false;
  }
  return true;
}

Duration length(const std::vector<TimedPiece>& pieces) {
  return pieces.empty() ? Duration::zero() : pieces.back().end() - pieces.front().due;
}

/// A song, and another one whose start is `pause` after the first one's end.
void add_with_pause(Station& station, std::chrono::seconds pause) {
  station.on_air.add("song", mp3_file(20s, 1), 20s);
  station.on_air.add("next", mp3_file(20s, 2), 20s);
  playlist::Playlist playlist = station.on_air.playlist();
  playlist.items[1].start = begin + 20s + pause;
  station.on_air.replace(playlist);
}

}  // namespace

TEST_CASE("a gap between two items is filled with silent frames of the same format") {
  Station station;
  add_with_pause(station, 30s);
  station.run_for(65s);
  CHECK(is_without_hole(station.recorder.pieces()));
  const auto silence = station.recorder.of("");
  REQUIRE_FALSE(silence.empty());
  CHECK(std::chrono::abs(length(silence) - 30s) <= 30ms);
  const auto song = media::parse_mpeg_header(station.recorder.of("song")[0].piece.bytes.view());
  const auto silent = media::parse_mpeg_header(silence[0].piece.bytes.view());
  REQUIRE((song && silent));
  CHECK(silent->family == song->family);
  CHECK(silent->rate == song->rate);
  CHECK(station.recorder.of("next")[0].due == StreamTime(begin + 50s));
  // All of it within one connection.
  const auto& pieces = station.recorder.pieces();
  CHECK(pieces.front().track->run == pieces.back().track->run);
}

TEST_CASE("what is left of a slot when its file is over is silence as well") {
  Station station;
  station.on_air.add("song", mp3_file(15s, 1), 20s);
  station.on_air.add("next", mp3_file(20s, 2), 20s);
  station.run_for(35s);
  CHECK(is_without_hole(station.recorder.pieces()));
  CHECK(std::chrono::abs(length(station.recorder.of("")) - 5s) <= 30ms);
  CHECK(station.recorder.of("next")[0].due == StreamTime(begin + 20s));
}

TEST_CASE("a station switched on in a gap is silent in the format of what comes next") {
  Station station;
  station.on_air.add("song", mp3_file(20s, 1), 20s);
  SECTION("and then plays it from its first frame") {
    station.on_air.set_now(begin - 20s);
    station.run_for(30s);
    CHECK(is_without_hole(station.recorder.pieces()));
    CHECK(station.recorder.of("")[0].due == StreamTime(begin - 20s));
    CHECK(station.recorder.of("song")[0].due == StreamTime(begin));
  }
  SECTION("but says nothing while that is not known") {
    station.on_air.set_now(begin - 40s);
    station.run_for(5s);
    CHECK(station.recorder.pieces().empty());
  }
}

TEST_CASE("after the last item there is silence until a new playlist has something to play") {
  Station station;
  station.on_air.add("song", mp3_file(20s, 1), 20s);
  station.run_for(60s);
  CHECK(std::chrono::abs(length(station.recorder.of("")) - 44s) <= 1s);
  station.on_air.add("late", mp3_file(60s, 2), 60s);
  playlist::Playlist playlist = station.on_air.playlist();
  playlist.items[1].start = begin + 50s;
  station.on_air.replace(playlist);
  station.run_for(10s);
  CHECK(is_without_hole(station.recorder.pieces()));
  const auto late = station.recorder.of("late");
  REQUIRE_FALSE(late.empty());
  CHECK(std::chrono::abs(late[0].due - late[0].piece.start - StreamTime(begin + 50s)) <= 52ms);
}

TEST_CASE("a gap after a format that cannot be silent is a pause") {
  Station station;
  add_with_pause(station, 30s);
  station.on_air.file("song") = opaque_file(100'000, 1);
  station.run_for(65s);
  CHECK(station.recorder.of("next")[0].due == StreamTime(begin + 50s));
  CHECK(station.recorder.bytes_of("song").size() == 100'000);
}

TEST_CASE("filler loops in a gap and gives way at the exact start") {
  Station station;
  add_with_pause(station, 30s);
  station.on_air.add("filler", mp3_file(8s, 3), 8s);
  playlist::Playlist playlist = station.on_air.playlist();
  playlist.items[2].is_filler = true;
  playlist.items[2].start.reset();
  station.on_air.replace(playlist);
  station.run_for(65s);
  CHECK(is_without_hole(station.recorder.pieces()));
  const auto filler = station.recorder.of("filler");
  CHECK(std::chrono::abs(length(filler) - 30s) <= 60ms);
  const auto rounds = std::count_if(filler.begin(), filler.end(), [](const TimedPiece& piece) {
    return piece.piece.offset == 0;
  });
  CHECK(rounds == 4);
  CHECK(std::chrono::abs(station.recorder.of("next")[0].due - StreamTime(begin + 50s)) <= 26ms);
}

TEST_CASE("what cannot follow in the same connection begins another run") {
  Station station;
  station.on_air.add("song", mp3_file(20s, 1), 20s);
  station.on_air.add("again", mp3_file(20s, 2), 20s);
  station.on_air.add("other", opaque_file(100'000, 1), 20s);
  station.on_air.add("another", opaque_file(100'000, 2), 20s);
  station.run_for(80s);
  const auto run = [&](const char* title) { return station.recorder.of(title)[0].track->run; };
  CHECK(run("song") == run("again"));
  CHECK(run("other") > run("again"));
  CHECK(run("another") > run("other"));
}

TEST_CASE("over a day of items that are all a little too long or too short nothing drifts") {
  const auto error = GENERATE(-35ms, 45ms);
  Station station;
  const FakeFile file = mp3_file(240s + error, 1);
  for (int i = 0; i < 360; ++i) station.on_air.add(std::to_string(i), file, 240s);
  // A turn a second is enough, as the programme works ahead.
  for (int second = 0; second < 86'390; ++second) {
    station.turn();
    station.on_air.advance(1s);
  }
  int item = -1;
  StreamTime ended{};
  bool is_on_time = true;
  bool is_whole = true;
  for (const TimedPiece& piece : station.recorder.pieces()) {
    if (piece.piece.offset == 0 && !piece.track->title.empty()) {
      ++item;
      is_on_time =
          is_on_time && std::chrono::abs(piece.due - StreamTime(begin + item * 240s)) <= 200ms;
    }
    is_whole = is_whole && (item == 0 || std::chrono::abs(piece.due - ended) <= 1ms);
    ended = piece.end();
  }
  CHECK(item == 359);
  CHECK(is_on_time);
  CHECK(is_whole);
}
