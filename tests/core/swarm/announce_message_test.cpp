#include "core/swarm/announce_message.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using std::chrono::milliseconds;
using std::chrono::seconds;
using swarm::parse_announce_answer;

namespace {

const hash::TreeRoot song{hash::sha256(as_bytes("song"))};

std::string answer_with_peers(const std::string& peers) {
  return R"({"swarms":[{"urn":")" + song.urn() + R"(","size":1,"peers":)" + peers + "}]}";
}

/// The peers an answer tells of, as `address available`.
std::vector<std::string> peers_in(const std::string& json) {
  const auto answer = parse_announce_answer(json);
  REQUIRE(answer);
  std::vector<std::string> peers;
  for (const auto& swarm : answer->swarms) {
    for (const auto& peer : swarm.peers) {
      peers.push_back(peer.endpoint.text() + " " + peer.available);
    }
  }
  return peers;
}

}  // namespace

TEST_CASE("an announcement says port, rate and what is held, in the protocol's words") {
  swarm::AnnounceRequest request;
  CHECK(swarm::to_json(request) == R"({"holdings":[],"port":0,"up_bps":0,"want":[]})");
  request.port = 65'535;
  request.up_bps = 2'000'000;
  request.holdings = {{song, "bytes 0-16383"}, {song, "all"}};
  CHECK(swarm::to_json(request) == R"({"holdings":[{"available":"bytes 0-16383","urn":")" +
                                       song.urn() + R"("},{"available":"all","urn":")" +
                                       song.urn() +
                                       R"("}],"port":65535,"up_bps":2000000,"want":[]})");
}

TEST_CASE("an announcement says what came from where, once something has") {
  swarm::AnnounceRequest request;
  request.from_peers_bytes = 3;
  CHECK(swarm::to_json(request) ==
        R"({"from_peers_bytes":3,"holdings":[],"port":0,"up_bps":0,"want":[]})");
  request.from_origin_bytes = 4;
  CHECK_THAT(swarm::to_json(request), Catch::StartsWith(R"({"from_origin_bytes":4,)"));
}

