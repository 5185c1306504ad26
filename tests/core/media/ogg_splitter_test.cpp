#include "core/base/random.hpp"
#include "core/media/framer.hpp"
#include "core/media/ogg_page.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

/// What libogg reads of a stream: packets, in their order, with the positions of those that have
/// one.
struct Read {
  std::vector<Bytes> packets;
  std::vector<std::int64_t> granules;
  bool has_end = false;
  int holes = 0;
};

Read read(ByteView file) {
  Read result;
  ogg_sync_state sync;
  ogg_sync_init(&sync);
  std::copy(file.begin(), file.end(), ogg_sync_buffer(&sync, static_cast<long>(file.size())));
  ogg_sync_wrote(&sync, static_cast<long>(file.size()));
  ogg_stream_state stream;
  ogg_stream_init(&stream, 7);
  ogg_page page;
  while (ogg_sync_pageout(&sync, &page) == 1) {
    REQUIRE(ogg_stream_pagein(&stream, &page) == 0);
    ogg_packet packet;
    while (const int got = ogg_stream_packetout(&stream, &packet)) {
      if (got < 0) {
        ++result.holes;
        continue;
      }
      result.packets.emplace_back(packet.packet, packet.packet + packet.bytes);
      if (packet.granulepos >= 0) result.granules.push_back(packet.granulepos);
      result.has_end = result.has_end || packet.e_o_s != 0;
    }
  }
  ogg_stream_clear(&stream);
  ogg_sync_clear(&sync);
  return result;
}

std::vector<Piece> media_of(const std::vector<Piece>& pieces) {
  std::vector<Piece> media;
  std::copy_if(pieces.begin(), pieces.end(), std::back_inserter(media),
               [](const Piece& piece) { return piece.kind == Piece::Kind::media; });
  return media;
}

std::vector<Piece> entered(ByteView file, std::size_t headers, std::size_t from, Duration time) {
  const auto framer = make_framer(Format::ogg, {}, 0);
  framer->feed(file.first(headers));
  while (framer->next()) {
  }
  REQUIRE(framer->can_jump());
  framer->jump(from, time);
  framer->feed(file.subspan(from));
  std::vector<Piece> pieces;
  while (auto piece = framer->next()) pieces.push_back(std::move(*piece));
  return pieces;
}

}  // namespace

