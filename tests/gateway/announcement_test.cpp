#include "gateway/announcement.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;

namespace {

const hash::TreeRoot song{{7}};

std::string holding(const std::string& members) {
  return R"({"port":9000,"holdings":[{)" + members + "}]}";
}

}  // namespace

TEST_CASE("an announcement is read") {
  const auto read =
      parse_announcement(R"({"port":9000,"up_bps":2000000,"holdings":[{"urn":")" + song.urn() +
                         R"(","available":"bytes 0-16383"}],"later":{"a":[1]}})");
  REQUIRE(read);
  CHECK(read->port == 9000);
  CHECK(read->up_bps == 2'000'000);
  REQUIRE(read->holdings.size() == 1);
  CHECK(read->holdings[0].root == song);
  CHECK(read->holdings[0].available.text() == "bytes 0-16383");
}

TEST_CASE("an announcement may hold nothing") {
  const auto read = parse_announcement(R"({"port":0})");
  REQUIRE(read);
  CHECK(read->port == 0);
  CHECK(read->holdings.empty());
}

TEST_CASE("every malformed announcement is an error, and so is every beginning of a good one") {
  const std::string good =
      holding(R"("urn":")" + song.urn() + R"(","available":"bytes 0-16383,32768-49151")");
  REQUIRE(parse_announcement(good));
  for (std::size_t length = 0; length < good.size(); ++length) {
    INFO(good.substr(0, length));
    CHECK_FALSE(parse_announcement(good.substr(0, length)));
  }
  const std::string urn = R"("urn":")" + song.urn() + '"';
  const std::string rows[] = {
      "[]",
      "null",
      "7",
      "{}",
      R"({"port":null})",
      R"({"port":"9000"})",
      R"({"port":-1})",
      R"({"port":1.5})",
      R"({"port":80})",
      R"({"port":1023})",
      R"({"port":65536})",
      R"({"port":18446744073709551616})",
      R"({"port":9000,"holdings":{}})",
      R"({"port":9000,"holdings":[7]})",
      holding(""),
      holding(urn),
      holding(urn + R"(,"available":7)"),
      holding(urn + R"(,"available":"bytes")"),
      holding(R"("urn":"urn:sha1:AAAA","available":"all")"),
      holding(R"("available":"all")"),
      R"({"port":9000,"x":)" + std::string(50, '[') + std::string(50, ']') + "}",
      std::string(100'000, '['),
      std::string(max_announcement_bytes + 1, ' ') + good,
  };
  for (const auto& row : rows) {
    INFO(row.substr(0, 200));
    CHECK_FALSE(parse_announcement(row));
  }
}

TEST_CASE("more holdings than the limit are refused") {
  const auto many = [](std::size_t count) {
    std::string json = R"({"port":9000,"holdings":[)";
    for (std::size_t i = 0; i < count; ++i) {
      json +=
          std::string(i == 0 ? "" : ",") + R"({"urn":")" + song.urn() + R"(","available":"all"})";
    }
    return json + "]}";
  };
  CHECK(parse_announcement(many(max_holdings)));
  CHECK_FALSE(parse_announcement(many(max_holdings + 1)));
}

TEST_CASE("an answer is written as listeners read it") {
  AnnounceAnswer answer;
  answer.expires = std::chrono::seconds(60);
  answer.interval = std::chrono::milliseconds(250);
  answer.you = net::IpAddress::v4(8, 8, 8, 8);
  answer.swarms.push_back(
      {song, 50'000, {{test::endpoint("[2001:db8::1]:9000"), PackedAvailability({true, {}})}}});
  CHECK(to_json(answer) ==
        R"({"escape_bytes":0,"expires":60,"from":[],"interval_ms":250,"reachable":null,)"
        R"("swarms":[{"peers":[{"address":"[2001:db8::1]:9000","available":"all"}],"size":50000,)"
        R"("urn":")" +
            song.urn() + R"("}],"you":"8.8.8.8"})");
  answer.reachable = false;
  CHECK(to_json(answer).find(R"("reachable":false)") != std::string::npos);
}

