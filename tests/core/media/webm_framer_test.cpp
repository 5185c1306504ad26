#include "core/media/framer.hpp"
#include "core/media/seconds_index.hpp"
#include "tests/core/media/samples.hpp"
#include "tests/core/media/webm_samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

/// The file as it is given: Segment and clusters have unknown sizes.
Bytes opened(Bytes file) {
  const Bytes id = {0x1f, 0x43, 0xb6, 0x75};
  for (auto at = file.begin();
       (at = std::search(at, file.end(), id.begin(), id.end())) != file.end(); at += 4) {
    if (at[4] >> 4 == 1) std::copy_n(Bytes{0x1f, 0xff, 0xff, 0xff}.begin(), 4, at + 4);
  }
  return file;
}

/// "HE..E." : headers, media to begin with, other media.
std::string entry_kinds(const std::vector<Piece>& pieces) {
  std::string text;
  for (const Piece& piece : pieces) {
    text += piece.kind == Piece::Kind::header ? 'H' : piece.is_entry ? 'E' : '.';
  }
  return text;
}

std::vector<Duration> entries(const std::vector<Piece>& pieces) {
  std::vector<Duration> times;
  for (const Piece& piece : pieces) {
    if (piece.kind == Piece::Kind::media && piece.is_entry) times.push_back(piece.start);
  }
  return times;
}

void check_time(const std::vector<Piece>& pieces) {
  Duration at = pieces.front().start;
  for (const Piece& piece : pieces) {
    REQUIRE(piece.start == at);
    REQUIRE(piece.duration >= 0s);
    at = piece.start + piece.duration;
  }
}

/// What comes of a file entered at byte `from` after its beginning was read.
std::vector<Piece> entered(ByteView file, std::size_t from) {
  const auto framer = make_framer(Format::webm, 0s, file.size());
  std::size_t seen = 0;
  while (!framer->can_jump() && seen < file.size()) {
    framer->feed(file.subspan(seen++, 1));
    if (const auto piece = framer->next()) REQUIRE(piece->kind == Piece::Kind::header);
  }
  REQUIRE(framer->can_jump());
  framer->jump(from, 0s);
  framer->feed(file.subspan(from));
  framer->finish();
  std::vector<Piece> pieces;
  while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
  return pieces;
}

SecondsIndex seconds_of(ByteView file) {
  SecondsIndexer indexer(make_framer(Format::webm, {}, 0));
  indexer.feed(file);
  indexer.finish();
  return indexer.seconds();
}

}  // namespace

