#include "core/media/frame_header.hpp"
#include "player-bridge/programme.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/core/media/samples.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <algorithm>
#include <span>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using namespace std::chrono_literals;

namespace {

constexpr WallTime begin = FakeOnAir::begin;
constexpr const char* evening = "http://station.example/live/evening";

std::string text_of(ByteView bytes) {
  return std::string(as_text(bytes));
}

/// Frames of which each but the first counts on bits of the one before it.
std::vector<Bytes> linked_frames(std::chrono::milliseconds duration, std::uint8_t mark) {
  auto frames = frames_for(duration, mark);
  for (std::size_t i = 1; i < frames.size(); ++i) frames[i][4] = 100;
  return frames;
}

/// A song of three minutes is on, and parts of a live show are published one by one.
struct LiveScene {
  Station station;
  std::vector<Bytes> frames = linked_frames(60s, 5);
  std::string source = evening;
  std::size_t published = 0;  ///< Frames.
  WallTime next_start{};

  LiveScene() {
    station.on_air.add("song", mp3_file(180s, 1), 180s);
    playlist::Playlist playlist = station.on_air.playlist();
    playlist.items[0].start = begin;
    station.on_air.replace(playlist);
  }

  [[nodiscard]] static FakeFile file_of(const Bytes& bytes) {
    return scanned_file(bytes, "audio/mpeg");
  }
  void publish(const std::string& title, FakeFile file, std::chrono::milliseconds duration) {
    station.on_air.add(title, std::move(file), duration);
    playlist::Playlist playlist = station.on_air.playlist();
    playlist::Item& item = playlist.items.back();
    item.is_live = true;
    item.source = source;
    item.start = next_start;
    next_start += duration;
    station.on_air.replace(playlist);
  }
  /// The next 77 frames, 2.011 s.
  void publish_part(const std::string& title) {
    const std::span part = std::span(frames).subspan(published, 77);
    const auto end_of = [](std::size_t count) {
      return std::chrono::milliseconds((count * 1'152'000 + 22'050) / 44'100);
    };
    publish(title, file_of(media::samples::joined({part.begin(), part.end()})),
            end_of(published + 77) - end_of(published));
    published += 77;
  }
  [[nodiscard]] std::string heard(const std::vector<std::string>& titles) const {
    std::string bytes;
    for (const auto& title : titles) bytes += station.recorder.bytes_of(title);
    return bytes;
  }
  [[nodiscard]] std::string sent(std::size_t from, std::size_t to) const {
    return text_of(media::samples::joined({frames.begin() + static_cast<std::ptrdiff_t>(from),
                                           frames.begin() + static_cast<std::ptrdiff_t>(to)}));
  }
  [[nodiscard]] Duration longest_hole() const {
    Duration longest{};
    const auto& pieces = station.recorder.pieces();
    for (std::size_t i = 1; i < pieces.size(); ++i) {
      longest = std::max(longest, Duration(pieces[i].due - pieces[i - 1].end()));
    }
    return longest;
  }
};

}  // namespace

TEST_CASE("parts of a live show are heard as the recording they were cut from") {
  LiveScene scene;
  scene.next_start = begin;
  std::vector<std::string> titles;
  for (int i = 0; i < 8; ++i) {
    // Each is published a second and a half before it is on air.
    titles.push_back("part-" + std::to_string(i));
    scene.publish_part(titles.back());
    scene.station.run_for(i == 0 ? 500ms : 2s);
  }
  scene.station.run_for(2s);
  CHECK(scene.heard(titles) == scene.sent(0, scene.published));
  CHECK(scene.longest_hole() <= 1ms);
  CHECK(scene.station.recorder.bytes_of("") == "");
}

TEST_CASE("a live show takes over where the stream stands, and what was on goes on behind it") {
  LiveScene scene;
  scene.station.run_for(20s);
  // Published a second and a half ahead, as live shows are; the stream stands 4.5 s ahead.
  scene.next_start = begin + 21500ms;
  std::vector<std::string> titles;
  for (int i = 0; i < 8; ++i) {
    titles.push_back("part-" + std::to_string(i));
    scene.publish_part(titles.back());
    scene.station.run_for(2s);
  }
  const StreamTime end = scene.next_start;
  scene.station.run_for(20s);
  const auto live = scene.heard(titles);
  // From the moment that is due where the stream stood, to the end; and the first frames may be
  // silent for want of bits.
  const std::string all = scene.sent(0, scene.published);
  REQUIRE(live.size() > 5 * 417 * 77);
  CHECK(all.ends_with(live.substr(2 * 417)));
  CHECK(scene.longest_hole() <= 27ms);
  CHECK(scene.station.recorder.bytes_of("") == "");

  const auto song = scene.station.recorder.of("song");
  const auto behind = std::find_if(
      song.begin(), song.end(), [&](const TimedPiece& piece) { return piece.due >= end - 30ms; });
  REQUIRE(behind != song.end());
  CHECK(std::chrono::abs(behind->due - end) <= 30ms);
  CHECK(std::chrono::abs((behind->due - StreamTime(begin)) - behind->piece.start) <= 30ms);
}

TEST_CASE("what comes behind a live show is not written before it is due") {
  LiveScene scene;
  scene.next_start = begin;
  scene.publish_part("part");
  const WallTime end = scene.next_start;
  scene.station.run_for(end - begin - 50ms);
  CHECK(scene.station.recorder.of("song").empty());
  scene.station.run_for(200ms);
  REQUIRE_FALSE(scene.station.recorder.of("song").empty());
  CHECK(std::chrono::abs(scene.station.recorder.of("song")[0].due - StreamTime(end)) <= 27ms);
}

TEST_CASE("a part that comes after its instant is heard whole while it is hardly late") {
  LiveScene scene;
  playlist::Playlist nothing;
  scene.station.on_air.replace(nothing);
  scene.next_start = begin;
  scene.publish_part("part-0");
  scene.station.run_for(scene.next_start - begin + 400ms);
  scene.publish_part("part-1");
  scene.station.run_for(4s);
  CHECK(scene.heard({"part-0", "part-1"}) == scene.sent(0, scene.published));
  // Then there is silence, which begins where the part ended.
  const auto silence = scene.station.recorder.of("");
  REQUIRE_FALSE(silence.empty());
  CHECK(scene.longest_hole() <= 1ms);
}

TEST_CASE("a show that goes on after it was silent for long is heard at its instant") {
  LiveScene scene;
  scene.station.on_air.replace({});
  scene.next_start = begin;
  scene.publish_part("part-0");
  scene.station.run_for(6s);
  scene.next_start = begin + 8s;
  scene.publish_part("part-1");
  scene.station.run_for(4s);
  const auto again = scene.station.recorder.of("part-1");
  REQUIRE_FALSE(again.empty());
  CHECK(std::chrono::abs(again[0].due - StreamTime(begin + 8s)) <= 14ms);
  CHECK(scene.longest_hole() <= 27ms);
}

TEST_CASE("another show's frames are not decoded with the bits of the one before it") {
  LiveScene scene;
  scene.frames.erase(scene.frames.begin() +
                     77);  // so that the second show begins with want of bits
  scene.next_start = begin;
  scene.publish_part("part-0");
  scene.source = "http://station.example/live/night";
  scene.publish_part("part-1");
  scene.station.run_for(4s);
  const auto second = scene.station.recorder.of("part-1");
  REQUIRE(second.size() == 77);
  const auto frame = [&](std::size_t i) { return text_of(second[i].piece.bytes.view()); };
  CHECK(frame(0) != as_text(scene.frames[77]));
  CHECK(frame(1) == as_text(scene.frames[78]));
}

TEST_CASE("the headers of an Ogg recording come once, however many parts it has") {
  constexpr std::size_t pages_a_part = 10;  // of a fifth of a second
  const Bytes file = media::samples::opus_file(7, 4 * pages_a_part);
  const auto pieces = media::samples::pieces_of(media::Format::ogg, file);
  Bytes headers;
  std::vector<Bytes> parts;
  std::size_t media_pages = 0;
  for (const auto& piece : pieces) {
    const bool is_header = piece.kind == media::Piece::Kind::header;
    if (!is_header && media_pages++ % pages_a_part == 0) parts.push_back(headers);
    Bytes& target = is_header ? headers : parts.back();
    const auto view = piece.bytes.view();
    target.insert(target.end(), view.begin(), view.end());
  }
  LiveScene scene;
  scene.station.on_air.replace({});
  scene.next_start = begin;
  std::vector<std::string> titles;
  for (const Bytes& part : parts) {
    titles.push_back("part-" + std::to_string(titles.size()));
    scene.publish(titles.back(), scanned_file(part, "audio/ogg"), 2s);
  }
  REQUIRE(titles.size() == 4);
  scene.station.run_for(10s);
  CHECK(scene.heard(titles) == as_text(file));
  // Who joins in a later part gets them all the same.
  CHECK(scene.station.recorder.of("part-3").back().track->headers.size() == 2);
}