TEST_CASE("what is wanted, and what failed, is read") {
  const std::string urn = R"("urn":")" + song.urn() + '"';
  const auto read = parse_announcement(
      R"({"port":9000,"want":[{)" + urn + R"(,"bytes":"0-16383,32768-49151","by_ms":300},{)" + urn +
      R"(,"bytes":"65536-99999"}],"failed":[{)" + urn +
      R"(,"bytes":"0-16383","source":"origin","why":"timeout"},{)" + urn +
      R"(,"bytes":"0-16383","source":"192.0.2.1:9001","why":"false"},{)" + urn +
      R"(,"bytes":"0-16383","source":"[2001:db8::1]:9001","why":"refused"}]})");
  REQUIRE(read);
  REQUIRE(read->wants);
  REQUIRE(read->wants->size() == 2);
  CHECK((*read->wants)[0].root == song);
  CHECK((*read->wants)[0].ranges == std::vector<ByteRange>{{0, 16'384}, {32'768, 49'152}});
  CHECK((*read->wants)[0].by == std::chrono::milliseconds(300));
  CHECK((*read->wants)[1].by == max_want_ahead);
  REQUIRE(read->failures.size() == 3);
  CHECK_FALSE(read->failures[0].source);
  CHECK(read->failures[0].why == leases::Failing::late);
  CHECK(read->failures[1].source == test::endpoint("192.0.2.1:9001"));
  CHECK(read->failures[1].why == leases::Failing::untrue);
  CHECK(read->failures[2].source == test::endpoint("[2001:db8::1]:9001"));
  CHECK(read->failures[2].why == leases::Failing::unwilling);
}

TEST_CASE("who says nothing of wants is told apart from who wants nothing") {
  CHECK_FALSE(parse_announcement(R"({"port":0})")->wants);
  CHECK_FALSE(parse_announcement(R"({"port":0,"want":{}})")->wants);
  CHECK(parse_announcement(R"({"port":0,"want":[]})")->wants);
}

TEST_CASE("wants and failures that make no sense are left out, one by one") {
  const std::string urn = R"("urn":")" + song.urn() + '"';
  const std::string wants[] = {
      "7",
      "[]",
      "{}",
      "{" + urn + "}",
      R"({"urn":"x","bytes":"0-5"})",
      "{" + urn + R"(,"bytes":""})",
      "{" + urn + R"(,"bytes":"none"})",
      "{" + urn + R"(,"bytes":"bytes 0-5"})",
      "{" + urn + R"(,"bytes":"5-0"})",
      "{" + urn + R"(,"bytes":"5-9,0-4"})",
      "{" + urn + R"(,"bytes":"0-18446744073709551615"})",
      "{" + urn + R"(,"bytes":7})",
  };
  for (const auto& want : wants) {
    INFO(want);
    const auto read = parse_announcement(R"({"port":0,"want":[)" + want + ",{" + urn +
                                         R"(,"bytes":"0-5","by_ms":-1}]})");
    REQUIRE(read);
    CHECK(read->wants->size() == 1);
    CHECK(read->wants->front().by == max_want_ahead);
  }
  const std::string range = urn + R"(,"bytes":"0-5")";
  const std::string failures[] = {
      "7",
      "{" + range + R"(,"source":"origin"})",
      "{" + range + R"(,"source":"origin","why":"whim"})",
      "{" + range + R"(,"why":"false"})",
      "{" + range + R"(,"source":"example.org:80","why":"false"})",
      "{" + urn + R"(,"source":"origin","why":"false"})",
  };
  for (const auto& failure : failures) {
    INFO(failure);
    const auto read = parse_announcement(R"({"port":0,"failed":[)" + failure + "]}");
    REQUIRE(read);
    CHECK(read->failures.empty());
  }
}

TEST_CASE("of too many wants and failures the first are read") {
  std::string wants;
  std::string failures;
  for (std::size_t i = 0; i < max_wants + 10; ++i) {
    const std::string one = std::string(i == 0 ? "" : ",") + R"({"urn":")" + song.urn() +
                            R"(","bytes":")" + std::to_string(i) + "-" + std::to_string(i) + '"';
    wants += one + "}";
    failures += one + R"(,"source":"origin","why":"false"})";
  }
  const auto read =
      parse_announcement(R"({"port":0,"want":[)" + wants + R"(],"failed":[)" + failures + "]}");
  REQUIRE(read);
  CHECK(read->wants->size() == max_wants);
  CHECK(read->wants->back().ranges.front().begin == max_wants - 1);
  CHECK(read->failures.size() == max_failures);
}

TEST_CASE("where to get what is wanted is written shortly") {
  using std::chrono::microseconds;
  using std::chrono::milliseconds;
  const hash::TreeRoot other{{8}};
  AnnounceAnswer answer;
  answer.escape_bytes = 16'384;
  answer.from = {
      {song, {{0, 65'536}}, leases::FromOrigin{milliseconds(600), 12}},
      {song, {{65'536, 81'920}}, leases::FromOrigin{milliseconds(600), std::nullopt}},
      {song,
       {{81'920, 98'304}, {131'072, 140'000}},
       leases::FromPeer{test::endpoint("192.0.2.1:9001"), 34, milliseconds(1'001)}},
      {other, {{0, 1}}, leases::FromPeer{test::endpoint("192.0.2.1:9001"), 35, {}}},
      {other, {{16'384, 32'768}}, leases::FromNobody{microseconds(49'001)}},
  };
  const std::string text = to_json(answer);
  CHECK(text.find(R"("escape_bytes":16384)") != std::string::npos);
  CHECK(text.find(R"("from":[{"bytes":"0-65535","lease_ms":600,"source":"origin","ticket":12,)"
                  R"("urn":")" +
                  song.urn() +
                  R"("},{"bytes":"65536-81919","lease_ms":600,"source":"origin"},)"
                  R"({"bytes":"81920-98303,131072-139999","source":"192.0.2.1:9001","ticket":34,)"
                  R"("wait":2},{"bytes":"0-0","source":"192.0.2.1:9001","ticket":35,"wait":0,)"
                  R"("urn":")" +
                  other.urn() + R"("},{"bytes":"16384-32767","retry_ms":50,"source":"wait"}])") !=
        std::string::npos);
}

TEST_CASE("how many others a listener would be told of is bounded") {
  const auto asked = [](const std::string& member) {
    const auto read = parse_announcement(R"({"port":9000)" + member + "}");
    REQUIRE(read.ok());
    return read->peers;
  };
  CHECK_FALSE(asked("").has_value());
  CHECK(asked(R"(,"peers":0)") == 0u);
  CHECK(asked(R"(,"peers":35)") == 35u);
  CHECK(asked(R"(,"peers":18446744073709551615)") == max_asked_peers);
  CHECK_FALSE(asked(R"(,"peers":-1)").has_value());
  CHECK_FALSE(asked(R"(,"peers":"50")").has_value());
}
