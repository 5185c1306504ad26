#include "gateway/broadcaster/live/part_cutter.hpp"

#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
namespace samples = alluvium::media::samples;
using media::Format;

namespace {

std::vector<Part> parts_of(Format format, ByteView recording, Duration length,
                           std::size_t step = 1'000) {
  PartCutter cutter(format, length);
  std::vector<Part> parts;
  const auto take = [&] {
    while (auto part = cutter.next()) parts.push_back(std::move(*part));
  };
  for (std::size_t at = 0; at < recording.size(); at += step) {
    cutter.feed(recording.subspan(at, std::min(step, recording.size() - at)));
    take();
  }
  cutter.finish();
  take();
  return parts;
}

/// The recording that the parts make up: the headers of the first part of each link once.
Bytes recording_of(const std::vector<Part>& parts) {
  Bytes whole;
  for (const Part& part : parts) {
    const std::size_t from = part.begins_link ? 0 : part.header_bytes;
    whole.insert(whole.end(), part.bytes.begin() + static_cast<std::ptrdiff_t>(from),
                 part.bytes.end());
  }
  return whole;
}

bool follow_each_other(const std::vector<Part>& parts) {
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (parts[i].start != parts[i - 1].end) return false;
  }
  return true;
}

Bytes joined(const std::vector<Bytes>& parts) {
  return samples::joined(parts);
}

/// Opus whose packets go on on the next page, as libogg lays out large ones.
Bytes spanning_opus(int serial, std::size_t packets) {
  samples::OggWriter writer(serial);
  Bytes file = samples::headers(writer, samples::opus_head(0), {Bytes(20, 't')});
  for (std::size_t i = 0; i < packets; ++i) {
    writer.packet(samples::opus_packet(1'500), static_cast<std::int64_t>((i + 1) * 960),
                  i + 1 == packets);
  }
  for (const Bytes& page : writer.pages()) file.insert(file.end(), page.begin(), page.end());
  return file;
}

}  // namespace

TEST_CASE(
    "MP3 is cut into parts of whole frames that are as long as was asked, or one frame more") {
  const auto frames = samples::mp3_frames(400);
  const Bytes recording = joined(frames);
  for (const std::size_t step : {1UL, 417UL, 100'000UL}) {
    const auto parts = parts_of(Format::mp3, recording, 2s, step);
    REQUIRE(parts.size() == 6);
    CHECK(recording_of(parts) == recording);
    CHECK(follow_each_other(parts));
    CHECK(parts.front().start == 0s);
    CHECK(parts.front().begins_link);
    CHECK_FALSE(parts[1].begins_link);
    for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
      CHECK(parts[i].end - parts[i].start >= 2s);
      CHECK(parts[i].end - parts[i].start < 2s + 27ms);
    }
    // 400 frames of 1152 samples.
    CHECK(parts.back().end == Duration(400LL * 1'152 * 1'000'000 / 44'100));
  }
}

TEST_CASE("a part is cut with its last frame, not when the next one comes") {
  const Bytes frame = samples::mp3_frame();
  PartCutter cutter(Format::mp3, 1s);
  // The 39th frame ends after 1.019 s; it is believed because it follows one of its kind.
  for (int i = 0; i < 38; ++i) cutter.feed(frame);
  CHECK_FALSE(cutter.next());
  cutter.feed(frame);
  REQUIRE(cutter.next());
  CHECK(cutter.held_bytes() == 0);
}

TEST_CASE("ADTS is cut as MP3 is") {
  Bytes recording;
  for (int i = 0; i < 100; ++i) {
    const Bytes frame = samples::adts_frame(200 + static_cast<std::size_t>(i), 0x21);
    recording.insert(recording.end(), frame.begin(), frame.end());
  }
  const auto parts = parts_of(Format::adts, recording, 1s);
  REQUIRE(parts.size() == 3);
  CHECK(recording_of(parts) == recording);
}

TEST_CASE("a tag in front and junk between frames are in no part") {
  const auto frames = samples::mp3_frames(60);
  const Bytes recording = joined(frames);
  Bytes dirty = joined({samples::id3v2(5'000, 0xff), recording, Bytes(333, 'x'), recording});
  const auto parts = parts_of(Format::mp3, dirty, 1s);
  CHECK(recording_of(parts) == joined({recording, recording}));
}

TEST_CASE("each part of Ogg begins with the headers of its link") {
  // 30 pages of a fifth of a second.
  const Bytes recording = samples::opus_file(7, 30);
  const auto parts = parts_of(Format::ogg, recording, 2s);
  REQUIRE(parts.size() == 3);
  CHECK(recording_of(parts) == recording);
  for (const Part& part : parts) {
    CHECK(part.header_bytes > 0);
    CHECK(Bytes(part.bytes.begin(),
                part.bytes.begin() + static_cast<std::ptrdiff_t>(part.header_bytes)) ==
          Bytes(recording.begin(),
                recording.begin() + static_cast<std::ptrdiff_t>(part.header_bytes)));
  }
}

TEST_CASE("each part of Ogg is a file that lasts as long as the part") {
  const auto parts = parts_of(Format::ogg, samples::opus_file(7, 30), 2s);
  for (const Part& part : parts) {
    Duration length{};
    for (const auto& piece : samples::pieces_of(Format::ogg, part.bytes)) length += piece.duration;
    CHECK(length == part.end - part.start);
  }
}

TEST_CASE("a new link in Ogg begins a new part, with headers of its own") {
  const Bytes first = samples::opus_file(7, 12);
  const Bytes second = samples::opus_file(8, 12);
  const auto parts = parts_of(Format::ogg, joined({first, second}), 2s);
  REQUIRE(parts.size() == 4);
  CHECK(recording_of({parts[0], parts[1]}) == first);
  CHECK(recording_of({parts[2], parts[3]}) == second);
  CHECK(parts[0].begins_link);
  CHECK_FALSE(parts[1].begins_link);
  CHECK(parts[2].begins_link);
  CHECK(follow_each_other(parts));
}

TEST_CASE("no part of Ogg begins in the middle of a packet") {
  const Bytes recording = spanning_opus(7, 200);
  const auto parts = parts_of(Format::ogg, recording, 1s);
  REQUIRE(parts.size() >= 3);
  for (const Part& part : parts) {
    const auto pieces = samples::pieces_of(Format::ogg, part.bytes);
    const auto first = std::find_if(pieces.begin(), pieces.end(), [](const media::Piece& piece) {
      return piece.kind == media::Piece::Kind::media;
    });
    REQUIRE(first != pieces.end());
    CHECK(first->is_entry);
  }
}

TEST_CASE("what makes no time makes no parts, and is not kept") {
  // A codec nobody knows, whose pages have no known length.
  samples::OggWriter writer(3);
  Bytes page = samples::headers(writer, Bytes(30, 'q'), {});
  PartCutter cutter(Format::ogg, 1s);
  cutter.feed(page);
  for (int i = 0; i < 400; ++i) {
    writer.packet(Bytes(60'000, 'z'), 0);
    cutter.feed(writer.flush());
    CHECK_FALSE(cutter.next());
    REQUIRE(cutter.held_bytes() < 5'000'000);
  }
}
