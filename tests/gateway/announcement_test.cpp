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
  const auto read = parse_announcement(
      R"({"port":9000,"up_bps":2000000,"holdings":[{"urn":")" + song.urn() +
      R"(","available":"bytes 0-16383"}],"want":[{"urn":"x","bytes":"0-5","by_ms":3}],)" +
      R"("failed":[7],"later":{"a":[1]}})");
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
  answer.swarms.push_back({song, 50'000, {{test::endpoint("[2001:db8::1]:9000"), {true, {}}}}});
  CHECK(to_json(answer) ==
        R"({"escape_bytes":0,"expires":60,"from":[],"interval_ms":250,"reachable":null,)"
        R"("swarms":[{"peers":[{"address":"[2001:db8::1]:9000","available":"all"}],"size":50000,)"
        R"("urn":")" +
            song.urn() + R"("}],"you":"8.8.8.8"})");
  answer.reachable = false;
  CHECK(to_json(answer).find(R"("reachable":false)") != std::string::npos);
}
