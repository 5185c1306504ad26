#include "core/media/framer.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

TEST_CASE("an Ogg file is given whole, page by page, however the bytes arrive") {
  const Bytes file = opus_file(7, 5);
  for (const std::size_t step : {1, 26, 27, 28, 1'000, 100'000}) {
    CAPTURE(step);
    const auto pieces = pieces_of(Format::ogg, file, step);
    CHECK(kinds(pieces) == "HH.....");
    CHECK(bytes_of(pieces) == file);
    CHECK(are_in_place(pieces, file));
  }
}

TEST_CASE("Opus time counts from the end of the pre-skip") {
  const auto pieces = pieces_of(Format::ogg, opus_file(7, 3, 312));
  REQUIRE(pieces.size() == 5);
  CHECK(pieces[2].start == 0s);
  CHECK(pieces[2].duration == 193'500us);
  CHECK(pieces[3].start == 193'500us);
  CHECK(end_of(pieces[4]) == 593'500us);
}

TEST_CASE("Opus that was cut out of a longer stream still begins at zero") {
  const auto pieces = pieces_of(Format::ogg, opus_file(7, 3, 312, std::int64_t{48'000} * 86'400));
  REQUIRE(pieces.size() == 5);
  CHECK(pieces[2].start == 0s);
  CHECK(end_of(pieces[4]) == 600ms);
}

TEST_CASE("headers are as many packets as the codec has") {
  struct Case {
    const char* name;
    Bytes first;
    std::vector<Bytes> others;
    std::int64_t granules_a_second;
  };
  const Bytes comment(200, 'c');
  const Bytes large(100'000, 'b');  // spans two pages
  for (const Case& c : {
           Case{"Vorbis", vorbis_head(44'100), {comment, large}, 44'100},
           Case{"Opus", opus_head(0), {large}, 48'000},
           Case{"FLAC", flac_head(32'000, 2), {comment, large}, 32'000},
           Case{"FLAC that says no number", flac_head(96'000, 0), {comment, large}, 96'000},
           Case{"Speex", speex_head(16'000), {comment}, 16'000},
       }) {
    CAPTURE(c.name);
    OggWriter writer(3);
    const Bytes before = headers(writer, c.first, c.others);
    Bytes file = before;
    std::int64_t granule = 0;
    for (int page = 0; page < 3; ++page) {
      // As much as packets of 20 ms hold in any of them.
      for (int i = 0; i < 5; ++i) {
        granule += c.granules_a_second / 50;
        Bytes packet = opus_packet(500);
        if (c.name[0] == 'F') packet[0] = 0xff;
        writer.packet(packet, granule);
      }
      const Bytes bytes = writer.flush();
      file.insert(file.end(), bytes.begin(), bytes.end());
    }
    const auto pieces = pieces_of(Format::ogg, file, 4'096);
    CHECK(bytes_of(pieces) == file);
    const std::string text = kinds(pieces);
    REQUIRE(text.size() > 3);
    CHECK(text == std::string(text.size() - 3, 'H') + "...");
    const auto first_media = std::find_if(pieces.begin(), pieces.end(), [](const Piece& piece) {
      return piece.kind == Piece::Kind::media;
    });
    CHECK(first_media->offset == before.size());
    CHECK(first_media->start == 0s);
    CHECK(end_of(pieces.back()) == 300ms);
  }
}

TEST_CASE("one stream of Vorbis, Opus or FLAC can be followed by another of the same kind") {
  struct Case {
    Bytes first;
    const char* family;
  };
  for (const Case& c : {
           Case{vorbis_head(44'100), "ogg:vorbis"},
           Case{opus_head(312), "ogg:opus"},
           Case{flac_head(44'100, 1, 4'608), "ogg:flac:4608:16"},
           Case{flac_head(22'050, 1, 2'304), "ogg:flac:2304:16"},
           Case{speex_head(16'000), ""},
           Case{theora_head(25, 1), ""},
           Case{to_bytes(as_bytes("something new")), ""},
       }) {
    const auto framer = make_framer(Format::ogg, {}, 0);
    CHECK(framer->can_be_entered());
    CHECK(framer->family().empty());
    OggWriter writer(1);
    writer.packet(c.first, 0);
    framer->feed(writer.flush());
    REQUIRE(framer->next());
    CHECK(framer->family() == c.family);
    OggWriter other(2);
    other.packet(opus_head(312), 0);
    framer->feed(other.flush());
    REQUIRE(framer->next());
    CHECK(framer->family().empty());
  }
}

TEST_CASE("sound and picture in one file: all their headers come first, sound tells the time") {
  OggWriter picture(1);
  OggWriter sound(2);
  picture.packet(theora_head(25, 1), 0);
  sound.packet(vorbis_head(48'000), 0);
  std::vector<Bytes> parts = {picture.flush(), sound.flush()};
  for (int i = 0; i < 2; ++i) picture.packet(Bytes(50, 't'), 0);
  parts.push_back(picture.flush());
  for (int i = 0; i < 2; ++i) sound.packet(Bytes(60, 'v'), 0);
  parts.push_back(sound.flush());
  for (int second = 1; second <= 3; ++second) {
    for (int i = 0; i < 25; ++i) picture.packet(Bytes(90, 'p'), std::int64_t{second} * 25 << 6);
    parts.push_back(picture.flush());
    for (int i = 0; i < 48; ++i) sound.packet(Bytes(30, 's'), std::int64_t{second} * 48'000);
    parts.push_back(sound.flush());
  }
  const Bytes file = joined(parts);
  const auto pieces = pieces_of(Format::ogg, file);
  CHECK(bytes_of(pieces) == file);
  CHECK(kinds(pieces) == "HHHH......");
  CHECK(pieces[4].duration == 0s);
  CHECK(pieces[5].start == 0s);
  CHECK(pieces[5].duration == 1s);
  CHECK(pieces[6].start == 1s);
  CHECK(end_of(pieces.back()) == 3s);
}

TEST_CASE("a picture alone tells its own time") {
  OggWriter writer(1);
  Bytes file = headers(writer, theora_head(25, 1), {Bytes(50, 't'), Bytes(60, 't')});
  for (int i = 1; i <= 50; ++i) {
    // A key picture every ten: the granule position has the key picture and the distance from it.
    writer.packet(Bytes(90, 'p'), std::int64_t{i / 10 * 10} << 6 | i % 10);
  }
  const Bytes media = writer.flush();
  file.insert(file.end(), media.begin(), media.end());
  CHECK(end_of(pieces_of(Format::ogg, file).back()) == 2s);
}

TEST_CASE("in a chain each link's headers are headers again, and time goes on") {
  const Bytes file = joined({opus_file(1, 3, 0), opus_file(2, 2, 0), opus_file(3, 4, 0)});
  const auto pieces = pieces_of(Format::ogg, file, 999);
  CHECK(bytes_of(pieces) == file);
  REQUIRE(kinds(pieces) == "HH...HH..HH....");
  Duration expected{};
  std::string links;
  for (const Piece& piece : pieces) {
    CHECK(piece.start == expected);
    expected += piece.duration;
    links += piece.begins_link ? 'L' : ' ';
  }
  CHECK(expected == 1'800ms);
  CHECK(links == "L    L   L     ");
}

TEST_CASE("a page that does not add up is left out, and time jumps over it") {
  Bytes file = opus_file(1, 5, 0);
  const auto whole = pieces_of(Format::ogg, file);
  file[whole[4].offset + 200] ^= 1;
  const auto pieces = pieces_of(Format::ogg, file, 100);
  REQUIRE(pieces.size() == whole.size() - 1);
  CHECK(pieces[4].offset == whole[5].offset);
  CHECK(pieces[4].start == 600ms);
  CHECK(pieces[4].duration == 200ms);
}

TEST_CASE("an unknown codec is carried whole and paced by its place in the file") {
  OggWriter writer(1);
  writer.packet(to_bytes(as_bytes("something new")), 0);
  Bytes file = writer.flush();
  for (int i = 1; i <= 4; ++i) {
    writer.packet(Bytes(2'000, 'x'), i);
    const Bytes page = writer.flush();
    file.insert(file.end(), page.begin(), page.end());
  }
  const auto pieces = pieces_of(Format::ogg, file);
  CHECK(bytes_of(pieces) == file);
  REQUIRE(kinds(pieces) == "H....");
  CHECK(end_of(pieces.back()) == 10s);
  CHECK(pieces[3].start > pieces[2].start);
}

TEST_CASE("positions that run backwards or far ahead never turn time back") {
  OggWriter writer(1);
  Bytes file = headers(writer, opus_head(0), {Bytes(9, 'c')});
  for (const std::int64_t granule :
       {std::int64_t{960}, std::int64_t{-5}, std::int64_t{1} << 62, std::int64_t{1'920},
        std::int64_t{0x7fffffffffffffff}, std::int64_t{2'880}}) {
    writer.packet(opus_packet(50), granule);
    const Bytes page = writer.flush();
    file.insert(file.end(), page.begin(), page.end());
  }
  Duration now{};
  for (const Piece& piece : pieces_of(Format::ogg, file)) {
    CHECK(piece.start >= now);
    CHECK(piece.duration >= 0s);
    now = end_of(piece);
  }
}
