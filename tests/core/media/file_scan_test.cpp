#include "core/media/file_scan.hpp"

#include "core/base/random.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;
using namespace std::chrono_literals;

namespace {

ScannedFile scanned(ByteView file, std::size_t step, const std::string& type = {},
                    std::uint64_t expected = 0) {
  FileScan scan(type, expected);
  for (std::size_t at = 0; at < file.size(); at += step) {
    REQUIRE(scan.update(file.subspan(at, std::min(step, file.size() - at))));
  }
  return scan.finish();
}

}  // namespace

TEST_CASE("one pass gives tree, digest, type, duration and the place of each second") {
  const Bytes tag = id3v2(9'000, 0xff);
  const Bytes file = joined({tag, info_frame("Xing"), joined(mp3_frames(200)), id3v1()});
  const auto pieces = pieces_of(Format::mp3, file);
  for (const std::size_t step : {std::size_t{1'000}, std::size_t{4'096}, file.size()}) {
    CAPTURE(step);
    const ScannedFile result = scanned(file, step);
    hash::TreeBuilder tree;
    tree.update(file);
    CHECK(result.row.root() == tree.finish().root());
    CHECK(result.facts.root == result.row.root());
    CHECK(result.sha256 == hash::sha256(file));
    CHECK(result.facts.sha256 == result.sha256);
    CHECK(result.facts.length == file.size());
    CHECK(result.facts.type == "audio/mpeg");
    CHECK(result.facts.duration == 5'224ms);  // 200 × 1152 / 44100
    REQUIRE(result.facts.seconds.size() == 6);
    for (std::size_t s = 0; s < 6; ++s) {
      const auto first = std::find_if(pieces.begin(), pieces.end(), [&](const Piece& piece) {
        return piece.start >= std::chrono::seconds(s);
      });
      CHECK(result.facts.seconds[s] == first->offset);
    }
  }
}

TEST_CASE("the seconds of an Ogg file begin at its first page of media") {
  const Bytes file = opus_file(1, 20, 0);
  const ScannedFile result = scanned(file, 777, "application/octet-stream");
  CHECK(result.facts.type == "audio/ogg");
  CHECK(result.facts.duration == 4s);
  const auto pieces = pieces_of(Format::ogg, file);
  CHECK(result.facts.seconds ==
        SecondsIndex{pieces[2].offset, pieces[7].offset, pieces[12].offset, pieces[17].offset});
}

TEST_CASE("a file of unknown format keeps the type the server said and has no seconds") {
  const Bytes file = to_bytes(as_bytes("nothing to be heard"));
  CHECK(scanned(file, 5, "audio/x-m4a").facts.type == "audio/x-m4a");
  CHECK(scanned(file, 5).facts.type == "application/octet-stream");
  CHECK_FALSE(scanned(file, 5).facts.duration);
  CHECK(scanned(file, 5).facts.seconds.empty());
}

TEST_CASE("the tree alone leaves out the other hashes and nothing else") {
  const Bytes file = joined(mp3_frames(200));
  FileScan scan("audio/mpeg", file.size(), FileScan::Hashes::tree);
  REQUIRE(scan.update(file));
  const ScannedFile result = scan.finish();
  const ScannedFile all = scanned(file, file.size());
  CHECK(result.facts.root == all.facts.root);
  CHECK(result.facts.seconds == all.facts.seconds);
  CHECK(result.facts.duration == all.facts.duration);
  CHECK_FALSE(result.facts.sha256);
  CHECK(result.pieces.empty());
}

TEST_CASE("an empty file has an empty leaf and no pieces") {
  const ScannedFile result = scanned({}, 1);
  CHECK(result.facts.length == 0);
  CHECK(result.row.leaves().size() == 1);
  CHECK(result.pieces.empty());
}

TEST_CASE("pieces for Metalink are plain hashes of 256 KiB, the last one shorter") {
  Bytes file(256 * 1024 * 2 + 5);
  Random random(1);
  for (auto& byte : file) byte = static_cast<std::uint8_t>(random.next());
  for (const std::uint64_t expected : {std::uint64_t{0}, std::uint64_t{file.size()}}) {
    const ScannedFile result = scanned(file, 100'000, {}, expected);
    REQUIRE(result.piece_bytes == 256 * 1024);
    REQUIRE(result.pieces.size() == 3);
    CHECK(result.pieces[1] == hash::sha256(ByteView(file).subspan(256 * 1024, 256 * 1024)));
    CHECK(result.pieces[2] == hash::sha256(ByteView(file).last(5)));
  }
  CHECK(scanned(Bytes(256 * 1024), 1'000).pieces.size() == 1);
  // 4,096 pieces are enough for 1 GiB of 256 KiB each, and no more.
  CHECK(scanned(file, 100'000, {}, std::uint64_t{1} << 30).piece_bytes == 256 * 1024);
  CHECK(scanned(file, 100'000, {}, (std::uint64_t{1} << 30) + 1).piece_bytes == 512 * 1024);
  CHECK(scanned(file, 100'000, {}, hash::max_file_bytes).piece_bytes == 4 * 1024 * 1024);
}
