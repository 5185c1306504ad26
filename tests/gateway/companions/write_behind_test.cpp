#include "gateway/companions/write_behind.hpp"

#include "gateway/companions/peer_record.hpp"
#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

const net::Endpoint one = test::endpoint("192.0.2.1:9001");
const net::Endpoint two = test::endpoint("192.0.2.2:9001");

}  // namespace

TEST_CASE("news of a listener is written at once, and then once a second at most") {
  WriteBehind behind;
  Instant now{1h};
  behind.on_news(one, now);
  behind.on_news(one, now);
  CHECK(behind.take(now, 10) == std::vector{one});
  for (int i = 0; i < 9; ++i) {
    behind.on_news(one, now += 100ms);
    CHECK(behind.take(now, 10).empty());
  }
  behind.on_news(two, now);
  CHECK(behind.take(now, 10) == std::vector{two});
  CHECK(behind.take(now += 100ms, 10) == std::vector{one});
  CHECK(behind.take(now += 10s, 10).empty());
}

TEST_CASE("what finds no room is counted, and what is taken is as much as was asked for") {
  WriteBehind behind(2);
  const Instant now{1h};
  behind.on_news(two, now);
  behind.on_news(one, now);
  behind.on_news(test::endpoint("192.0.2.3:9001"), now);
  CHECK(behind.size() == 2);
  CHECK(behind.left_out() == 1);
  CHECK(behind.take(now, 1).size() == 1);
  CHECK(behind.take(now, 5).size() == 1);
}

TEST_CASE("in the end everything is taken that was to be written, due or not") {
  WriteBehind behind;
  const Instant now{1h};
  behind.on_news(one, now);
  CHECK(behind.take(now, 10).size() == 1);
  behind.on_news(one, now);
  CHECK(behind.take_all() == std::vector{one});
  CHECK(behind.size() == 0);
}

TEST_CASE("a record of a listener is read as it was written") {
  PeerRecord record;
  record.up_bps = 5'000'000;
  record.reachable = false;
  record.silent_after = 3s;
  record.files.push_back({hash::TreeRoot{{1}}, {true, {}}, {}});
  record.files.push_back({hash::TreeRoot{{2}},
                          {false, {{0, 16'384}, {32'768, 65'536}}},
                          {{{16'384, 32'768}, 999'999'999'999, 1500ms}}});
  const auto read = parse_peer_record(to_json(record));
  REQUIRE(read);
  CHECK(to_json(*read) == to_json(record));
  CHECK(read->reachable == false);
  REQUIRE(read->files.size() == 2);
  CHECK(read->files[1].leases[0].ticket == 999'999'999'999);
  CHECK(read->files[1].leases[0].remains == 1500ms);
  CHECK(to_json(record).size() < 420);
}

TEST_CASE("a record that makes no sense is none, and what makes none in it is left out") {
  for (const char* text : {"", "[]", "7", "{", "{\"a\":[[[[[[[1]]]]]]]}"}) {
    INFO(text);
    CHECK(!parse_peer_record(text));
  }
  const std::string urn = hash::TreeRoot{{1}}.urn();
  const auto read = parse_peer_record(
      R"({"up_bps":-1,"silent_ms":99999999999,"reachable":"yes","files":[7,{"urn":"x"},{"urn":")" +
      urn + R"(","available":"some"},{"urn":")" + urn +
      R"(","available":"all","leases":[1,{"bytes":"none"},{"bytes":"bytes 5-1"},)" +
      R"({"bytes":"bytes 0-1,4-5"},{"bytes":"bytes 0-16383","ticket":"x","ms":-4}]}]})");
  REQUIRE(read);
  CHECK(read->up_bps == 0);
  CHECK(!read->reachable);
  CHECK(read->silent_after == 60s);
  REQUIRE(read->files.size() == 1);
  REQUIRE(read->files[0].leases.size() == 1);
  CHECK(read->files[0].leases[0].ticket == 0);
}
