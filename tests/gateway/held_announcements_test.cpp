#include "core/hash/digest.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::json;
using Held = HeldAnnouncements;

net::Endpoint peer(unsigned i) {
  return {net::IpAddress::v4(10, static_cast<std::uint8_t>(i / 62'500),
                             static_cast<std::uint8_t>(i / 250 % 250),
                             static_cast<std::uint8_t>(i % 250)),
          7'000};
}

hash::TreeRoot file(const char* name) {
  return hash::TreeRoot{hash::sha256(as_bytes(name))};
}

/// Listeners of one song that are told whether they can be dialled, and may wait for news.
struct Fixture : test::GatewayFixture {
  Fixture() {
    start();
    know_song();
  }
  std::unique_ptr<test::Exchanged> say(int port, const std::string& available,
                                       const std::string& more, http::Headers headers = {}) {
    headers.add("Content-Type", "application/json");
    return ask("POST", "/gateway/announce", std::move(headers),
               R"({"port":)" + std::to_string(port) + R"(,"holdings":[{"urn":")" + urn +
                   R"(","available":")" + available + R"("}])" + more + "}");
  }
  /// One that has all, wants nothing, and has tried in vain to be dialled.
  std::unique_ptr<test::Exchanged> wait_for_news(int port, const std::string& wait = "wait=20") {
    return say(port, "all", R"(,"want":[],"reverse":{"to":[]})", {{"Prefer", wait}});
  }
  void know(int port, bool is_reachable) {
    if (is_reachable) answer_at(port);
    static_cast<void>(say(port, "none", ""));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "who cannot be dialled and wants nothing hears when somebody comes who can") {
  know(9001, false);
  const auto held = wait_for_news(9001);
  world.advance(10s);
  CHECK_FALSE(held->answered());

  know(9002, true);
  CHECK_FALSE(held->answered());
  static_cast<void>(say(9002, "none", ""));
  REQUIRE(held->answered());
  CHECK(held->status == 200);
  CHECK(held->header("Preference-Applied") == "wait=20");
  const Json to = Json::parse(held->body)["reverse"]["to"];
  REQUIRE(to.size() == 1);
  CHECK(to[0]["address"] == "127.0.0.1:9002");
}

TEST_CASE_METHOD(Fixture, "and when another one like it does, in time to meet it") {
  know(9001, false);
  const auto held = wait_for_news(9001);
  world.advance(10s);
  know(9002, false);
  const auto offered = say(9002, "none", R"(,"reverse":{"to":[]})");
  const Json to = Json::parse(offered->body)["reverse"]["to"];
  REQUIRE(to.size() == 1);
  CHECK(to[0]["address"] == "127.0.0.1:9001");
  REQUIRE(held->answered());
  const Json expect = Json::parse(held->body)["reverse"]["expect"];
  REQUIRE(expect.size() == 1);
  CHECK(expect[0]["address"] == "127.0.0.1:9002");
  CHECK(expect[0]["in_ms"] == to[0]["in_ms"]);
}

