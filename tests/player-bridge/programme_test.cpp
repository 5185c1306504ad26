#include "player-bridge/programme.hpp"

#include "tests/core/media/samples.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr WallTime begin = FakeOnAir::begin;
constexpr milliseconds frame{26};

/// Whether the piece that is due at `t` is that part of the file, to a frame or two.
bool plays_on_time(const TimedPiece& piece, WallTime start) {
  const Duration lag = piece.due - StreamTime(start) - piece.piece.start;
  return std::chrono::abs(lag) <= 2 * frame;
}

std::string whole(const FakeFile& file) {
  return to_string(file.bytes);
}

}  // namespace

TEST_CASE("an item is joined where the clock is, to a frame") {
  Station station;
  station.on_air.add("song", mp3_file(minutes(2), 1), minutes(2));
  const auto offset = GENERATE(milliseconds(0), milliseconds(10), milliseconds(999),
                               milliseconds(30'500), milliseconds(119'000));
  CAPTURE(offset.count());
  station.on_air.set_now(begin + offset);
  station.turn();
  REQUIRE_FALSE(station.recorder.pieces().empty());
  const TimedPiece& first = station.recorder.pieces().front();
  CHECK(std::chrono::abs(first.piece.start - Duration(offset)) <= 2 * frame);
  CHECK(plays_on_time(first, begin));
  CHECK(station.programme.take_remarks().empty());
}

TEST_CASE("without a seconds index the place is estimated, and that is said once") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(minutes(2), 1), minutes(2));
  song.facts.seconds.clear();
  song.lack_all();
  station.on_air.set_now(begin + seconds(60));
  // Entered again and again while nothing comes.
  station.run_for(seconds(11));
  song.missing.clear();
  station.run_for(seconds(5));
  const auto pieces = station.recorder.of("song");
  REQUIRE_FALSE(pieces.empty());
  CHECK(std::all_of(pieces.begin(), pieces.end(),
                    [](const TimedPiece& piece) { return plays_on_time(piece, begin); }));
  const auto remarks = station.programme.take_remarks();
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0] == "song has no seconds index and is entered at an estimated place");
}

TEST_CASE(
    "pieces follow each other without a gap in bytes or time, up to a little ahead of the clock") {
  Station station;
  const FakeFile& song = station.on_air.add("song", mp3_file(minutes(2), 1), minutes(2));
  const FakeFile& next = station.on_air.add("next", mp3_file(minutes(2), 2), minutes(2));
  station.run_for(minutes(2) + seconds(30));
  CHECK((station.recorder.bytes_of("song") == whole(song)));
  CHECK((whole(next).starts_with(station.recorder.bytes_of("next"))));
  const auto& pieces = station.recorder.pieces();
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    REQUIRE(pieces[i].due == pieces[i - 1].due + pieces[i - 1].piece.duration);
  }
  CHECK(pieces.back().due > StreamTime(station.on_air.programme_now()) + seconds(4));
  CHECK(pieces.back().due < StreamTime(station.on_air.programme_now()) + seconds(5));
}

TEST_CASE("bytes that come less than two seconds late are played without loss") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(minutes(1), 1), minutes(1));
  const auto late = GENERATE(milliseconds(500), milliseconds(1'300), milliseconds(1'900));
  CAPTURE(late.count());
  song.missing = {20};
  // Chunk 20 begins 20.52 s into the file.
  station.run_for(milliseconds(20'520) + late);
  CHECK(station.on_air.need().next == hash::ChunkIndex{20});
  song.missing.clear();
  station.run_for(minutes(1));
  CHECK((station.recorder.bytes_of("song") == whole(song)));
}

TEST_CASE("what is here is not left out because the program stood still before a seam") {
  Station station;
  const FakeFile& song = station.on_air.add("song", mp3_file(minutes(1), 1), minutes(1));
  const FakeFile& next = station.on_air.add("next", mp3_file(minutes(1), 2), minutes(1));
  station.run_for(seconds(54));
  const auto standstill =
      GENERATE(milliseconds(4'500), milliseconds(5'000), milliseconds(5'500), milliseconds(5'900));
  CAPTURE(standstill.count());
  station.on_air.advance(standstill);
  station.run_for(seconds(20));
  CHECK((station.recorder.bytes_of("song") == whole(song)));
  CHECK((whole(next).starts_with(station.recorder.bytes_of("next"))));
}

TEST_CASE("bytes that come later are left out and the item is entered where the clock is") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(minutes(1), 1), minutes(1));
  song.missing = {20};
  station.run_for(seconds(28));
  station.run_for(seconds(2));
  song.missing.clear();
  station.run_for(seconds(30));
  const auto pieces = station.recorder.of("song");
  CHECK(std::all_of(pieces.begin(), pieces.end(),
                    [](const TimedPiece& piece) { return plays_on_time(piece, begin); }));
  // One hole, nothing twice, and the end is there.
  int holes = 0;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    const auto expected = pieces[i - 1].piece.offset + pieces[i - 1].piece.bytes.size();
    REQUIRE(pieces[i].piece.offset >= expected);
    if (pieces[i].piece.offset > expected) ++holes;
  }
  CHECK(holes == 1);
  CHECK(pieces.back().piece.offset + pieces.back().piece.bytes.size() == song.bytes.size());
}

