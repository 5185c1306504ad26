#include "core/media/framer.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t packet_bytes = 188;

}  // namespace

TEST_CASE("a transport stream is given in runs of whole packets, evenly paced") {
  const Bytes file = mpegts_packets(100);
  for (const std::size_t step : {std::size_t{1}, packet_bytes, std::size_t{189}, file.size()}) {
    CAPTURE(step);
    const auto pieces = pieces_of(Format::mpegts, file, step);
    REQUIRE(pieces.size() == 5);  // 21 packets each, and 16
    CHECK(bytes_of(pieces) == file);
    CHECK(are_in_place(pieces, file));
    Duration at{};
    for (const Piece& piece : pieces) {
      CHECK(piece.bytes.size() % packet_bytes == 0);
      CHECK(piece.is_entry);
      CHECK(piece.start == at);
      at = piece.start + piece.duration;
    }
    CHECK(at == 10s);
  }
}

TEST_CASE("what is no packet is left out of a transport stream") {
  const Bytes before = mpegts_packets(30);
  const Bytes after = mpegts_packets(40);
  for (const std::size_t junk : {std::size_t{1}, std::size_t{187}, std::size_t{5'000}}) {
    // Of bytes that look like the beginning of a packet one is followed by another.
    const Bytes file = joined({before, Bytes(junk, 0x30), after, Bytes(100, 0x47)});
    CAPTURE(junk);
    CHECK(bytes_of(pieces_of(Format::mpegts, file, 1'000)) == joined({before, after}));
  }
  CHECK(pieces_of(Format::mpegts, Bytes(5'000, 0x30)).empty());
  CHECK(pieces_of(Format::mpegts, joined({Bytes{0x47}, Bytes(500, 0x30)})).empty());
  CHECK(bytes_of(pieces_of(Format::mpegts, mpegts_packets(1))) == mpegts_packets(1));
}

TEST_CASE("a transport stream is entered at any byte, at the next packet and its place in time") {
  const Bytes file = mpegts_packets(80);
  for (std::size_t from = 0; from + 3 * packet_bytes < file.size(); from += 31) {
    const auto framer = make_framer(Format::mpegts, 80s, file.size());
    framer->feed(ByteView(file).first(100));
    REQUIRE(framer->can_be_entered());
    REQUIRE(framer->can_jump());
    framer->jump(from, 3s);
    framer->feed(ByteView(file).subspan(from));
    framer->finish();
    const auto piece = framer->next();
    CAPTURE(from);
    REQUIRE(piece);
    // One packet of five is full of sync bytes; the one behind it is not.
    REQUIRE(piece->offset == (from + packet_bytes - 1) / packet_bytes * packet_bytes);
    REQUIRE(piece->start == 80s * static_cast<int>(piece->offset) / static_cast<int>(file.size()));
  }
}
