#include "gateway/broadcaster/live/live_station.hpp"

#include "core/playlist/rss_reader.hpp"
#include "core/playlist/rss_writer.hpp"
#include "tests/core/media/samples.hpp"
#include "tests/gateway/broadcaster/instants.hpp"
#include "tests/support/temporary_folder.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::broadcaster;
using namespace std::chrono_literals;
namespace fs = std::filesystem;
namespace samples = alluvium::media::samples;
using test::contents_of;
using test::instant;
using test::overwrite;

namespace {

const http::Url base = http::Url::parse("http://me.example/r/").value();

struct HandClock final : Clock {
  Instant now() const override { return monotonic; }
  WallTime wall_now() const override { return wall; }
  void advance(std::chrono::milliseconds time) {
    monotonic += time;
    wall += time;
  }
  Instant monotonic{};
  WallTime wall = instant("2026-11-23T20:00:00Z");
};

/// A second of MP3 and a bit: 39 frames.
Bytes about_a_second(std::uint8_t fill) {
  Bytes sound;
  for (int i = 0; i < 39; ++i) {
    const Bytes frame = samples::mp3_frame(9, fill);
    sound.insert(sound.end(), frame.begin(), frame.end());
  }
  return sound;
}

struct Studio {
  test::TemporaryFolder web;
  HandClock clock;
  Console console{true};
  LiveOptions options{.base = base};

  Studio() {
    options.output = web.path() / "radio.rss";
    options.title = "Radio";
    options.part = 1s;
  }
  [[nodiscard]] playlist::Playlist published() const {
    return playlist::read_rss(contents_of(options.output), base)->playlist;
  }
  [[nodiscard]] Bytes file_of(const playlist::Item& item) const {
    const std::string path = item.url.text().substr(base.text().size());
    return to_bytes(as_bytes(contents_of(web.path() / path)));
  }
  void write_schedule(const char* title) {
    playlist::Playlist schedule;
    schedule.title = title;
    schedule.items.push_back({.url = http::Url::parse("http://me.example/r/a.mp3").value()});
    schedule.items[0].duration = 1h;
    options.schedule = web.path() / "schedule.rss";
    overwrite(options.schedule, playlist::write_rss(schedule, base.text()));
  }
};

std::size_t live_items(const playlist::Playlist& playlist) {
  return static_cast<std::size_t>(std::count_if(playlist.items.begin(), playlist.items.end(),
                                                [](const auto& item) { return item.is_live; }));
}

}  // namespace