TEST_CASE("a film is given whole, a block a piece, dated by its blocks") {
  const Bytes file = film(3);
  for (const std::size_t step : {1, 2, 63, 64, 65, 1'000, 100'000}) {
    CAPTURE(step);
    const auto pieces = pieces_of(Format::webm, file, step);
    CHECK(bytes_of(pieces) == opened(file));
    // A cluster has 40 blocks of sound and 20 of pictures.
    const std::string cluster = "E" + std::string(59, '.');
    CHECK(entry_kinds(pieces) == "H" + cluster + cluster + cluster);
    CHECK(pieces[0].begins_link);
    check_time(pieces);
    CHECK(entries(pieces) == std::vector<Duration>{0s, 2s, 4s});
    CHECK(pieces.back().start == 5'950ms);
    CHECK(pieces.back().start + pieces.back().duration == 6s);
  }
  const auto framer = make_framer(Format::webm, 10s, file.size());
  CHECK(framer->can_be_entered());
  CHECK(framer->family().empty());
}

TEST_CASE("a live film without sizes is given as it is") {
  const Bytes file = film(3, true);
  const auto pieces = pieces_of(Format::webm, file, 777);
  CHECK(bytes_of(pieces) == file);
  CHECK(entries(pieces) == std::vector<Duration>{0s, 2s, 4s});
}

TEST_CASE("sound alone is put into clusters that a player can begin with") {
  const Bytes file = song(3);
  const auto pieces = pieces_of(Format::webm, file, 1'000);
  check_time(pieces);
  const auto times = entries(pieces);
  REQUIRE(times.size() > 15 * 3);
  for (std::size_t i = 1; i < times.size(); ++i) {
    REQUIRE(times[i] > times[i - 1]);
    REQUIRE(times[i] - times[i - 1] <= 270ms);
  }
  // Read again, what was given is the same in time, with as many clusters as entries.
  const auto again = pieces_of(Format::webm, bytes_of(pieces));
  CHECK(bytes_of(again) == bytes_of(pieces));
  CHECK(entries(again) == times);
  REQUIRE(again.size() == pieces.size());
  for (std::size_t i = 0; i < again.size(); ++i) REQUIRE(again[i].start == pieces[i].start);
}

TEST_CASE("each second of a film leads to the last key picture before it") {
  const Bytes file = film(3);
  const auto pieces = pieces_of(Format::webm, file);
  const auto seconds = seconds_of(file);
  REQUIRE(seconds.size() == 6);
  for (std::size_t s = 0; s < 6; ++s) {
    const auto found = entered(file, static_cast<std::size_t>(seconds[s]));
    CAPTURE(s);
    REQUIRE(!found.empty());
    CHECK(found[0].is_entry);
    CHECK(found[0].start == std::chrono::seconds(s / 2 * 2));
  }
}

TEST_CASE("each second of a song leads to a cluster at most five seconds before it") {
  const Bytes file = song(3);
  const auto seconds = seconds_of(file);
  REQUIRE(seconds.size() == 15);
  for (std::size_t s = 0; s < 15; ++s) {
    const auto found = entered(file, static_cast<std::size_t>(seconds[s]));
    CAPTURE(s);
    REQUIRE(!found.empty());
    CHECK(found[0].start == std::chrono::seconds(s / 5 * 5));
    CHECK(entries(found)[1] - found[0].start <= 270ms);
  }
}

TEST_CASE("a film is entered at any byte, at the next key picture") {
  const Bytes file = film(4);
  const auto whole = pieces_of(Format::webm, file);
  for (std::size_t from = 0; from < file.size(); from += 37) {
    const auto pieces = entered(file, from);
    const auto expected = std::find_if(whole.begin(), whole.end(), [&](const Piece& piece) {
      return piece.kind == Piece::Kind::media && piece.is_entry && piece.offset >= from;
    });
    CAPTURE(from);
    REQUIRE(pieces.size() == static_cast<std::size_t>(whole.end() - expected));
    if (pieces.empty()) continue;
    REQUIRE(pieces[0].start == expected->start);
    REQUIRE(bytes_of(pieces) == bytes_of({expected, whole.end()}));
  }
}

TEST_CASE("a cluster that starts with another picture than a key picture is no entry") {
  const auto picture = [](std::int16_t ticks, bool is_key, bool in_group) {
    return in_group ? block_group(1, ticks, is_key) : simple_block(1, ticks, is_key);
  };
  for (const bool in_group : {false, true}) {
    CAPTURE(in_group);
    const Bytes sound = simple_block(2, 0, true);
    const Bytes file = joined({
        webm_head({TrackType::video, TrackType::audio}),
        cluster(0, {sound, picture(0, true, in_group), picture(40, false, in_group)}),
        cluster(1'000, {sound, picture(0, false, in_group), picture(40, true, in_group)}),
        cluster(2'000, {sound, sound}),
        cluster(3'000, {picture(0, true, in_group)}),
        cluster(4'000, {sound}),
    });
    for (const std::size_t step : {1, 10'000}) {
      CHECK(entries(pieces_of(Format::webm, file, step)) == std::vector<Duration>{0s, 3s});
    }
    CHECK(seconds_of(file) == SecondsIndex{seconds_of(file)[0], seconds_of(file)[0],
                                           seconds_of(file)[0], seconds_of(file)[3],
                                           seconds_of(file)[3]});
  }
}

TEST_CASE("a large picture goes in parts, of which the last takes the time") {
  const Bytes file =
      joined({webm_head({TrackType::video}),
              cluster(0, {simple_block(1, 0, true, 100'000), simple_block(1, 40, false, 10)})});
  for (const std::size_t step : {1'000, 1'000'000}) {
    const auto pieces = pieces_of(Format::webm, file, step);
    CHECK(bytes_of(pieces) == opened(file));
    CHECK(entry_kinds(pieces) == "HE....");
    check_time(pieces);
    for (std::size_t i = 1; i < 4; ++i) CHECK(pieces[i].duration == 0s);
    CHECK(pieces[4].duration == 40ms);
    for (const Piece& piece : pieces) CHECK(piece.bytes.size() <= 32 * 1024);
  }
}

TEST_CASE("times are counted from the first block and in the file's own unit") {
  const Bytes file =
      joined({webm_head({TrackType::video}, "matroska", 500'000),
              cluster(2'000'000, {simple_block(1, -20, true), simple_block(1, 0, false)}),
              cluster(2'000'100, {simple_block(1, 0, true)})});
  const auto pieces = pieces_of(Format::webm, file);
  REQUIRE(entry_kinds(pieces) == "HE.E");
  CHECK(pieces[1].start == 0s);
  CHECK(pieces[2].start == 10ms);
  CHECK(pieces[3].start == 60ms);
}

TEST_CASE("subtitles, and blocks out of step, do not turn or stop time") {
  const Bytes file = joined({webm_head({TrackType::video, TrackType::audio, TrackType::subtitle}),
                             cluster(0, {simple_block(1, 0, true), simple_block(3, 30'000, true),
                                         simple_block(2, 60, true), simple_block(1, 40, false),
                                         element(0xec, Bytes(300)), simple_block(1, 80, false)})});
  const auto pieces = pieces_of(Format::webm, file);
  CHECK(bytes_of(pieces) == opened(file));
  check_time(pieces);
  CHECK(pieces.back().start == 80ms);
}

TEST_CASE("damage costs the rest of its cluster") {
  Bytes file = film(3);
  const auto whole = pieces_of(Format::webm, file);
  const std::size_t at = static_cast<std::size_t>(whole[70].offset);  // in the second cluster
  for (const std::uint8_t byte : {std::uint8_t{0x00}, std::uint8_t{0x81}}) {
    file[at] = byte;
    const auto pieces = pieces_of(Format::webm, file, 500);
    const std::vector<Piece> before(whole.begin(), whole.begin() + 70);
    const std::vector<Piece> after(whole.begin() + 121, whole.end());
    CHECK(bytes_of(pieces) == joined({bytes_of(before), bytes_of(after)}));
    CHECK(entries(pieces) == std::vector<Duration>{0s, 2s, 4s});
  }
}

TEST_CASE("what is no WebM, or has too long a head, is carried from its beginning") {
  const Bytes head = webm_head({TrackType::audio});
  const Bytes media = cluster(0, {simple_block(1, 0, true, 5'000)});
  for (const Bytes& file : {
           Bytes(10'000, 'x'),
           joined({head, element(0x1941a469, Bytes(1024 * 1024)), media}),
           joined({element(0x1a45dfa3, {}), open_element(0x18538067, media)}),  // no tracks
           joined({head, open_element(0x1254c367, Bytes(100)), media}),
           head,
       }) {
    CAPTURE(file.size());
    const auto framer = make_framer(Format::webm, 10s, file.size());
    std::vector<Piece> pieces;
    for (std::size_t at = 0; at < file.size(); at += 1'000) {
      framer->feed(ByteView(file).subspan(at, std::min<std::size_t>(1'000, file.size() - at)));
      while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
    }
    framer->finish();
    while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
    CHECK_FALSE(framer->can_jump());
    CHECK(bytes_of(pieces) == file);
    CHECK(std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) {
            return piece.kind == Piece::Kind::media && piece.is_entry;
          }) <= 1);
    if (pieces.back().kind == Piece::Kind::media) {
      CHECK_FALSE(framer->can_be_entered());
      CHECK(pieces.back().start + pieces.back().duration == 10s);
    }
  }
}

TEST_CASE("another file behind the first one is carried without times of its own") {
  const Bytes first = film(2);
  const Bytes file = joined({first, film(2)});
  const auto pieces = pieces_of(Format::webm, file, 3'000);
  CHECK(bytes_of(pieces) == joined({opened(first), film(2)}));
  check_time(pieces);
  CHECK(entries(pieces) == std::vector<Duration>{0s, 2s});
}

TEST_CASE("a film cut short is given up to the last block that is whole") {
  const Bytes file = film(2);
  for (std::size_t size = 0; size < file.size(); size += 11) {
    const ByteView part = ByteView(file).first(size);
    const Bytes at_once = bytes_of(pieces_of(Format::webm, part));
    REQUIRE(at_once.size() <= size);
    REQUIRE(at_once == bytes_of(pieces_of(Format::webm, part, 7)));
  }
}
