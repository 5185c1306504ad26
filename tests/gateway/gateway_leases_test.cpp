#include "tests/gateway/gateway_fixture.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

struct Fixture : test::GatewayFixture {
  /// A listener that others can reach, at that port.
  void meet(int port) {
    answer_at(port);
    static_cast<void>(want(port, ""));
  }
  /// `more`: further members of the announcement, each after a comma.
  std::string post(int port, const std::string& available, const std::string& more) {
    return ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
               R"({"port":)" + std::to_string(port) + R"(,"up_bps":9000000,"holdings":[{"urn":")" +
                   urn + R"(","available":")" + available + R"("}])" + more + "}")
        ->body;
  }
  /// The `from` of the answer to who wants those bytes, without the name.
  std::string want(int port, const std::string& bytes, const std::string& available = "none",
                   const std::string& more = "") {
    const std::string wanted =
        bytes.empty() ? "" : R"({"urn":")" + urn + R"(","bytes":")" + bytes + R"(","by_ms":2000})";
    const std::string answer = post(port, available, R"(,"want":[)" + wanted + "]" + more);
    const auto begin = answer.find(R"("from":)") + 7;
    std::string from = answer.substr(begin, answer.find(R"(,"interval_ms")") - begin);
    const std::string named = R"(,"urn":")" + urn + '"';
    if (const auto name = from.find(named); name != std::string::npos) {
      from.erase(name, named.size());
    }
    return from;
  }
  std::string metric(const std::string& name) {
    const std::string text = ask("GET", "/metrics")->body;
    const auto line = text.find("\nalluvium_gateway_" + name + " ");
    return text.substr(line + 1, text.find('\n', line + 1) - line - 1);
  }
};

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE_METHOD(Fixture, "of two who want the same one is sent to the origin, one to the other") {
  start();
  know_song();
  meet(9001);
  meet(9002);
  CHECK(want(9001, "0-16383") ==
        R"([{"bytes":"0-16383","lease_ms":750,"source":"origin","ticket":999999999999}])");
  CHECK(want(9002, "0-16383") ==
        R"([{"bytes":"0-16383","source":"127.0.0.1:9001","ticket":1000000000002,"wait":1}])");
  CHECK(want(9001, "", "bytes 0-16383") == "[]");
  CHECK(want(9002, "0-16383") ==
        R"([{"bytes":"0-16383","source":"127.0.0.1:9001","ticket":1000000000002,"wait":0}])");
  CHECK(metric("leases") == "alluvium_gateway_leases 1");
  CHECK(metric("leases_granted_total") == "alluvium_gateway_leases_granted_total 1");
  CHECK(metric("sources_assigned_total") == "alluvium_gateway_sources_assigned_total 1");
}

TEST_CASE_METHOD(Fixture, "a want of some bytes is one of every chunk they touch") {
  start();
  know_song();
  meet(9001);
  // The file's end is that of its last, short chunk.
  CHECK(
      contains(want(9001, "20000-20000,98304-4000000000"), R"("bytes":"16384-32767,98304-99999")"));
  CHECK(want(9001, "100000-200000") == "[]");
}

TEST_CASE_METHOD(Fixture, "who does not speak of wants is answered as ever") {
  start();
  know_song();
  meet(9001);
  CHECK(contains(want(9001, "0-16383"), "origin"));
  const std::string answer = announce(9002, "none")->body;
  CHECK(contains(answer, R"("from":[])"));
  CHECK(contains(answer, R"("escape_bytes":0)"));
  CHECK(contains(answer, R"("swarms":[{"peers":[{"address":"127.0.0.1:9001")"));
  CHECK(contains(announce(9002, "none")->body, R"("swarms":[{"peers":[],"size":100000)"));
}

TEST_CASE_METHOD(Fixture, "who is told where to get what is told of the others now and then only") {
  start();
  know_song();
  meet(9001);
  const std::string wants = R"(,"want":[])";
  CHECK(contains(post(9002, "none", wants), ":9001"));
  static_cast<void>(want(9001, "", "bytes 0-16383"));
  CHECK(contains(post(9002, "none", wants), R"("peers":[])"));
  world.advance(20s);
  static_cast<void>(want(9001, "", "all"));
  world.advance(11s);
  CHECK(contains(post(9002, "none", wants), R"("available":"all")"));
}

