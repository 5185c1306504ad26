#include "player-bridge/programme.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr WallTime begin = FakeOnAir::begin;

std::string whole(const FakeFile& file) {
  return to_string(file.bytes);
}

}  // namespace

TEST_CASE("over fifty items whose files are not as long as planned each begins at its instant") {
  const auto error =
      GENERATE(milliseconds(40), milliseconds(-150), milliseconds(-5'000), milliseconds(5'000));
  CAPTURE(error.count());
  Station station;
  const FakeFile file = mp3_file(seconds(20) + error, 1);
  for (int i = 0; i < 50; ++i) station.on_air.add("song" + std::to_string(i), file, seconds(20));
  station.run_for(seconds(980));
  for (int i = 0; i < 49; ++i) {
    const auto pieces = station.recorder.of("song" + std::to_string(i));
    REQUIRE_FALSE(pieces.empty());
    const StreamTime planned = begin + i * seconds(20);
    CAPTURE(i);
    REQUIRE(std::chrono::abs(pieces[0].due - planned) <= milliseconds(200));
    REQUIRE(pieces[0].piece.offset == 0);
    // Frames are left out only where the next item would begin too late.
    const std::string bytes = station.recorder.bytes_of("song" + std::to_string(i));
    REQUIRE((whole(file).starts_with(bytes)));
    if (error < milliseconds(0)) REQUIRE(bytes.size() == file.bytes.size());
    const StreamTime end = pieces.back().due + pieces.back().piece.duration;
    REQUIRE(end <= planned + seconds(20) + milliseconds(200));
  }
}

TEST_CASE("a long pause takes nothing from the item before it nor from the one behind it") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(seconds(20), 1), seconds(20));
  FakeFile& next = station.on_air.add("next", mp3_file(seconds(20), 2), seconds(20));
  playlist::Playlist playlist = station.on_air.playlist();
  playlist.items[1].start = begin + seconds(200);
  station.on_air.replace(playlist);
  station.run_for(seconds(230));
  CHECK((station.recorder.bytes_of("song") == whole(song)));
  CHECK((station.recorder.bytes_of("next") == whole(next)));
  CHECK(station.recorder.of("next")[0].due == StreamTime(begin + seconds(200)));
}

TEST_CASE("a station switched on in a pause plays the next item from its first frame") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(seconds(20), 1), seconds(20));
  station.on_air.set_now(begin - milliseconds(90'020));
  station.run_for(seconds(120));
  CHECK((station.recorder.bytes_of("song") == whole(song)));
  CHECK(station.recorder.of("song")[0].due == StreamTime(begin));
}

TEST_CASE("a new playlist in the middle of an item") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(seconds(40), 1), seconds(40));
  FakeFile& next = station.on_air.add("next", mp3_file(seconds(20), 2), seconds(20));
  station.run_for(seconds(10));
  playlist::Playlist playlist = station.on_air.playlist();

  SECTION("that lists others before it disturbs nothing") {
    playlist::Item old = playlist.items[1];
    old.start = begin - seconds(100);
    playlist.items.insert(playlist.items.begin(), old);
    station.on_air.replace(playlist);
    station.run_for(seconds(30));
    CHECK((station.recorder.bytes_of("song") == whole(song)));
  }
  SECTION("that ends it later lets it play on") {
    playlist.items[0].duration = seconds(60);
    station.on_air.replace(playlist);
    // The file is 40 s long: what follows is a pause, not the next item.
    station.run_for(seconds(52));
    CHECK((station.recorder.bytes_of("song") == whole(song)));
    REQUIRE_FALSE(station.recorder.of("next").empty());
    CHECK(station.recorder.of("next")[0].due == StreamTime(begin + seconds(60)));
  }
  SECTION("that ends it sooner begins the next item on time") {
    playlist.items[0].duration = seconds(20);
    station.on_air.replace(playlist);
    station.run_for(seconds(30));
    CHECK((whole(next).starts_with(station.recorder.bytes_of("next"))));
    CHECK(std::chrono::abs(station.recorder.of("next")[0].due - StreamTime(begin + seconds(20))) <=
          milliseconds(200));
  }
  SECTION("that ends it in a moment goes on in the next item where the stream stands") {
    playlist.items[0].duration = seconds(12);
    station.on_air.replace(playlist);
    station.run_for(seconds(20));
    const auto& pieces = station.recorder.pieces();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      REQUIRE(std::chrono::abs(pieces[i].due - (pieces[i - 1].due +
                                                pieces[i - 1].piece.duration)) <= milliseconds(30));
    }
    REQUIRE_FALSE(station.recorder.of("next").empty());
  }
  SECTION("that has another file in its place goes on with that one where the stream stands") {
    station.on_air.add("other", mp3_file(seconds(40), 3), seconds(40));
    playlist.items[0].url = *http::Url::parse(FakeOnAir::url_of("other"));
    playlist.items[0].title = "other";
    station.on_air.replace(playlist);
    const std::size_t before = station.recorder.pieces().size();
    station.run_for(seconds(1));
    REQUIRE(station.recorder.pieces().size() > before);
    const TimedPiece& first = station.recorder.pieces()[before];
    CHECK(first.track->title == "other");
    CHECK(std::chrono::abs(first.due - station.recorder.pieces()[before - 1].end()) <=
          milliseconds(30));
    CHECK(std::chrono::abs(first.piece.start - (first.due - begin)) <= milliseconds(60));
    CHECK(first.piece.bytes.view()[100] == 3);
  }
}