TEST_CASE("pages of a second come out as five, with the same packets in them") {
  const Bytes file = opus_file(7, 6, 312, 0, 50);
  const auto pieces = pieces_of(Format::ogg, file, 1'000);
  const auto media = media_of(pieces);
  REQUIRE(media.size() == 30);
  const Read before = read(file);
  const Read after = read(bytes_of(pieces));
  CHECK(after.packets == before.packets);
  CHECK(after.holes == 0);
  CHECK(after.has_end);
  CHECK(after.granules.back() == before.granules.back());
  Duration at{};
  for (const Piece& piece : media) {
    CHECK(piece.start == at);
    CHECK(piece.is_entry);
    CHECK(piece.duration <= 200ms);
    at = piece.start + piece.duration;
  }
  CHECK(at == 6s - 6'500us);
  for (std::size_t i = 0; i < media.size(); ++i) CHECK(media[i].offset == media[i / 5 * 5].offset);
}

TEST_CASE("whatever the packets and pages are, the packets stay as they are") {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    OggWriter writer(7);
    writer.packet(opus_head(0), 0);
    Bytes file = writer.flush();
    writer.packet(Bytes(random.below(300'000), 'c'), 0);
    const auto flush = [&] {
      const Bytes bytes = writer.flush();
      file.insert(file.end(), bytes.begin(), bytes.end());
    };
    flush();
    std::int64_t granule = 0;
    for (int i = 0; i < 300; ++i) {
      constexpr std::array<std::size_t, 6> sizes = {1, 255, 510, 300, 2'000, 70'000};
      Bytes packet(sizes[random.below(i % 40 == 0 ? 6 : 5)], static_cast<std::uint8_t>(i));
      constexpr std::array<std::uint8_t, 3> codes = {31 << 3, 3 << 3, 31 << 3 | 1};
      constexpr std::array<std::int64_t, 3> units = {960, 2'880, 1'920};
      const std::size_t code = random.below(3);
      packet[0] = codes[code];
      granule += units[code];
      writer.packet(packet, granule, i == 299);
      if (random.below(40) == 0) flush();
    }
    flush();
    const Read before = read(file);
    const auto pieces = pieces_of(Format::ogg, file, 5'000);
    const Read after = read(bytes_of(pieces));
    REQUIRE(after.packets == before.packets);
    REQUIRE(after.holes == 0);
    REQUIRE(after.has_end);
    // Positions that were there are there still, and those between them fit in.
    REQUIRE(std::is_sorted(after.granules.begin(), after.granules.end()));
    REQUIRE(std::includes(after.granules.begin(), after.granules.end(), before.granules.begin(),
                          before.granules.end()));
    const auto media = media_of(pieces);
    Duration at{};
    for (const Piece& piece : media) {
      REQUIRE(piece.start == at);
      REQUIRE(piece.duration <= 260ms);
      at = piece.start + piece.duration;
    }
    REQUIRE(at == Duration(granule * 1'000'000 / 48'000));
  }
}

TEST_CASE("a page lost before a cut one stays lost to see") {
  Bytes file = opus_file(7, 6, 0, 0, 50);
  const auto media = media_of(pieces_of(Format::ogg, file));
  file[media[5].offset + 300] ^= 1;  // on the second page
  const Read after = read(bytes_of(pieces_of(Format::ogg, file)));
  CHECK(after.holes == 1);
  CHECK(after.packets.size() == 2 + 250);
}

TEST_CASE("what the end of a stream leaves out of its last packets stays left out") {
  for (const std::int64_t missing : {1, 959, 960, 5'000, 20'000}) {
    OggWriter writer(7);
    writer.packet(opus_head(0), 0);
    Bytes file = writer.flush();
    writer.packet(Bytes(9, 'c'), 0);
    const auto flush = [&] {
      const Bytes bytes = writer.flush();
      file.insert(file.end(), bytes.begin(), bytes.end());
    };
    flush();
    for (int i = 1; i <= 100; ++i) {
      writer.packet(opus_packet(40), std::int64_t{i} * 960 - (i == 100 ? missing : 0), i == 100);
      if (i % 50 == 0) flush();
    }
    CAPTURE(missing);
    const auto pieces = pieces_of(Format::ogg, file);
    const Read after = read(bytes_of(pieces));
    CHECK(after.packets == read(file).packets);
    CHECK(std::is_sorted(after.granules.begin(), after.granules.end()));
    CHECK(after.granules.back() == 96'000 - missing);
    CHECK(pieces.back().start + pieces.back().duration ==
          Duration((96'000 - missing) * 1'000'000 / 48'000));
  }
}

TEST_CASE("a file of pages of a second is entered with the page that holds the moment") {
  const Bytes file = opus_file(7, 6, 0, 0, 50);
  const auto whole = media_of(pieces_of(Format::ogg, file));
  // Where the last page begins cannot be told from its end alone: it would stay whole.
  for (std::size_t page = 1; page < 5; ++page) {
    const auto from = static_cast<std::size_t>(whole[page * 5].offset);
    const auto pieces =
        entered(file, static_cast<std::size_t>(whole[0].offset), from, std::chrono::seconds(page));
    REQUIRE(pieces.size() == (6 - page) * 5);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      CHECK(pieces[i].start == whole[page * 5 + i].start);
      CHECK(pieces[i].duration == whole[page * 5 + i].duration);
    }
  }
}

TEST_CASE("a file whose packets all go over to the next page can be entered") {
  OggWriter writer(7);
  writer.packet(flac_head(44'100, 2), 0);
  Bytes file = writer.flush();
  writer.packet(Bytes{0x84, 0, 0, 1, 9}, 0);
  const Bytes comment = writer.flush();
  const std::size_t headers = file.size() + comment.size();
  for (int i = 0; i < 40; ++i) {
    Bytes frame(20'000, static_cast<std::uint8_t>(i));
    std::copy_n(Bytes{0xff, 0xf8, 0xc9, 0x18, 0x00}.begin(), 5, frame.begin());
    writer.packet(frame, std::int64_t{i + 1} * 4'096);
  }
  const Bytes media = writer.flush();  // in pages as full as can be
  file = joined({file, comment, media});
  const auto pieces = entered(file, headers, headers + 100, 1s);
  REQUIRE(!pieces.empty());
  CHECK(pieces[0].is_entry);
  // Three frames on the first page, of 4096 samples each, and most of the fourth.
  CHECK(pieces[0].start == Duration(std::int64_t{4} * 4'096 * 1'000'000 / 44'100));
  const Read after =
      read(joined({{file.begin(), file.begin() + static_cast<long>(headers)}, bytes_of(pieces)}));
  CHECK(after.packets.size() == 2 + 36);
  CHECK(after.packets[2][100] == 4);
}

TEST_CASE("pages can be made of any of a page's packets") {
  OggWriter writer(7);
  writer.packet(opus_head(0), 0);
  static_cast<void>(writer.flush());
  for (const std::size_t size : {0, 1, 254, 255, 256, 600}) {
    writer.packet(Bytes(size, static_cast<std::uint8_t>(size)), 960, size == 600);
  }
  const Bytes bytes = writer.flush();
  const auto page = page_in(bytes);
  REQUIRE(page);
  const auto packets = packets_on(*page);
  REQUIRE(packets.size() == 6);
  CHECK(media::bytes_of(*page) == bytes);
  CHECK(page_of(*page, packets, 960, 1) == bytes);
  for (std::size_t begin = 0; begin < 6; ++begin) {
    for (std::size_t end = begin + 1; end <= 6; ++end) {
      const auto some = std::span(packets).subspan(begin, end - begin);
      const Bytes part = page_of(*page, some, 99, 5);
      const auto view = page_in(part);
      REQUIRE(view);
      CHECK(ogg_page_granulepos(&*view) == 99);
      CHECK(ogg_page_pageno(&*view) == 5);
      CHECK((ogg_page_eos(&*view) != 0) == (end == 6));
      CHECK(ogg_page_packets(&*view) == static_cast<int>(end - begin));
      const auto again = packets_on(*view);
      REQUIRE(again.size() == end - begin);
      for (std::size_t i = 0; i < again.size(); ++i) {
        CHECK(to_bytes(again[i].bytes) == to_bytes(some[i].bytes));
        CHECK(again[i].begins);
        CHECK(again[i].ends);
      }
    }
  }
}
