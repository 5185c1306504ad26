#include "player-bridge/mount.hpp"
#include "tests/core/media/ogg_samples.hpp"
#include "tests/player-bridge/connection.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using namespace std::chrono_literals;

namespace {

/// A mount and its clock, which turns every 250 ms.
struct Scene {
  explicit Scene(MountSettings settings = {}) : settings_(settings) {}

  FakeOnAir on_air;

  void run_for(std::chrono::milliseconds span) {
    for (auto done = 0ms; done < span; done += 250ms) {
      mount().on_turn();
      on_air.advance(250ms);
    }
    mount().on_turn();
  }
  Mount& mount() {
    if (!mount_) mount_.emplace(on_air, settings_);
    return *mount_;
  }
  [[nodiscard]] std::unique_ptr<http::Exchange> play(Connection& connection,
                                                     const std::string& query = "",
                                                     http::Headers headers = {}) {
    http::Request request;
    request.method = "GET";
    request.target = "/stream" + query;
    request.headers = std::move(headers);
    return mount().serve(request, connection);
  }

 private:
  MountSettings settings_;
  std::optional<Mount> mount_;
};

std::string bytes(const FakeFile& file) {
  return to_string(file.bytes);
}

}  // namespace

TEST_CASE("when the content type changes the stream ends after the item's last byte") {
  Scene scene;
  const FakeFile song = scene.on_air.add("song", mp3_file(20s, 1), 20s);
  const FakeFile other = scene.on_air.add("other", opaque_file(200'000, 1), 20s);
  scene.run_for(1s);
  Connection connection;
  auto player = scene.play(connection);
  scene.run_for(18s);
  CHECK(connection.type() == "audio/mpeg");
  REQUIRE(connection.has_ended);
  CHECK(bytes(song).ends_with(connection.text()));

  SECTION("who comes back at once gets the next item from its first byte") {
    Connection again;
    player = scene.play(again);
    scene.run_for(10s);
    CHECK(again.type() == "audio/x-mystery");
    CHECK_FALSE(again.text().empty());
    CHECK(bytes(other).starts_with(again.text()));
  }
  SECTION("so does who comes within a second after it has begun") {
    player.reset();
    scene.run_for(1'750ms);
    Connection again;
    player = scene.play(again);
    scene.run_for(3s);
    CHECK(again.type() == "audio/x-mystery");
    CHECK(bytes(other).starts_with(again.text()));
    CHECK(again.body.size() > 40'000);
  }
}

TEST_CASE("the stream goes on where the content type stays") {
  Scene scene;
  const FakeFile song = scene.on_air.add("song", mp3_file(20s, 1), 20s);
  const FakeFile next = scene.on_air.add("next", mp3_file(20s, 2), 20s);
  Connection connection;
  const auto player = scene.play(connection);
  scene.run_for(30s);
  CHECK_FALSE(connection.has_ended);
  REQUIRE(connection.body.size() > song.bytes.size());
  CHECK(connection.text().starts_with(bytes(song)));
  CHECK(bytes(next).starts_with(connection.text().substr(song.bytes.size())));
}

TEST_CASE("what cannot be entered is sent to each player from its first byte") {
  Scene scene;
  const FakeFile film = scene.on_air.add("film", opaque_file(600'000, 1), 60s);
  scene.on_air.add("song", mp3_file(20s, 1), 20s);
  scene.run_for(20s);
  Connection connection;
  auto player = scene.play(connection);
  scene.run_for(5s);
  CHECK(connection.type() == "audio/x-mystery");
  REQUIRE_FALSE(connection.text().empty());
  CHECK(bytes(film).starts_with(connection.text()));
  // At the pace of its own beginning.
  CHECK(connection.body.size() > 80'000);
  CHECK(connection.body.size() < 110'000);
  scene.run_for(36s);
  // What is on by now is something else.
  CHECK(connection.has_ended);
  CHECK(bytes(film).starts_with(connection.text()));
}

TEST_CASE("an item is played from its beginning for who asks, if that is allowed") {
  SECTION("it is not, unless somebody says so") {
    Scene scene;
    scene.on_air.add("song", mp3_file(60s, 1), 60s);
    scene.run_for(20s);
    Connection connection;
    CHECK(scene.play(connection, "?start=over") == nullptr);
    CHECK(connection.answer->status == 403);
  }
  SECTION("and then the player hears what is on") {
    Scene scene({.allows_start_over = true});
    const FakeFile song = scene.on_air.add("song", mp3_file(60s, 1), 60s);
    const FakeFile next = scene.on_air.add("next", mp3_file(60s, 2), 60s);
    scene.run_for(20s);
    Connection connection;
    const auto player = scene.play(connection, "?start=over");
    scene.run_for(75s);
    CHECK(connection.type() == "audio/mpeg");
    CHECK_FALSE(connection.has_ended);
    REQUIRE(connection.body.size() > song.bytes.size());
    CHECK(connection.text().starts_with(bytes(song)));
    const std::string rest = connection.text().substr(song.bytes.size());
    CHECK(bytes(next).find(rest) != std::string::npos);
    CHECK(bytes(next).find(rest) > 19 * 16'000u);
  }
}

TEST_CASE("who comes in a gap waits with an open connection") {
  Scene scene;
  scene.on_air.add("song", mp3_file(20s, 1), 20s);
  scene.on_air.set_now(FakeOnAir::begin - 40s);
  scene.run_for(1s);
  Connection connection;
  const auto player = scene.play(connection);
  scene.run_for(5s);
  CHECK_FALSE(connection.answer);
  scene.run_for(20s);
  CHECK(connection.type() == "audio/mpeg");
  scene.run_for(20s);
  CHECK_FALSE(connection.has_ended);
  CHECK(connection.text().find(bytes(scene.on_air.file("song")).substr(0, 10'000)) !=
        std::string::npos);
}

TEST_CASE("Ogg files follow each other as a chain whose serial numbers differ") {
  Scene scene;
  const Bytes file = media::samples::opus_file(7, 20, 312, 0, 50);
  scene.on_air.add("song", scanned_file(file, "audio/ogg"), 20s);
  scene.on_air.add("next", scanned_file(file, "audio/ogg"), 20s);
  Connection whole;
  const auto first = scene.play(whole);
  scene.run_for(30s);
  Connection late;
  const auto second = scene.play(late);
  scene.run_for(5s);
  CHECK_FALSE(whole.has_ended);
  CHECK(whole.type() == "audio/ogg");
  CHECK_FALSE(whole.answer->headers.has("icy-metaint"));
  const auto serials = [](const Bytes& stream) {
    std::vector<std::string> found;
    for (std::size_t at = 0; at < stream.size();) {
      REQUIRE(as_text(stream).substr(at, 4) == "OggS");
      const std::size_t segments = stream[at + 26];
      std::size_t length = 27 + segments;
      for (std::size_t i = 0; i < segments; ++i) length += stream[at + 27 + i];
      const auto serial = std::string(as_text(stream).substr(at + 14, 4));
      if (found.empty() || found.back() != serial) found.push_back(serial);
      at += length;
    }
    return found;
  };
  const auto heard = serials(whole.body);
  REQUIRE(heard.size() == 2);
  CHECK(heard[0] != heard[1]);
  // Who joins later gets the headers of the link that is on.
  REQUIRE_FALSE(late.body.empty());
  CHECK(serials(late.body) == std::vector{heard[1]});
  CHECK(late.text().find("OpusHead") == 28);
}

TEST_CASE("players who came at the same moment are not all served at the same moment") {
  Scene scene;
  scene.on_air.add("song", mp3_file(120s, 1), 120s);
  scene.run_for(10s);
  std::vector<std::unique_ptr<Connection>> connections;
  std::vector<std::unique_ptr<http::Exchange>> players;
  for (int i = 0; i < 40; ++i) {
    connections.push_back(std::make_unique<Connection>());
    players.push_back(scene.play(*connections.back()));
  }
  scene.run_for(5s);
  for (int turn = 0; turn < 4; ++turn) {
    for (const auto& connection : connections) connection->writes = 0;
    scene.on_air.advance(250ms);
    scene.mount().on_turn();
    std::size_t served = 0;
    for (const auto& connection : connections) served += connection->writes;
    CHECK(served >= 7);
    CHECK(served <= 13);
  }
}

TEST_CASE("where a station's items are of several types") {
  Scene scene;
  const FakeFile other = scene.on_air.add("other", opaque_file(200'000, 1), 20s);
  const FakeFile song = scene.on_air.add("song", mp3_file(20s, 1), 20s);
  playlist::Playlist playlist = scene.on_air.playlist();
  playlist.items[0].type = "audio/x-mystery";
  playlist.items[1].type = "audio/mp3";
  scene.mount().set_station(playlist);
  scene.run_for(1s);
  Connection connection;

  SECTION("a player that names one of them waits for that, and gets it from its first frame") {
    const auto player = scene.play(connection, "", {{"Accept", "audio/mpeg, */*"}});
    scene.run_for(14s);
    CHECK_FALSE(connection.answer);
    scene.run_for(10s);
    CHECK(connection.type() == "audio/mpeg");
    CHECK(connection.body.size() > 60'000);
    CHECK(bytes(song).starts_with(connection.text()));
  }
  SECTION("a player that names none of them gets what is on") {
    const auto player = scene.play(connection, "", {{"Accept", "audio/flac, */*"}});
    scene.run_for(1s);
    CHECK(connection.type() == "audio/x-mystery");
  }
  SECTION("who does not ask for titles is not told that there are any") {
    const auto player = scene.play(connection);
    REQUIRE(connection.answer);
    CHECK_FALSE(connection.answer->headers.has("icy-name"));
    CHECK_FALSE(connection.answer->headers.has("ice-audio-info"));
    Connection other_connection;
    const auto other_player = scene.play(other_connection, "", {{"Icy-MetaData", "1"}});
    REQUIRE(other_connection.answer);
    CHECK(other_connection.answer->headers.has("icy-name"));
  }
}
