#include "core/media/file_scan.hpp"
#include "core/media/framer.hpp"
#include "core/media/seconds_index.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

/// What a page holds, whatever its packets are.
Bytes body_of(const Piece& page) {
  const ByteView bytes = page.bytes.view();
  return to_bytes(bytes.subspan(27u + bytes[26]));
}

/// What comes of a file entered at byte `from` after its first `seen` bytes were read.
std::vector<Piece> entered(const Bytes& file, std::size_t seen, std::size_t from, Duration time) {
  const auto framer = make_framer(Format::ogg, 10s, file.size());
  framer->feed(ByteView(file).first(seen));
  while (framer->next()) {
  }
  REQUIRE(framer->can_jump());
  framer->jump(from, time);
  framer->feed(ByteView(file).subspan(from));
  framer->finish();
  std::vector<Piece> pieces;
  while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
  return pieces;
}

}  // namespace

TEST_CASE("an Ogg file is entered at any byte, at the next page, which knows its time") {
  const Bytes file = opus_file(9, 6, 312);
  const auto whole = pieces_of(Format::ogg, file);
  const std::size_t seen = whole[2].offset + 10;
  for (std::size_t from = 0; from < file.size(); from += 13) {
    const auto pieces = entered(file, seen, from, 2s);
    CAPTURE(from);
    const auto expected = std::find_if(whole.begin(), whole.end(),
                                       [&](const Piece& piece) { return piece.offset >= from; });
    // From the very beginning the file is simply read again.
    if (from == 0) {
      CHECK(bytes_of(pieces) == file);
      continue;
    }
    const auto first =
        std::max<std::ptrdiff_t>(expected - whole.begin(), 2);  // headers are not given twice
    REQUIRE(pieces.size() == whole.size() - static_cast<std::size_t>(first));
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& same = whole[static_cast<std::size_t>(first) + i];
      CHECK(pieces[i].offset == same.offset);
      CHECK(pieces[i].kind == Piece::Kind::media);
      CHECK(std::chrono::abs(pieces[i].start - same.start) <= (i == 0 ? 7ms : 0ms));
    }
  }
}