TEST_CASE("a show is in the playlist part by part, each with its name and a file of that name") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  station.on_source({"audio/mpeg", "Late Show", "test"});
  for (std::uint8_t second = 1; second <= 3; ++second) {
    studio.clock.advance(1'020ms);
    REQUIRE(station.on_sound(about_a_second(second)));
  }
  const auto published = studio.published();
  REQUIRE(published.items.size() == 3);
  CHECK(published.title == "Radio");
  CHECK(published.refresh == 1s);
  for (std::size_t i = 0; i < 3; ++i) {
    const playlist::Item& item = published.items[i];
    CHECK(item.is_live);
    CHECK(item.title == "Late Show");
    CHECK(item.type == "audio/mpeg");
    CHECK(item.source == "http://me.example/r/live/20261123T200000Z-1");
    CHECK(item.url.text() ==
          "http://me.example/r/live/20261123T200000Z-" + std::to_string(i + 1) + ".mp3");
    const Bytes file = studio.file_of(item);
    CHECK(item.length == file.size());
    hash::TreeBuilder tree;
    tree.update(file);
    CHECK(item.root == tree.finish().root());
    if (i > 0) CHECK(item.start == published.items[i - 1].end);
  }
  CHECK(published.items[0].start == instant("2026-11-23T20:00:01.020Z") + 2'500ms);
}

TEST_CASE("a title holds from the sound on that follows it") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  CHECK_FALSE(station.on_title({"Too early", ""}));
  station.on_source({"audio/mpeg", "", ""});
  CHECK(station.on_title({"First", "Somebody"}));
  (void)station.on_sound(about_a_second(1));
  // In the middle of a part.
  Bytes half = about_a_second(2);
  const Bytes rest(half.begin() + 4'000, half.end());
  half.resize(4'000);
  (void)station.on_sound(half);
  CHECK(station.on_title({"Second", ""}));
  (void)station.on_sound(rest);
  (void)station.on_sound(about_a_second(3));
  const auto items = studio.published().items;
  REQUIRE(items.size() == 3);
  CHECK(items[0].title == "First");
  CHECK(items[0].creator == "Somebody");
  CHECK(items[1].title == "First");
  CHECK(items[2].title == "Second");
}

TEST_CASE("when the source goes the schedule is back at once, and the rest is heard to its end") {
  Studio studio;
  studio.write_schedule("Radio");
  LiveStation station(studio.options, studio.clock, studio.console);
  CHECK(studio.published().refresh == 3s);
  station.on_source({"audio/mpeg", "", ""});
  (void)station.on_sound(about_a_second(1));
  Bytes half = about_a_second(2);
  half.resize(8'340);  // 20 frames
  (void)station.on_sound(half);
  CHECK(live_items(studio.published()) == 1);
  station.on_source_end();
  const auto published = studio.published();
  REQUIRE(live_items(published) == 2);
  CHECK(studio.file_of(published.items[1]) == half);
  CHECK(published.items.back().title == "");
  CHECK(published.items.size() == 3);

  studio.clock.advance(30s);
  station.look();
  CHECK(studio.published().items.size() == 1);
  CHECK(studio.published().refresh == 3s);
  CHECK(studio.web.files(".mp3").size() == 2);
  studio.clock.advance(60s);
  station.look();
  CHECK(studio.web.files(".mp3").empty());
  CHECK(studio.web.files(".thex").empty());
}

TEST_CASE("a source that reconnects begins a recording of its own, in files of their own") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  for (int i = 0; i < 2; ++i) {
    station.on_source({"audio/mpeg", "", ""});
    (void)station.on_sound(about_a_second(1));
    station.on_source_end();
  }
  const auto items = studio.published().items;
  REQUIRE(items.size() == 2);
  CHECK(items[0].url != items[1].url);
  CHECK(items[0].source != items[1].source);
  CHECK(items[1].start == items[0].end);
}

TEST_CASE("a source that is faster than time is waited for") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  station.on_source({"audio/mpeg", "", ""});
  CHECK(station.takes_sound());
  int seconds = 0;
  while (station.takes_sound() && seconds < 100) {
    (void)station.on_sound(about_a_second(1));
    ++seconds;
  }
  CHECK(seconds == 8);
  studio.clock.advance(1'100ms);
  CHECK(station.takes_sound());
}

TEST_CASE("what is no sound is not published, and is refused where it says so") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  CHECK(station.refusal_of({"video/webm", "", ""})->status == 415);
  CHECK_FALSE(station.refusal_of({"", "", ""}));
  station.on_source({"", "", ""});
  CHECK(station.refusal_of({"audio/mpeg", "", ""})->status == 403);
  CHECK_FALSE(station.on_sound(Bytes(5'000, 'x')));
  station.on_source_end();
  CHECK(studio.published().items.empty());
  CHECK_FALSE(station.refusal_of({"audio/mpeg", "", ""}));
}

TEST_CASE("a show that has become noise is given up, and the schedule is back") {
  Studio studio;
  LiveStation station(studio.options, studio.clock, studio.console);
  station.on_source({"audio/mpeg", "", ""});
  REQUIRE(station.on_sound(about_a_second(1)));
  studio.clock.advance(20s);
  CHECK(station.on_sound(Bytes(5'000, 'x')));
  studio.clock.advance(1s);
  CHECK_FALSE(station.on_sound(Bytes(5'000, 'x')));
}

TEST_CASE("the schedule is read again when it changes, and a bad one is not believed") {
  Studio studio;
  studio.write_schedule("Radio");
  studio.options.title.clear();
  LiveStation station(studio.options, studio.clock, studio.console);
  CHECK(studio.published().title == "Radio");
  studio.write_schedule("Another radio");
  station.look();
  CHECK(studio.published().title == "Another radio");
  overwrite(studio.options.schedule, "nonsense");
  station.look();
  CHECK(studio.published().title == "Another radio");
}

TEST_CASE("what an earlier run left of its parts is removed, and nothing else") {
  Studio studio;
  const fs::path folder = studio.web.path() / "live";
  fs::create_directory(folder);
  for (const char* name : {"20261122T200000Z-1.mp3", "20261122T200000Z-1.mp3.thex",
                           "20261122T200000Z.mp3", "song.mp3", "song.mp3.thex"}) {
    overwrite(folder / name, "x");
  }
  const LiveStation station(studio.options, studio.clock, studio.console);
  CHECK_FALSE(fs::exists(folder / "20261122T200000Z-1.mp3"));
  CHECK_FALSE(fs::exists(folder / "20261122T200000Z-1.mp3.thex"));
  CHECK(fs::exists(folder / "20261122T200000Z.mp3"));
  CHECK(fs::exists(folder / "song.mp3"));
  CHECK(fs::exists(folder / "song.mp3.thex"));
}

TEST_CASE("a playlist that somebody made is not written over") {
  Studio studio;
  studio.write_schedule("Radio");
  fs::rename(studio.options.schedule, studio.options.output);
  SECTION("without a schedule it would be lost") {
    studio.options.schedule.clear();
    CHECK_THROWS_WITH(LiveStation(studio.options, studio.clock, studio.console),
                      Catch::Contains("--schedule"));
  }
  SECTION("and it is not its own schedule") {
    studio.options.schedule = studio.options.output;
    CHECK_THROWS_WITH(LiveStation(studio.options, studio.clock, studio.console),
                      Catch::Contains("the playlist itself"));
  }
  CHECK(studio.published().items.size() == 1);
}

TEST_CASE("a show is kept as one file if that is asked, with what init would write beside it") {
  Studio studio;
  const test::TemporaryFolder archive;
  studio.options.record = archive.path();
  LiveStation station(studio.options, studio.clock, studio.console);
  station.on_source({"audio/mpeg", "", ""});
  Bytes show;
  for (std::uint8_t second = 1; second <= 3; ++second) {
    const Bytes sound = about_a_second(second);
    (void)station.on_sound(sound);
    show.insert(show.end(), sound.begin(), sound.end());
  }
  const fs::path file = archive.path() / "20261123T200000Z.mp3";
  CHECK(contents_of(file) == as_text(show));
  CHECK_FALSE(fs::exists(file.string() + ".thex"));
  station.on_source_end();
  hash::TreeBuilder tree;
  tree.update(show);
  CHECK(contents_of(file.string() + ".thex") == as_text(tree.finish().raw()));
  CHECK(contents_of(file.string() + ".thex.json").find("audio/mpeg") != std::string::npos);
}