TEST_CASE_METHOD(Fixture, "who is still being connected back to is found as soon as it is known") {
  start();
  know_song();
  answer_at(9001);
  CHECK(contains(want(9001, "0-16383"), "origin"));
  // The connect-back has succeeded in the meantime.
  CHECK(contains(want(9002, "0-16383"), ":9001"));
  // Nobody answers at 9003.
  world.advance(2s);
  static_cast<void>(want(9001, "", "all"));
  CHECK(contains(want(9003, "0-16383"), ":9001"));
}

TEST_CASE_METHOD(Fixture, "a lease ends by a report, and with its holder") {
  start();
  know_song();
  for (const int port : {9001, 9002, 9003}) meet(port);
  CHECK(contains(want(9001, "0-16383"), "origin"));
  const std::string failed =
      R"(,"failed":[{"urn":")" + urn + R"(","bytes":"0-16383","source":"origin","why":"timeout"}])";
  CHECK(want(9001, "", "none", failed) == "[]");
  CHECK(contains(want(9002, "0-16383"), "origin"));
  static_cast<void>(ask("DELETE", "/gateway/announce?port=9002"));
  CHECK(contains(want(9003, "0-16383"), "origin"));
  CHECK(metric("leases_failed_total") == "alluvium_gateway_leases_failed_total 2");
}

TEST_CASE_METHOD(Fixture, "who was failed by a peer is sent elsewhere") {
  start();
  know_song();
  meet(9001);
  meet(9002);
  static_cast<void>(want(9001, "", "all"));
  CHECK(contains(want(9002, "0-16383"), ":9001"));
  CHECK(contains(want(9002, "0-16383", "none",
                      R"(,"failed":[{"urn":")" + urn +
                          R"(","bytes":"0-16383","source":"127.0.0.1:9001","why":"false"}])"),
                 "origin"));
}

TEST_CASE_METHOD(Fixture, "names the gateway does not know, and huge wants, lead to nothing") {
  start();
  std::string more = R"(,"want":[)";
  for (int i = 0; i < 60; ++i) {
    more += std::string(i == 0 ? "" : ",") + R"({"urn":")" + urn +
            R"(","bytes":"0-18446744073709551614"})";
  }
  CHECK(contains(post(9001, "all", more + "]"), R"("from":[])"));
  know_song();
  meet(9001);
  CHECK(contains(post(9001, "none", more + "]"), R"("bytes":"0-99999")"));
}

TEST_CASE_METHOD(Fixture, "whose address is not permitted gets no lease and is told to nobody") {
  start();
  know_song();
  meet(9001);
  http::Request forged = test::request("POST", "/gateway/announce");
  forged.headers.add("Content-Type", "application/json");
  forged.remote = test::endpoint("10.0.0.1:5000");
  forged.body = R"({"port":9001,"holdings":[{"urn":")" + urn +
                R"(","available":"all"}],"want":[{"urn":")" + urn + R"(","bytes":"0-16383"}]})";
  const test::Exchanged answer(gateway->router(), forged);
  CHECK(contains(answer.body, R"("source":"wait")"));
  CHECK(contains(want(9001, "0-16383"), "origin"));
}