TEST_CASE("an announcement asks where to get what, and says what came of the last answer") {
  swarm::AnnounceRequest request;
  request.wants = {{song, {{0, 16'384}, {32'768, 40'000}}, milliseconds(300)}};
  request.failures = {
      {song, {{0, 16'384}}, *net::parse_endpoint("192.0.2.1:9001"), swarm::Failing::untrue},
      {song, {{16'384, 32'768}}, {}, swarm::Failing::late}};
  const std::string urn = R"("urn":")" + song.urn() + "\"";
  CHECK(swarm::to_json(request) ==
        R"({"failed":[{"bytes":"0-16383","source":"192.0.2.1:9001",)" + urn +
            R"(,"why":"false"},{"bytes":"16384-32767","source":"origin",)" + urn +
            R"(,"why":"timeout"}],"holdings":[],"port":0,"up_bps":0,)" +
            R"("want":[{"by_ms":300,"bytes":"0-16383,32768-39999",)" + urn + "}]}");
}

TEST_CASE("an answer says of each range where it is to be had") {
  const auto answer = parse_announce_answer(
      R"({"escape_bytes":16384,"from":[{"urn":")" + song.urn() +
      R"(","bytes":"0-16383,32768-49151","source":"origin","lease_ms":600,"ticket":999999999998},)"
      R"({"bytes":"16384-32767","source":"192.0.2.3:9004","ticket":1000000000017,"wait":1},)"
      R"({"bytes":"49152-65535","source":"wait","retry_ms":100},)"
      R"({"bytes":"65536-81919","source":"origin"}]})");
  REQUIRE(answer);
  CHECK(answer->escape_bytes == 16'384);
  REQUIRE(answer->from);
  REQUIRE(answer->from->size() == 4);
  const auto& from = *answer->from;
  CHECK(from[0].ranges == std::vector<ByteRange>{{0, 16'384}, {32'768, 49'152}});
  const auto lease = std::get<swarm::FromOrigin>(from[0].from);
  CHECK(lease.lease == milliseconds(600));
  CHECK(lease.ticket == 999'999'999'998U);
  CHECK(from[1].root == song);
  const auto peer = std::get<swarm::FromPeer>(from[1].from);
  CHECK(peer.peer.text() == "192.0.2.3:9004");
  CHECK(peer.ticket == 1'000'000'000'017U);
  CHECK(peer.wait == seconds(1));
  CHECK(std::get<swarm::FromNobody>(from[2].from).retry == milliseconds(100));
  CHECK_FALSE(std::get<swarm::FromOrigin>(from[3].from).ticket);
  // Who does not speak of sources leaves them to us.
  CHECK_FALSE(parse_announce_answer("{}")->from);
  CHECK(parse_announce_answer(R"({"from":[]})")->from->empty());
}

TEST_CASE("no word about a source can stall or storm us, and what makes no sense is left out") {
  const auto told = [](const std::string& entry) {
    const auto answer = parse_announce_answer(R"({"from":[{"urn":")" + song.urn() +
                                              R"(","bytes":"0-16383",)" + entry + "}]}");
    REQUIRE(answer);
    return *answer->from;
  };
  CHECK(std::get<swarm::FromNobody>(told(R"("source":"wait","retry_ms":1e11)")[0].from).retry ==
        seconds(10));
  CHECK(std::get<swarm::FromNobody>(told(R"("source":"wait")")[0].from).retry == milliseconds(50));
  CHECK(std::get<swarm::FromOrigin>(told(R"("source":"origin","lease_ms":-5)")[0].from).lease ==
        milliseconds(100));
  CHECK(std::get<swarm::FromPeer>(told(R"("source":"192.0.2.1:9","wait":999)")[0].from).wait ==
        seconds(30));
  CHECK(told(R"("source":"evil.example:9")").empty());
  CHECK(told(R"("source":7)").empty());
  CHECK(told(R"("x":1)").empty());
  for (const auto* from :
       {R"([7,null,"x",[],{}])", "7", "null", "{}", R"([{"bytes":"0-16383","source":"origin"}])",
        R"([{"urn":"x","bytes":"0-16383","source":"origin"}])"}) {
    CAPTURE(from);
    const auto answer = parse_announce_answer(std::string(R"({"from":)") + from + "}");
    REQUIRE(answer);
    CHECK(answer->from->empty());
  }
  CHECK(parse_announce_answer(R"({"escape_bytes":1e12})")->escape_bytes == 16 << 20);
}

TEST_CASE("a whole answer is read") {
  const auto answer = parse_announce_answer(
      R"({"expires":120,"interval_ms":1000,"you":"192.0.2.7","reachable":true,"escape_bytes":1,"swarms":[{"urn":")" +
      song.urn() +
      R"(","size":7,"peers":[{"address":"192.0.2.1:8000","available":"all"},)"
      R"({"address":"[2001:db8::1]:9000","available":"bytes 0-16383"}]}],"from":[]})");
  REQUIRE(answer);
  CHECK(answer->expires == seconds(120));
  CHECK(answer->interval == seconds(1));
  CHECK(answer->you->text() == "192.0.2.7");
  CHECK(answer->reachable == true);
  REQUIRE(answer->swarms.size() == 1);
  CHECK(answer->swarms[0].root == song);
  CHECK(answer->swarms[0].peers[0].endpoint.text() == "192.0.2.1:8000");
  CHECK(answer->swarms[0].peers[1].available == "bytes 0-16383");
}

TEST_CASE("an empty answer means the usual times and nobody else") {
  const auto answer = parse_announce_answer("{}");
  REQUIRE(answer);
  CHECK(answer->expires == seconds(60));
  CHECK(answer->interval == milliseconds(250));
  CHECK_FALSE(answer->you);
  CHECK_FALSE(answer->reachable);
  CHECK(answer->swarms.empty());
}

TEST_CASE("no answer can stall or storm us") {
  const struct {
    const char* json;
    Duration expires;
    Duration interval;
  } cases[] = {
      {R"({"expires":0,"interval_ms":0})", seconds(5), milliseconds(250)},
      {R"({"expires":1e11,"interval_ms":1e11})", seconds(3'600), seconds(60)},
      {R"({"expires":1e300,"interval_ms":1e300})", seconds(60), milliseconds(250)},
      {R"({"expires":-1,"interval_ms":-1})", seconds(60), milliseconds(250)},
      {R"({"expires":18446744073709551615,"interval_ms":18446744073709551615})", seconds(60),
       milliseconds(250)},
      {R"({"expires":"10","interval_ms":null})", seconds(60), milliseconds(250)},
      {R"({"expires":[10],"interval_ms":{}})", seconds(60), milliseconds(250)},
      {R"({"expires":true,"interval_ms":500.9})", seconds(60), milliseconds(500)},
      {R"({"expires":10,"expires":20})", seconds(20), milliseconds(250)},
  };
  for (const auto& c : cases) {
    CAPTURE(c.json);
    const auto answer = parse_announce_answer(c.json);
    REQUIRE(answer);
    CHECK(answer->expires == c.expires);
    CHECK(answer->interval == c.interval);
  }
}

TEST_CASE("what is not an answer is refused with a sentence") {
  const std::string deep = std::string(9, '[') + std::string(9, ']');
  const std::string very_deep(100'000, '[');
  const std::string cases[] = {
      "",
      " ",
      "null",
      "[]",
      "true",
      "\"text\"",
      "<html><body>502 Bad Gateway</body></html>",
      "{",
      "{}}",
      "{} {}",
      R"({"expires":})",
      R"({"expires":1e999})",
      R"({'expires':1})",
      "{\"you\":\"\xff\xfe\"}",
      R"({"a":)" + deep + "}",
      R"({"a":)" + very_deep,
      R"({"a":")" + std::string(256 * 1024, 'x') + "\"}",
      std::string(1, '\0'),
  };
  for (const auto& json : cases) {
    CAPTURE(json.substr(0, 60));
    const auto answer = parse_announce_answer(json);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().message == "the answer is not a JSON object");
  }
}

TEST_CASE("an answer that is cut anywhere is refused") {
  const std::string whole =
      answer_with_peers(R"([{"address":"192.0.2.1:8000","available":"all"}])");
  for (std::size_t size = 0; size < whole.size(); ++size) {
    CAPTURE(size);
    CHECK_FALSE(parse_announce_answer(whole.substr(0, size)));
  }
  CHECK(parse_announce_answer(whole));
}

TEST_CASE("fields of the wrong kind count as not said") {
  for (const auto* json :
       {R"({"you":7,"reachable":"yes","swarms":{}})", R"({"you":"example.org","reachable":null})",
        R"({"you":"","reachable":1,"swarms":[1,null,"x",[],{}]})",
        R"({"you":"300.1.1.1","swarms":[{"urn":7},{"urn":"urn:tree:sha256:AAAA"}]})"}) {
    CAPTURE(json);
    const auto answer = parse_announce_answer(json);
    REQUIRE(answer);
    CHECK_FALSE(answer->you);
    CHECK_FALSE(answer->reachable);
    CHECK(answer->swarms.empty());
  }
}

TEST_CASE("peers without a readable address are left out, the others stay") {
  CHECK(peers_in(answer_with_peers(
            R"([{"address":"192.0.2.1:8000","available":"all"},7,null,"192.0.2.9:1",[],{},)"
            R"({"address":7},{"address":"evil.example:8000"},{"address":"192.0.2.1"},)"
            R"({"address":"192.0.2.1:99999"},{"address":"http://192.0.2.1:8000"},)"
            R"({"address":"[2001:db8::2]:8000","available":7}])")) ==
        std::vector<std::string>{"192.0.2.1:8000 all", "[2001:db8::2]:8000 none"});
  CHECK(peers_in(answer_with_peers("{}")).empty());
  CHECK(peers_in(answer_with_peers("null")).empty());
}

TEST_CASE("what is said of connections against their direction is written only if there is any") {
  swarm::AnnounceRequest request;
  request.reverse.needs_key = true;
  request.reverse.from = {{net::IpAddress::v4(45, 10, 0, 2), 7'000}};
  request.reverse.to.emplace();
  CHECK(swarm::to_json(request) ==
        R"({"holdings":[],"port":0,"reverse":{"from":["45.10.0.2:7000"],"key":true,"to":[]},)"
        R"("up_bps":0,"want":[]})");
}

TEST_CASE("invitations, meetings and keys are read within bounds") {
  const std::string key(64, 'a');
  const auto answer = parse_announce_answer(
      R"({"reverse":{"key":")" + key +
      R"(","now":1800000000,"to":[)"
      R"({"address":"45.10.0.2:7000","token":"a.b"},)"
      R"({"address":"45.10.0.3:7000","token":"a.b","in_ms":1500},)"
      R"({"address":"45.10.0.4:7000","token":"a b"},{"address":"45.10.0.4:7000","token":""},)"
      R"({"address":"45.10.0.4:7000","token":"a\r\nb"},{"address":"x","token":"y"},7],)"
      R"("expect":[{"address":"45.10.0.5:7000","in_ms":99999999},{"address":7}]}})");
  REQUIRE(answer);
  const auto& told = answer->reverse;
  CHECK(told.key == hash::digest_from_hex(key));
  CHECK(told.now.time_since_epoch() == seconds(1'800'000'000));
  REQUIRE(told.to.size() == 2);
  CHECK(told.to[0].token == "a.b");
  CHECK_FALSE(told.to[0].meet_in);
  CHECK(told.to[1].meet_in == milliseconds(1'500));
  REQUIRE(told.expect.size() == 1);
  CHECK(told.expect[0].meet_in == seconds(10));
  CHECK_FALSE(parse_announce_answer(R"({"reverse":{"key":"aa","now":1}})")->reverse.key);
  CHECK(parse_announce_answer(R"({"reverse":[]})")->reverse.to.empty());
}
