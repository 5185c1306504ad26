#include "tests/core/swarm/download_scene.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::test;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const std::string mirror = "http://mirror.example";

void ignore_ranges(Script& script, const DownloadScene& scene) {
  script = Script{};
  script.body = scene.song.bytes;
  // A hundred kilobytes a second.
  script.piece_bytes = 1'000;
  script.between_pieces = milliseconds(10);
}

void answer_404(Script& script) {
  script = Script{};
  script.status = 404;
}

}  // namespace

TEST_CASE("an origin that ignores ranges is read once, from its beginning") {
  DownloadScene scene;
  scene.serve(scene.origin, [&](Script& s) { ignore_ranges(s, scene); });
  scene.window = {{{10}, {13}}, {{10}, {11}}};
  scene.start();
  scene.run(seconds(1));
  CHECK(scene.rig.network.open_transfers() == 1);
  CHECK(scene.problems() ==
        "the origin cannot send parts of http://radio.example/song.mp3, so it is taken from its "
        "beginning\n");
  CHECK(scene.run_to_the_end() < seconds(5));
  CHECK(scene.rig.statistics.origin_bytes < scene.song.bytes.size() + 5 * hash::chunk_bytes);
}

TEST_CASE("an error page in the file's place is not an origin that ignores ranges") {
  DownloadScene scene;
  scene.serve(scene.origin, [](Script& s) {
    s = Script{};
    s.body = "<html>gone fishing</html>";
  });
  scene.start();
  scene.run(seconds(1));
  CHECK(scene.problems().find("cannot send parts") == std::string::npos);
  CHECK(scene.problems().find("is not the one the playlist names") != std::string::npos);
}

TEST_CASE(
    "a file of another length at the origin is said, and peers that hold the named one are used") {
  DownloadScene scene;
  scene.serve(scene.origin,
              [](Script& s) { s.headers.set("Content-Range", "bytes 0-49151/999999"); });
  scene.start();
  scene.run(milliseconds(500));
  CHECK(scene.problems().starts_with(
      "the file at the origin is not the one the playlist names: http://radio.example/song.mp3 has "
      "a "
      "file of 999999 bytes, not of 311396; peers that hold it are used"));
  CHECK(scene.contradictions >= 1);
  CHECK_FALSE(scene.is_stuck);
  CHECK(scene.asked(scene.origin) <= 3);
  scene.add_peer(1);
  CHECK(scene.run_to_the_end() < seconds(2));
}

TEST_CASE("false bytes from the origin ban nobody and cast no doubt on a proven row") {
  DownloadScene scene;
  bool is_false = true;
  scene.serve(scene.origin, [&](Script& s) {
    if (is_false) s.body[0] ^= 1;
  });
  scene.start();
  scene.run(seconds(20));
  CHECK_FALSE(scene.is_stuck);
  CHECK(scene.rig.statistics.rejected_chunks <= 3);
  CHECK(scene.held() == std::string(DownloadScene::chunks, '.'));
  is_false = false;
  CHECK(scene.run_to_the_end() < seconds(60));
}

TEST_CASE("a row that has not proved itself is doubted when the origin contradicts it") {
  DownloadScene scene;
  scene.plan.is_row_proven = false;
  scene.serve(scene.origin, [](Script& s) { s.body[0] ^= 1; });
  scene.start();
  scene.run(seconds(1));
  CHECK(scene.is_stuck);
}

TEST_CASE("an origin that fails is tried again, more and more rarely, and is welcome back") {
  DownloadScene scene;
  bool is_gone = true;
  scene.serve(scene.origin, [&](Script& s) {
    if (is_gone) answer_404(s);
  });
  scene.start();
  scene.run(seconds(60));
  const auto asked = scene.asked(scene.origin);
  CHECK(asked >= 4);
  CHECK(asked <= 24);
  CHECK(scene.problems() ==
        "the origin does not give http://radio.example/song.mp3: it answered 404; peers are used, "
        "and "
        "it is tried again\n");
  is_gone = false;
  scene.run(seconds(60));
  CHECK(scene.run_to_the_end() < seconds(60));
  CHECK(scene.problems().empty());
}

TEST_CASE("a mirror is used at once when the file's own place fails") {
  DownloadScene scene;
  scene.plan.origins.push_back(*http::Url::parse(mirror + "/copy.mp3"));
  scene.serve(mirror);
  const bool is_refused = GENERATE(false, true);
  if (is_refused) {
    scene.rig.network.remove(scene.origin);
  } else {
    scene.serve(scene.origin, answer_404);
  }
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(2));
  CHECK(scene.rig.network.requests_to(mirror).at(0).request.url.text() == mirror + "/copy.mp3");
  CHECK(scene.problems().find("mirror") == std::string::npos);
}

TEST_CASE("when all places of a file fail all of them rest") {
  DownloadScene scene;
  scene.plan.origins.push_back(*http::Url::parse(mirror + "/copy.mp3"));
  scene.serve(mirror, answer_404);
  scene.serve(scene.origin, answer_404);
  scene.start();
  scene.run(seconds(30));
  CHECK(scene.asked(scene.origin) >= 3);
  CHECK(scene.asked(mirror) >= 3);
  CHECK(scene.asked(scene.origin) + scene.asked(mirror) <= 30);
}

TEST_CASE("what was wrong with a file's places is forgotten with its download") {
  DownloadScene scene;
  scene.plan.origins.push_back(*http::Url::parse(mirror + "/copy.mp3"));
  scene.serve(mirror, answer_404);
  scene.serve(scene.origin, answer_404);
  scene.start();
  scene.run(seconds(3));
  CHECK_FALSE(scene.problems().empty());
  scene.stop();
  CHECK(scene.problems().empty());
}

TEST_CASE("a silent origin does not keep a late chunk from the peers") {
  DownloadScene scene;
  scene.rig.network.hang(scene.origin);
  scene.start();
  scene.run(milliseconds(200));
  CHECK(scene.asked(scene.origin) > 0);
  scene.add_peer(1);
  scene.run(milliseconds(1'000));
  CHECK(scene.held().starts_with("###"));
  CHECK(scene.run_to_the_end() < seconds(20));
}

TEST_CASE("an origin that breaks off is asked for the rest only") {
  DownloadScene scene;
  scene.serve(scene.origin, [](Script& s) {
    s.end_after = 2 * 16'384 + 1;
    s.end = Script::End::reset;
  });
  scene.start();
  CHECK(scene.run_to_the_end() < seconds(20));
  CHECK(scene.rig.statistics.origin_bytes <= scene.song.bytes.size() + 2 * hash::chunk_bytes);
}