namespace {

constexpr int song_chunks = 306;  ///< 5 MB.

std::string bytes_of(const std::vector<int>& chunks) {
  std::string text;
  for (const int i : chunks) {
    text += (text.empty() ? "" : ",") + std::to_string(i * 16'384) + "-" +
            std::to_string(i * 16'384 + 16'383);
  }
  return text;
}

/// One that asks for what it will play next, and in runs, at random, for the rest; and gets it at
/// 10 Mbit/s from wherever it is sent.
struct Taker {
  std::vector<bool> has = std::vector<bool>(song_chunks, false);
  std::vector<bool> comes = std::vector<bool>(song_chunks, false);
  std::vector<int> coming;
  std::vector<int> runs;  ///< In its own order.
  std::size_t told_bytes = 0;
  int announces = 0;
  std::size_t leased = 0;

  std::vector<int> lacking(int begin, int end) const {
    std::vector<int> chunks;
    for (int i = begin; i < std::min(end, song_chunks); ++i) {
      if (!has[i] && !comes[i]) chunks.push_back(i);
    }
    return chunks;
  }
  std::string announcement(int port, const std::string& name) const {
    std::vector<int> held;
    for (int i = 0; i < song_chunks; ++i) {
      if (has[i]) held.push_back(i);
    }
    const auto first = std::find(has.begin(), has.end(), false) - has.begin();
    std::string wants;
    const auto add = [&](const std::vector<int>& chunks, const char* more) {
      if (chunks.empty()) return;
      wants += std::string(wants.empty() ? "" : ",") + R"({"urn":")" + name + R"(","bytes":")" +
               bytes_of(chunks) + '"' + more + "}";
    };
    add(lacking(static_cast<int>(first), static_cast<int>(first) + 4), R"(,"by_ms":2000)");
    int asked = 0;
    for (const int run : runs) {
      const auto chunks = lacking(run * 16, run * 16 + 16);
      if (!chunks.empty() && ++asked <= 3) add(chunks, "");
    }
    return R"({"port":)" + std::to_string(port) + R"(,"up_bps":10000000,"holdings":[{"urn":")" +
           name + R"(","available":")" + (held.empty() ? "none" : "bytes " + bytes_of(held)) +
           R"("}],"want":[)" + wants + "]}";
  }
  void on_answer(const std::string& body) {
    told_bytes += body.size();
    ++announces;
    for (auto at = body.find(R"({"bytes":")"); at != std::string::npos;
         at = body.find(R"({"bytes":")", at + 1)) {
      const auto entry = body.substr(at, body.find('}', at) - at);
      if (contains(entry, "retry_ms")) continue;
      const auto ranges =
          Availability::parse("bytes " + entry.substr(10, entry.find('"', 10) - 10))->ranges;
      for (const auto& range : ranges) {
        for (auto i = range.begin / 16'384; i < (range.end + 16'383) / 16'384; ++i) {
          if (!comes[i]) coming.push_back(static_cast<int>(i));
          if (!comes[i] && contains(entry, "origin")) ++leased;
          comes[i] = true;
        }
      }
    }
  }
  void receive(int most) {
    for (int n = 0; n < most && !coming.empty(); ++n) {
      has[coming.front()] = true;
      coming.erase(coming.begin());
    }
  }
  bool is_done() const { return std::find(has.begin(), has.end(), false) == has.end(); }
};

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "a listener is told less than 10 KB on the whole while it gets a song of 5 MB") {
  const std::string big = test::some_bytes(5'000'000);
  const std::string name = test::file_of(song_url, big).root().urn();
  start();
  client.serve(song_url, big, {{"ETag", "\"v1\""}});
  static_cast<void>(ask("GET", head_target()));
  Random random(1);
  std::map<int, Taker> takers;
  for (int port = 9001; port <= 9050; ++port) {
    Taker& taker = takers[port];
    for (int run = 0; run <= song_chunks / 16; ++run) {
      const auto place = random.below(taker.runs.size() + 1);
      taker.runs.insert(taker.runs.begin() + static_cast<std::ptrdiff_t>(place), run);
    }
    client.answer("http://127.0.0.1:" + std::to_string(port) + "/uri-res/N2R?" + name,
                  {503, {}, "", {}, false});
  }
  for (int turn = 0; turn < 100; ++turn) {
    for (auto& [port, taker] : takers) {
      if (taker.is_done()) continue;
      taker.on_answer(ask("POST", "/gateway/announce", {{"Content-Type", "application/json"}},
                          taker.announcement(port, name))
                          ->body);
      taker.receive(19);
    }
    world.advance(250ms);
  }
  std::size_t most = 0;
  std::size_t sum = 0;
  std::size_t leased = 0;
  int announces = 0;
  for (const auto& [port, taker] : takers) {
    CHECK(taker.is_done());
    most = std::max(most, taker.told_bytes);
    sum += taker.told_bytes;
    leased += taker.leased;
    announces += taker.announces;
  }
  std::printf(
      "answers to one of %zu listeners of a 5 MB file: %zu bytes in %d; at most %zu bytes\n",
      takers.size(), sum / takers.size(), announces / 50, most);
  CHECK(sum / takers.size() < 10'000);
  CHECK(most < 13'000);
  CHECK(leased == song_chunks);
}