TEST_CASE("an Ogg file is not entered in the middle of a packet") {
  OggWriter writer(4);
  Bytes file = headers(writer, vorbis_head(44'100), {Bytes(9, 'c'), Bytes(9, 's')});
  const std::size_t headers_end = file.size();
  writer.packet(Bytes(10, 'a'), 1'024);
  std::vector<Bytes> pages = writer.pages();
  writer.packet(Bytes(150'000, 'b'), 2'048);  // three pages
  writer.packet(Bytes(10, 'c'), 3'072);
  for (Bytes& page : writer.pages()) pages.push_back(std::move(page));
  writer.packet(Bytes(10, 'd'), 4'096);
  const Bytes last = writer.flush();
  REQUIRE(pages.size() == 4);
  const std::size_t middle = headers_end + pages[0].size() + 1;
  file = joined({file, joined(pages), last});
  const auto pieces = entered(file, headers_end, middle, {});
  REQUIRE(pieces.size() == 2);
  CHECK(body_of(pieces[0]) == Bytes(10, 'c'));
  CHECK(pieces[0].is_entry);
  CHECK(pieces[0].offset == file.size() - last.size() - pages[3].size());
  CHECK(body_of(pieces[1]) == Bytes(10, 'd'));

  std::string entries;
  for (const Piece& piece : pieces_of(Format::ogg, file)) {
    if (piece.kind == Piece::Kind::media) entries += piece.is_entry ? 'E' : '.';
  }
  CHECK(entries == "EE..E");
}

TEST_CASE("after a jump into a later link nothing is given until the next one begins") {
  const Bytes first = opus_file(1, 3, 0);
  const Bytes second = opus_file(2, 3, 0);
  const Bytes third = opus_file(3, 2, 0);
  const Bytes file = joined({first, second, third});
  const auto pieces = entered(file, first.size(), first.size() + 2'000, 4s);
  CHECK(bytes_of(pieces) == third);
  CHECK(kinds(pieces) == "HH..");
  CHECK(pieces[2].start >= 4s);
}

TEST_CASE("a later link of a chain is entered with its own headers, at any second") {
  const Bytes file = joined({opus_file(1, 12, 0), opus_file(2, 13, 0), opus_file(3, 14, 0)});
  FileScan scan;
  REQUIRE(scan.update(file));
  const FileFacts facts = scan.finish().facts;
  const auto whole = pieces_of(Format::ogg, file);
  REQUIRE(facts.links.size() == 2);
  CHECK(facts.links[0].time == 2'400ms);
  CHECK(facts.links[1].time == 5s);
  REQUIRE(facts.seconds.size() == 8);
  for (int s = 1; s < 8; ++s) {
    for (const bool goes_further : {false, true}) {
      CAPTURE(s, goes_further);
      const auto entry = entry_point(facts, std::chrono::seconds(s));
      const auto framer = make_framer(Format::ogg, 0s, file.size());
      framer->feed(ByteView(file).first(1'500));
      while (framer->next()) {
      }
      REQUIRE(framer->can_jump());
      framer->jump(entry.offset, entry.time);
      framer->feed(ByteView(file).subspan(static_cast<std::size_t>(entry.offset)));
      std::vector<Piece> pieces;
      while (auto piece = framer->next()) {
        pieces.push_back(std::move(*piece));
        if (goes_further && entry.further && framer->can_jump() && kinds(pieces) == "HH") {
          framer->jump(entry.further->offset, entry.further->time);
          framer->feed(ByteView(file).subspan(static_cast<std::size_t>(entry.further->offset)));
        }
      }
      REQUIRE(!pieces.empty());
      CHECK((s == 2 || pieces[0].kind == Piece::Kind::header) == (s != 1));
      // The same pieces, at the same times, as of the whole file.
      const auto first = std::find_if(pieces.begin(), pieces.end(), [](const Piece& piece) {
        return piece.kind == Piece::Kind::media;
      });
      const auto same = std::find_if(whole.begin(), whole.end(), [&](const Piece& piece) {
        return piece.offset == first->offset;
      });
      REQUIRE(whole.end() - same == pieces.end() - first);
      for (std::ptrdiff_t i = 0; i < pieces.end() - first; ++i) {
        REQUIRE(std::chrono::abs(first[i].start - same[i].start) <= 1ms);
        REQUIRE(to_bytes(first[i].bytes.view()) == to_bytes(same[i].bytes.view()));
      }
      if (goes_further || !entry.further) {
        CHECK(first->start >= std::chrono::seconds(s));
        CHECK(first->start < std::chrono::seconds(s) + 210ms);
      }
    }
  }
}

TEST_CASE("a file entered far from where its positions count keeps the time it was entered at") {
  const Bytes file = opus_file(1, 4, 0, std::int64_t{48'000} * 86'400);
  const auto whole = pieces_of(Format::ogg, file);
  const auto pieces = entered(file, whole[2].offset, whole[3].offset, 1s);
  REQUIRE(pieces.size() == 3);
  CHECK(pieces[0].start == 1s);
  CHECK(pieces[1].start == 1'200ms);
}

TEST_CASE("there is no jump before the headers have been seen") {
  const Bytes file = opus_file(1, 2);
  const auto whole = pieces_of(Format::ogg, file);
  const auto framer = make_framer(Format::ogg, {}, 0);
  framer->feed(ByteView(file).first(whole[2].offset - 1));
  while (framer->next()) {
  }
  CHECK_FALSE(framer->can_jump());
  framer->feed(ByteView(file).subspan(whole[2].offset - 1, 1));
  REQUIRE(framer->next());
  CHECK(framer->can_jump());
}

TEST_CASE("FLAC that does not say how many headers it has can be entered like any other") {
  OggWriter writer(3);
  writer.packet(flac_head(44'100, 0), 0);
  Bytes file = writer.flush();
  // The last block of metadata says that it is the last.
  for (const std::uint8_t first : {std::uint8_t{0x04}, std::uint8_t{0x86}}) {
    Bytes block(70'000, 'm');
    block[0] = first;
    writer.packet(block, 0);
    const Bytes pages = writer.flush();
    file.insert(file.end(), pages.begin(), pages.end());
  }
  const auto framer = make_framer(Format::ogg, {}, 0);
  framer->feed(ByteView(file).first(file.size() - 1));
  while (framer->next()) {
  }
  CHECK_FALSE(framer->can_jump());
  framer->feed(ByteView(file).last(1));
  const auto last = framer->next();
  REQUIRE(last);
  CHECK(last->kind == Piece::Kind::header);
  CHECK(framer->can_jump());
}

TEST_CASE(
    "a film is entered with a key picture, which tells the time, and its seconds lead there") {
  OggWriter picture(1);
  OggWriter sound(2);
  picture.packet(theora_head(10, 1), 0);
  sound.packet(vorbis_head(48'000), 0);
  std::vector<Bytes> parts = {picture.flush(), sound.flush()};
  for (int i = 0; i < 2; ++i) picture.packet(Bytes(50, 't'), 0);
  parts.push_back(picture.flush());
  for (int i = 0; i < 2; ++i) sound.packet(Bytes(60, 'v'), 0);
  parts.push_back(sound.flush());
  const std::size_t headers_end = joined(parts).size();
  // A key picture every two seconds, pages of half a second.
  for (int half = 0; half < 12; ++half) {
    for (int i = 0; i < 5; ++i) {
      const int number = half * 5 + i;
      Bytes packet(90, 'p');
      packet[0] = number % 20 == 0 ? 0x00 : 0x40;
      picture.packet(packet, std::int64_t{number / 20 * 20 + 1} << 6 | number % 20);
    }
    parts.push_back(picture.flush());
    for (int i = 0; i < 24; ++i) sound.packet(Bytes(30, 0), std::int64_t{half + 1} * 24'000);
    parts.push_back(sound.flush());
  }
  const Bytes file = joined(parts);
  std::vector<Duration> entries;
  for (const Piece& piece : pieces_of(Format::ogg, file)) {
    if (piece.kind == Piece::Kind::media && piece.is_entry) entries.push_back(piece.start);
  }
  CHECK(entries == std::vector<Duration>{0s, 2s, 4s});

  SecondsIndexer indexer(make_framer(Format::ogg, {}, 0));
  indexer.feed(file);
  indexer.finish();
  REQUIRE(indexer.seconds().size() == 6);
  for (std::size_t s = 0; s < 6; ++s) {
    CAPTURE(s);
    const auto pieces = entered(file, headers_end, static_cast<std::size_t>(indexer.seconds()[s]),
                                std::chrono::seconds(s));
    REQUIRE(!pieces.empty());
    CHECK(pieces[0].is_entry);
    CHECK(pieces[0].start == std::chrono::seconds(s / 2 * 2));
    Duration at = pieces[0].start;
    for (const Piece& piece : pieces) {
      CHECK(piece.start >= at);
      at = end_of(piece);
    }
    CHECK(at == 6s);
  }
  const auto framer = make_framer(Format::ogg, {}, 0);
  framer->feed(file);
  REQUIRE(framer->next());
  CHECK(framer->has_rare_entries());
}
