#include "player-bridge/mount.hpp"

#include "tests/player-bridge/connection.hpp"
#include "tests/player-bridge/fake_on_air.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::bridge;
using namespace alluvium::bridge::test;
using namespace std::chrono_literals;

namespace {

http::Request request(std::string method = "GET", bool wants_titles = false) {
  http::Request result;
  result.method = std::move(method);
  result.target = "/stream";
  if (wants_titles) result.headers.add("Icy-MetaData", "1");
  return result;
}

/// 128 kbit/s frames of 26 ms: 16,000 bytes a second.
constexpr std::size_t bytes_a_second = 16'000;

void turn(Station& station, Mount& mount, std::chrono::milliseconds by) {
  station.on_air.advance(by);
  mount.on_turn();
}

}  // namespace

TEST_CASE(
    "a player gets at once what is due in the next four seconds, and then as much as time passes") {
  Station station;
  station.on_air.add("song", mp3_file(60s, 1), 60s);
  Mount mount(station.on_air, {});
  turn(station, mount, 10s);
  Connection connection;
  const auto player = mount.serve(request(), connection);
  REQUIRE(connection.answer);
  CHECK(connection.answer->status == 200);
  CHECK_FALSE(connection.answer->headers.has("icy-metaint"));
  const auto burst = static_cast<double>(connection.body.size()) / bytes_a_second;
  CHECK(burst > 3.9);
  CHECK(burst < 4.2);

  connection.writes = 0;
  for (int i = 0; i < 40; ++i) turn(station, mount, 250ms);
  const auto all = static_cast<double>(connection.body.size()) / bytes_a_second;
  CHECK(all > burst + 9.4);
  CHECK(all < burst + 10.1);
  CHECK(connection.writes <= 11);  // a second in each
}

TEST_CASE("a player that does not read is dropped, alone") {
  Station station;
  station.on_air.add("song", mp3_file(120s, 1), 120s);
  Mount mount(station.on_air, {});
  turn(station, mount, 1s);
  Connection slow;
  Connection good;
  slow.reads = false;
  auto first = mount.serve(request(), slow);
  const auto second = mount.serve(request(), good);
  CHECK(mount.players() == 2);
  for (int i = 0; i < 400 && !slow.is_cut; ++i) turn(station, mount, 250ms);
  CHECK(slow.is_cut);
  CHECK(slow.queued > 512 * 1024);
  CHECK(slow.queued < 512 * 1024 + bytes_a_second);
  const std::size_t before = slow.body.size();
  turn(station, mount, 1s);
  CHECK(slow.body.size() == before);
  CHECK_FALSE(good.is_cut);
  first.reset();
  CHECK(mount.players() == 1);
}

TEST_CASE("a player waits without an answer until the item's type is known") {
  Station station;
  station.on_air.add("song", mp3_file(60s, 1), 60s).is_known = false;
  Mount mount(station.on_air, {});
  turn(station, mount, 1s);
  Connection connection;
  const auto player = mount.serve(request(), connection);
  turn(station, mount, 1s);
  CHECK_FALSE(connection.answer);
  station.on_air.file("song").is_known = true;
  turn(station, mount, 250ms);
  REQUIRE(connection.answer);
  CHECK(connection.answer->headers.find("Content-Type") == "audio/mpeg");
  CHECK_FALSE(connection.body.empty());
}

TEST_CASE("HEAD has the head and no stream") {
  Station station;
  station.on_air.add("song", mp3_file(60s, 1), 60s);
  Mount mount(station.on_air, {});
  turn(station, mount, 1s);
  Connection connection;
  const auto player = mount.serve(request("HEAD"), connection);
  turn(station, mount, 1s);
  REQUIRE(connection.answer);
  CHECK(connection.body.empty());
  CHECK(connection.has_ended);
}

TEST_CASE("titles come only to who asked for them") {
  Station station;
  station.on_air.add("song", mp3_file(60s, 1), 60s);
  Mount mount(station.on_air, {});
  turn(station, mount, 1s);
  Connection with;
  Connection without;
  const auto first = mount.serve(request("GET", true), with);
  const auto second = mount.serve(request("GET", false), without);
  CHECK(with.answer->headers.find("icy-metaint") == "8192");
  CHECK(as_text(with.body).find("StreamTitle='song';") != std::string_view::npos);
  CHECK_FALSE(without.answer->headers.has("icy-metaint"));
  CHECK(as_text(without.body).find("StreamTitle") == std::string_view::npos);
}

TEST_CASE("two players at the same place are sent the same bytes") {
  Station station;
  station.on_air.add("song", mp3_file(60s, 1), 60s);
  Mount mount(station.on_air, {});
  turn(station, mount, 5s);
  Connection first;
  Connection second;
  const auto one = mount.serve(request(), first);
  const auto two = mount.serve(request(), second);
  for (int i = 0; i < 20; ++i) turn(station, mount, 250ms);
  // One may be a write ahead of the other.
  const std::size_t both = std::min(first.body.size(), second.body.size());
  CHECK(both > 8 * bytes_a_second);
  CHECK((first.text().substr(0, both) == second.text().substr(0, both)));
}