TEST_CASE("when the clock is set within an item the programme is at the right place at once") {
  Station station;
  station.on_air.add("song", mp3_file(minutes(12), 1), minutes(12));
  station.on_air.set_now(begin + minutes(6));
  station.run_for(seconds(10));
  const auto step = GENERATE(minutes(-5), minutes(5));
  CAPTURE(step.count());
  station.on_air.advance(step);
  const StreamTime after = station.on_air.programme_now();
  const std::size_t before = station.recorder.pieces().size();
  station.run_for(seconds(1));
  const auto& pieces = station.recorder.pieces();
  REQUIRE(pieces.size() > before);
  CHECK(std::chrono::abs(pieces[before].due - after) <= 2 * frame);
  CHECK(plays_on_time(pieces[before], begin));
}

TEST_CASE("when the clock is set by an hour the item of that hour is entered at once") {
  Station station;
  const FakeFile file = mp3_file(minutes(1), 1);
  for (int i = 0; i < 180; ++i) station.on_air.add("song" + std::to_string(i), file, minutes(1));
  station.on_air.set_now(begin + minutes(90) + seconds(20));
  station.run_for(seconds(10));
  const auto step = GENERATE(minutes(-60), minutes(60));
  station.on_air.advance(step);
  const StreamTime after = station.on_air.programme_now();
  const std::size_t before = station.recorder.pieces().size();
  station.run_for(seconds(1));
  const auto& pieces = station.recorder.pieces();
  REQUIRE(pieces.size() > before);
  CHECK(std::chrono::abs(pieces[before].due - after) <= 2 * frame);
  CHECK(plays_on_time(pieces[before], begin + minutes(90) + step));
}

TEST_CASE("a broken item delays nothing: the next begins with its first frame at its instant") {
  Station station;
  FakeFile& song = station.on_air.add("song", mp3_file(seconds(30), 1), seconds(30));
  const FakeFile& next = station.on_air.add("next", mp3_file(seconds(30), 2), seconds(30));
  const auto joined_at =
      GENERATE(milliseconds(0), milliseconds(350), milliseconds(1'150), milliseconds(1'900));
  SECTION("of which nothing is known") {
    song.is_known = false;
  }
  SECTION("of which nothing comes") {
    song.lack_all();
  }
  SECTION("whose last bytes do not come") {
    song.missing = {28, 29};
  }
  SECTION("that is no music at all") {
    song.type = "text/html";
    song.bytes = Bytes(300, '<');
    song.facts = {};
  }
  CAPTURE(joined_at.count());
  station.on_air.set_now(begin + joined_at);
  station.run_for(seconds(62));
  const auto pieces = station.recorder.of("next");
  REQUIRE_FALSE(pieces.empty());
  CHECK(pieces[0].due == StreamTime(begin + seconds(30)));
  CHECK((station.recorder.bytes_of("next") == whole(next)));
}

TEST_CASE("a file that cannot be entered plays from its beginning, and that is said once") {
  Station station;
  FakeFile& song = station.on_air.add(
      "song", FakeFile{.bytes = Bytes(400'000, 'x'), .type = "audio/x-mystery"}, seconds(60));
  for (std::size_t i = 0; i < song.bytes.size(); ++i)
    song.bytes[i] = static_cast<std::uint8_t>(i / 7 & 63);
  song.lack_all();
  station.on_air.set_now(begin + seconds(10));
  station.run_for(seconds(7));
  song.missing.clear();
  station.run_for(seconds(20));
  const auto pieces = station.recorder.of("song");
  REQUIRE_FALSE(pieces.empty());
  CHECK((whole(song).starts_with(station.recorder.bytes_of("song"))));
  const auto remarks = station.programme.take_remarks();
  REQUIRE(remarks.size() == 1);
  CHECK(remarks[0] ==
        "song (audio/x-mystery) cannot be entered in the middle and plays from its beginning");
}

TEST_CASE("a title that is told while its item is on air is shown from then on") {
  Station station;
  station.on_air.add("song", mp3_file(seconds(20), 1), seconds(20));
  playlist::Playlist playlist = station.on_air.playlist();
  playlist.items[0].title = "Withheld";
  station.on_air.replace(playlist);
  station.run_for(seconds(8));
  playlist.items[0].title = "Told";
  station.on_air.replace(playlist);
  station.run_for(seconds(14));
  const auto before = station.recorder.of("Withheld");
  const auto after = station.recorder.of("Told");
  REQUIRE((!before.empty() && !after.empty()));
  CHECK(before.size() + after.size() == frames_for(seconds(20), 1).size());
  // The stream is made four and a half seconds ahead.
  CHECK(after[0].due >= StreamTime(begin + seconds(12)));
  CHECK(after[0].due <= StreamTime(begin + seconds(13)));
  CHECK(after[0].due == before.back().end());
  CHECK(after[0].track->run == before[0].track->run);
}