TEST_CASE_METHOD(Fixture, "without news it is answered when it would not wait any longer") {
  know(9001, false);
  const auto held = wait_for_news(9001, "wait=5");
  world.advance(4'999ms);
  CHECK_FALSE(held->answered());
  world.advance(1ms);
  REQUIRE(held->answered());
  CHECK(held->header("Preference-Applied") == "wait=5");
  CHECK(Json::parse(held->body)["reachable"] == false);
  const auto long_held = wait_for_news(9001, "wait=60");
  world.advance(Held::longest);
  CHECK(long_held->answered());
}

TEST_CASE_METHOD(Fixture, "what has something to say or to learn is answered at once") {
  know(9001, false);
  const http::Headers wait{{"Prefer", "wait=20"}};
  const std::string open = R"(,"reverse":{"to":[]})";
  // It does not say that it would wait, or would open nothing, or wants something.
  CHECK(say(9001, "all", R"(,"want":[])" + open)->answered());
  CHECK(say(9001, "all", R"(,"want":[],"reverse":{})", wait)->answered());
  CHECK(say(9001, "bytes 0-16383", open, wait)->answered());
  CHECK(say(9001, "all", open + R"(,"want":[{"urn":")" + urn + R"(","bytes":"0-16383"}])", wait)
            ->answered());
  // It is not known whether it can be dialled; it can.
  CHECK(say(9005, "all", open, wait)->answered());
  know(9006, true);
  CHECK(say(9006, "all", open, wait)->answered());
  // There is somebody to meet, or a key to give.
  CHECK(say(9001, "all", open, wait)->answered());
  CHECK(say(9001, "all", R"(,"reverse":{"key":true,"to":["127.0.0.1:9006"]})", wait)->answered());
  CHECK_FALSE(say(9001, "all", R"(,"reverse":{"to":["127.0.0.1:9006"]})", wait)->answered());
}

TEST_CASE_METHOD(Fixture, "who has gone away in the meantime is not missed") {
  know(9001, false);
  auto held = wait_for_news(9001);
  held->hang_up();
  know(9002, true);
  static_cast<void>(say(9002, "none", ""));
  world.advance(30s);
  CHECK_FALSE(held->answered());
}

TEST_CASE_METHOD(Fixture,
                 "for one that comes not everybody is called, and not every time it speaks") {
  std::vector<std::unique_ptr<test::Exchanged>> waiting;
  for (int port = 10'000; port < 10'020; ++port) {
    know(port, false);
    // Each has enough of its kind.
    waiting.push_back(say(port, "all",
                          R"(,"reverse":{"to":["10.0.0.1:1","10.0.0.2:1","10.0.0.3:1"]})",
                          {{"Prefer", "wait=20"}}));
  }
  const auto answered = [&] {
    return std::count_if(waiting.begin(), waiting.end(),
                         [](const auto& one) { return one->answered(); });
  };
  const auto before = answered();
  know(9002, true);
  for (int i = 0; i < 10; ++i) static_cast<void>(say(9002, "none", ""));
  CHECK(answered() - before <= 3);
  CHECK(answered() - before > 0);
}

TEST_CASE("so many wait, and of one client so many") {
  Held held(1);
  std::vector<std::unique_ptr<Held::Place>> places;
  for (unsigned i = 0; i < Held::most_of_client; ++i) {
    REQUIRE(held.has_place_for(peer(1).address));
    places.push_back(
        held.enter({peer(1).address, static_cast<std::uint16_t>(2'000 + i)}, {}, [] {}));
  }
  CHECK_FALSE(held.has_place_for(peer(1).address));
  for (unsigned i = 2; places.size() < Held::most; ++i) {
    REQUIRE(held.has_place_for(peer(i).address));
    places.push_back(held.enter(peer(i), {}, [] {}));
  }
  CHECK_FALSE(held.has_place_for(peer(60'000).address));
  places.clear();
  CHECK(held.has_place_for(peer(1).address));
}

TEST_CASE("of those who have a file now these and now those are called, each once") {
  Held held(1);
  std::vector<int> calls(10);
  std::vector<std::unique_ptr<Held::Place>> places;
  for (unsigned i = 0; i < 10; ++i) {
    places.push_back(held.enter(peer(i), {file(i < 8 ? "song" : "other")}, [&, i] { ++calls[i]; }));
  }
  CHECK(held.has_any_for(file("song")));
  CHECK_FALSE(held.has_any_for(file("nobody's")));
  held.call_some(file("nobody's"), 5);
  held.call_some(file("song"), 3);
  CHECK(calls == std::vector<int>(10));
  held.answer_called();
  CHECK(std::count(calls.begin(), calls.end(), 1) == 3);
  for (int i = 0; i < 100; ++i) held.call_some(file("song"), 3);
  held.answer_called();
  CHECK(calls == std::vector<int>{1, 1, 1, 1, 1, 1, 1, 1, 0, 0});
}

TEST_CASE("who comes back before it was missed is called once, where it is now") {
  Held held(1);
  std::string called;
  auto before = held.enter(peer(1), {file("song")}, [&] { called += "before"; });
  const auto now = held.enter(peer(1), {file("song")}, [&] { called += "now"; });
  held.call(peer(1));
  held.answer_called();
  CHECK(called == "now");
  before.reset();
  CHECK(held.is_here(peer(1)));
}

TEST_CASE("an answer may call others, and end its own place") {
  Held held(1);
  int calls = 0;
  std::unique_ptr<Held::Place> first;
  std::unique_ptr<Held::Place> second;
  first = held.enter(peer(1), {}, [&] {
    ++calls;
    held.call(peer(2));
    first.reset();
    held.answer_called();
  });
  second = held.enter(peer(2), {}, [&] { ++calls; });
  held.call(peer(1));
  held.answer_called();
  CHECK(calls == 2);
  CHECK_FALSE(held.is_here(peer(1)));
}
