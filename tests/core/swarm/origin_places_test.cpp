#include "core/swarm/origin_places.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

struct PlacesScene {
  std::vector<http::Url> urls;
  swarm::OriginPlaces places;
  Random random{3};
  Instant now{std::chrono::hours(1)};

  explicit PlacesScene(unsigned count) : urls(made(count)), places(urls) {}
  static std::vector<http::Url> made(unsigned count) {
    std::vector<http::Url> urls;
    for (unsigned i = 0; i < count; ++i) {
      urls.push_back(
          *http::Url::parse("http://" + std::string(1, static_cast<char>('a' + i)) + "/x"));
    }
    return urls;
  }
  void fail(bool is_unreachable) {
    places.on_failure(places.present(), seconds(1), is_unreachable, now, random);
  }
  /// How long until it may be asked again, for a player or for later.
  Duration rest(bool in_bulk) {
    Duration rest{};
    while (!(in_bulk ? places.can_be_asked_in_bulk(now + rest) : places.can_be_asked(now + rest))) {
      rest += milliseconds(10);
    }
    return rest;
  }
};

}  // namespace

TEST_CASE("a place that fails rests, longer each time, up to a minute or so") {
  PlacesScene scene(1);
  CHECK(scene.rest(false) == Duration::zero());
  Duration last{};
  for (int i = 0; i < 12; ++i) {
    scene.fail(false);
    const Duration rest = scene.rest(true);
    CHECK(scene.rest(false) == rest);
    CHECK(rest >= std::min<Duration>(last, seconds(32)));
    CHECK(rest <= seconds(75));
    last = rest;
    scene.now += rest;
  }
  CHECK(last >= seconds(32));
  scene.places.on_chunk();
  scene.fail(false);
  CHECK(scene.rest(true) <= milliseconds(1'260));
}

TEST_CASE("for a player one that could not be reached is tried again every second or so") {
  PlacesScene scene(1);
  int tries = 0;
  const Instant begin = scene.now;
  for (; scene.now < begin + seconds(60); ++tries) {
    scene.fail(true);
    const Duration rest = scene.rest(false);
    CHECK(rest > Duration::zero());
    CHECK(rest <= milliseconds(1'260));
    scene.now += rest;
  }
  CHECK(tries > 45);
  CHECK(tries < 70);
  // All else has long been left alone.
  CHECK(scene.rest(true) > seconds(2));
}

TEST_CASE("a mirror is tried at once, and after a round of them all rest") {
  PlacesScene scene(3);
  CHECK(scene.places.present() == scene.urls[0]);
  scene.fail(true);
  CHECK(scene.places.present() == scene.urls[1]);
  CHECK(scene.rest(false) == Duration::zero());
  scene.fail(true);
  CHECK(scene.places.present() == scene.urls[2]);
  CHECK(scene.rest(true) == Duration::zero());
  scene.fail(true);
  CHECK(scene.places.present() == scene.urls[0]);
  CHECK(scene.rest(false) > Duration::zero());
  CHECK(scene.rest(true) > Duration::zero());
  // While all else rests a player has each of them tried.
  scene.now += scene.rest(false);
  scene.fail(true);
  CHECK(scene.places.present() == scene.urls[1]);
  CHECK(scene.rest(false) == Duration::zero());
  CHECK(scene.rest(true) > Duration::zero());
}

TEST_CASE("several requests that fail together are one failure") {
  PlacesScene scene(1);
  scene.fail(false);
  const Duration rest = scene.rest(true);
  scene.fail(false);
  CHECK(scene.rest(true) == rest);
  PlacesScene mirrored(2);
  mirrored.fail(false);
  mirrored.places.on_failure(mirrored.urls[0], seconds(1), false, mirrored.now, mirrored.random);
  CHECK(mirrored.places.present() == mirrored.urls[1]);
}

TEST_CASE("a request is lost when nothing at all has come from the origin for 2.5 s") {
  PlacesScene scene(1);
  const Instant asked = scene.now;
  CHECK_FALSE(scene.places.is_silent_since(asked, asked + milliseconds(2'499)));
  CHECK(scene.places.is_silent_since(asked, asked + milliseconds(2'500)));
  scene.places.on_heard(asked + seconds(2));
  CHECK_FALSE(scene.places.is_silent_since(asked, asked + milliseconds(4'499)));
  CHECK(scene.places.is_silent_since(asked, asked + milliseconds(4'500)));
}
