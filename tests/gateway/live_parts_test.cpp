#include "gateway/live_parts.hpp"

#include "core/playlist/rss_writer.hpp"
#include "core/time/w3cdtf.hpp"
#include "tests/gateway/gateway_fixture.hpp"
#include "tests/support/media_sample.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using alluvium::test::MediaSample;
using Fixture = gateway::test::GatewayFixture;

namespace {

const std::string list_url = "http://station/radio.rss";
const std::string part_url = "http://station/live/20261123T200000Z-1.mp3";

struct LiveFixture : Fixture {
  MediaSample part = MediaSample::of_chunks(2);
  playlist::Playlist list;

  LiveFixture() {
    playlist::Item item{.url = http::Url::parse(part_url).value()};
    item.start = world.wall_now() + 2s;
    item.end = world.wall_now() + 4s;
    item.duration = 2s;
    item.type = "audio/mpeg";
    item.length = part.bytes.size();
    item.root = part.root();
    item.is_live = true;
    list.title = "Radio";
    list.refresh = 1s;
    list.items.push_back(std::move(item));
  }
  void publish() {
    client.answer(list_url, {200, {}, playlist::write_rss(list, list_url), {}, false});
  }
  void serve_row() {
    client.answer(part_url + ".thex", {200, {}, to_string(part.row->raw()), {}, false});
  }
  int status_of_row() { return ask("GET", "/uri-res/N2X?" + part.root().urn())->status; }
};

}  // namespace

TEST_CASE_METHOD(LiveFixture, "a part of a live show is known by its leaf row, and never fetched") {
  publish();
  serve_row();
  client.serve(part_url, part.bytes);
  start({list_url});
  world.settle();
  CHECK(status_of_row() == 200);
  CHECK(client.count(part_url + ".thex") == 1);
  CHECK(ask("GET", "/gateway/head?uri=" + part_url)->status == 200);
  world.advance(10s);
  CHECK(client.count(part_url) == 0);
  CHECK(client.count(part_url + ".thex") == 1);
}

TEST_CASE_METHOD(LiveFixture, "of a part of a single chunk nothing is fetched at all") {
  part = MediaSample::of_chunks(1);
  list.items[0].root = part.root();
  list.items[0].length = part.bytes.size();
  publish();
  start({list_url});
  world.settle();
  CHECK(status_of_row() == 200);
  CHECK(client.count(part_url + ".thex") == 0);
}

TEST_CASE_METHOD(LiveFixture, "a false leaf row is not believed, and asked for again") {
  publish();
  client.answer(part_url + ".thex", {200, {}, std::string(64, 'x'), {}, false});
  start({list_url});
  world.settle();
  CHECK(status_of_row() == 404);
  CHECK(ask("GET", "/gateway/head?uri=" + part_url)->status == 404);
  serve_row();
  world.advance(1'100ms);
  world.settle();
  CHECK(status_of_row() == 200);
  CHECK(client.count(part_url) == 0);
}

TEST_CASE_METHOD(LiveFixture, "a part is forgotten a minute after no playlist names it any more") {
  publish();
  serve_row();
  start({list_url});
  world.settle();
  list.items.clear();
  publish();
  world.advance(50s);
  CHECK(status_of_row() == 200);
  world.advance(15s);
  CHECK(status_of_row() == 404);
  CHECK(gateway->state().registry.size() == 0);
}

TEST_CASE_METHOD(LiveFixture,
                 "during a show the playlist is looked at every second, and sooner if "
                 "a listener names what is not in it yet") {
  playlist::Playlist before = list;
  before.items.clear();
  std::swap(list, before);
  publish();
  start({list_url});
  world.settle();
  std::swap(list, before);
  const std::size_t looks = client.count(list_url);
  world.advance(5s);
  CHECK(client.count(list_url) >= looks + 4);
  CHECK(client.count(list_url) <= looks + 6);

  publish();
  serve_row();
  const std::size_t asked = client.count(list_url);
  const std::string announcement =
      R"({"port":0,"holdings":[{"urn":")" + part.root().urn() + R"(","available":"none"}]})";
  (void)ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}}, announcement);
  world.settle();
  CHECK(client.count(list_url) == asked + 1);
  CHECK(status_of_row() == 200);
}

TEST_CASE_METHOD(LiveFixture,
                 "what is wanted of a part that is not known yet is put off a little, "
                 "not left to the origin") {
  playlist::Playlist before = list;
  before.items.clear();
  std::swap(list, before);
  publish();
  start({list_url});
  world.settle();
  const std::string announcement = R"({"port":0,"holdings":[{"urn":")" + part.root().urn() +
                                   R"(","available":"none"}],"want":[{"urn":")" +
                                   part.root().urn() + R"(","bytes":"0-16383","by_ms":900}]})";
  const auto ask_where = [&] {
    return ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}}, announcement)
        ->body;
  };
  CHECK(ask_where().find(R"("source":"wait")") != std::string::npos);
  SECTION("until it is known") {
    std::swap(list, before);
    publish();
    serve_row();
    world.advance(1'100ms);
    world.settle();
    CHECK(ask_where().find(R"("source":"origin")") != std::string::npos);
  }
  SECTION("or for a second and a half") {
    world.advance(1'600ms);
    CHECK(ask_where().find("source") == std::string::npos);
  }
}
