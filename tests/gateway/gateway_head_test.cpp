#include "gateway/head_answer.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Fixture = test::GatewayFixture;
using Strings = std::vector<std::string>;

TEST_CASE_METHOD(Fixture, "an unknown file is answered by 202 at first, then by what it is") {
  start();
  client.serve(song_url, song);
  test::Exchanged first(gateway->router(), test::request("GET", head_target()));
  CHECK(first.status == 202);
  CHECK(first.header("Retry-After") == "1");
  world.settle();
  const auto then = ask("GET", head_target());
  CHECK(then->status == 200);
  CHECK(then->headers("X-Content-URN")[0] == urn);
}

TEST_CASE_METHOD(Fixture, "GET tells names, tree and places in the head, the facts in the body") {
  start();
  know_song();
  const auto answer = ask("GET", head_target());
  CHECK(answer->headers("X-Content-URN") ==
        Strings{urn, "urn:sha256:" + hash::base32(hash::sha256(as_bytes(song)))});
  CHECK(answer->header("X-Thex-URI") == "/uri-res/N2X?" + urn + " ; " + urn.substr(16));
  CHECK(answer->headers("X-URI-RES") == Strings{std::string(song_url) + " ; N2R"});
  CHECK(answer->headers("Link") ==
        Strings{"<" + std::string(song_url) + ">; rel=duplicate",
                "</gateway/metalink?uri=" + std::string(song_url) +
                    ">; rel=describedby; type=\"application/metalink4+xml\""});
  CHECK(answer->header("Cache-Control") == "no-store");
  CHECK(answer->header("Content-Type") == "application/json");
  const auto facts = media::parse_file_facts(answer->body);
  REQUIRE(facts);
  CHECK(facts->uri == song_url);
  CHECK(facts->root->urn() == urn);
  CHECK(facts->length == song.size());
  CHECK(facts->etag == "\"v1\"");
}

TEST_CASE_METHOD(
    Fixture, "who prefers a minimal answer is told the facts and of the places only a few peers") {
  start();
  know_song();
  answer_at(9'001);
  static_cast<void>(announce(9'001, "all"));
  const auto whole = ask("GET", head_target());
  REQUIRE(whole->headers("X-URI-RES").size() == 2);
  const auto answer = ask("GET", head_target(), {{"Prefer", "wait=2, return=minimal"}});
  CHECK(answer->status == 200);
  CHECK(answer->header("Preference-Applied") == "return=minimal");
  CHECK(answer->headers("X-Content-URN") == Strings{urn});
  CHECK(answer->headers("X-URI-RES").empty());
  CHECK(answer->headers("Link").empty());
  CHECK(answer->header("Cache-Control") == "no-store");
  auto facts = media::parse_file_facts(whole->body);
  REQUIRE(facts);
  CHECK(facts->peers.size() == 1);
  CHECK(answer->body == media::to_json(*facts));

  const auto head = ask("HEAD", head_target(), {{"Prefer", "return=minimal"}});
  CHECK(head->headers("X-URI-RES").size() == 2);

  for (std::uint16_t port = 9'002; port < 9'012; ++port) {
    answer_at(port);
    static_cast<void>(announce(port, "all"));
  }
  const auto some = ask("GET", head_target(), {{"Prefer", "return=minimal"}});
  facts = media::parse_file_facts(some->body);
  REQUIRE(facts);
  CHECK(facts->peers.size() == gateway::most_peers_in_short);
}

TEST_CASE_METHOD(Fixture, "HEAD gives the file's own head and everything GET has in its head") {
  start();
  know_song();
  const auto got = ask("GET", head_target());
  const auto answer = ask("HEAD", head_target());
  CHECK(answer->status == 200);
  CHECK(answer->content_length == song.size());
  CHECK(answer->header("Content-Type") == "audio/mpeg");
  CHECK(answer->header("ETag") == "\"v1\"");
  CHECK(answer->header("Last-Modified") == "yesterday");
  CHECK(answer->header("Repr-Digest") ==
        "sha-256=:" + hash::base64(hash::sha256(as_bytes(song))) + ":");
  for (const auto* name : {"X-Content-URN", "X-Thex-URI", "X-URI-RES", "Link", "Cache-Control"}) {
    INFO(name);
    CHECK(answer->headers(name) == got->headers(name));
  }
  CHECK(answer->body.empty());
}

TEST_CASE_METHOD(Fixture, "all who ask at once share one fetch, and wait as long as they prefer") {
  start();
  client.serve(song_url, song);
  std::vector<std::unique_ptr<test::Exchanged>> askers;
  for (int i = 0; i < 20; ++i) {
    http::Request asked = test::request("GET", head_target());
    asked.headers.add("Prefer", "wait=5");
    askers.push_back(std::make_unique<test::Exchanged>(gateway->router(), asked));
    CHECK_FALSE(askers.back()->answered());
  }
  world.settle();
  for (const auto& asker : askers) {
    CHECK(asker->answered());
    CHECK(asker->status == 200);
  }
  CHECK(client.count(song_url) == 1);
}

TEST_CASE_METHOD(Fixture, "a client that has waited long enough is answered by 202") {
  start();
  client.answer(song_url, {200, {}, "", {}, true});
  const auto asker = ask("GET", head_target(), {{"Prefer", "wait=3"}});
  world.advance(2'999ms);
  CHECK_FALSE(asker->answered());
  world.advance(1ms);
  CHECK(asker->answered());
  CHECK(asker->status == 202);
}

TEST_CASE_METHOD(Fixture, "a client that goes away while it waits is forgotten") {
  start();
  client.serve(song_url, song);
  http::Request asked = test::request("GET", head_target());
  asked.headers.add("Prefer", "wait=5");
  test::Exchanged asker(gateway->router(), asked);
  asker.hang_up();
  world.advance(10s);
  CHECK(asker.answers == 0);
  CHECK(ask("GET", head_target())->status == 200);
}

TEST_CASE_METHOD(Fixture, "refused, closed and filtered look the same, and none is asked again") {
  start();
  const auto refused = ask("GET", "/gateway/head?uri=http://elsewhere/x.mp3");
  CHECK(client.requests().empty());
  const auto closed = ask("GET", head_target(), {{"Prefer", "wait=10"}});
  const std::string filtered_url = "http://origin/music/filtered.mp3";
  client.answer(filtered_url,
                {0, {}, "", {{http::TransferFailure::forbidden, "10.0.0.1 is private"}}, false});
  const auto filtered = ask("GET", "/gateway/head?uri=" + filtered_url, {{"Prefer", "wait=10"}});
  world.advance(7'999ms);
  CHECK_FALSE(closed->answered());
  CHECK_FALSE(filtered->answered());
  world.advance(1ms);
  CHECK(refused->status == 404);
  CHECK(closed->status == 404);
  CHECK(filtered->status == 404);
  CHECK(refused->body == closed->body);
  CHECK(refused->body == filtered->body);

  CHECK(ask("GET", head_target())->status == 404);
  CHECK(client.count(song_url) == 1);
  world.advance(31s);
  client.serve(song_url, song);
  CHECK(ask("GET", head_target(), {{"Prefer", "wait=5"}})->status == 200);
}

TEST_CASE_METHOD(Fixture,
                 "an origin that answers 304 keeps its file, a changed one makes a version") {
  start();
  know_song();
  world.advance(61s);
  client.answer(song_url, {304, {}, "", {}, false});
  CHECK(ask("GET", head_target())->headers("X-Content-URN")[0] == urn);
  CHECK(client.count(song_url) == 2);
  CHECK(client.requests().back().headers.find("If-None-Match") == "\"v1\"");

  world.advance(61s);
  const std::string changed = test::some_bytes(100'000, 2);
  client.serve(song_url, changed, {{"ETag", "\"v2\""}});
  static_cast<void>(ask("GET", head_target()));
  const auto answer = ask("GET", head_target());
  CHECK(answer->headers("X-Content-URN")[0] == test::file_of(song_url, changed).root().urn());
  // Those who share the old version still find its tree.
  CHECK(ask("GET", "/uri-res/N2X?" + urn)->status == 200);
  CHECK(ask("GET", "/uri-res/N2L?" + urn)->status == 404);
}

TEST_CASE_METHOD(Fixture, "a known file stays known while its origin is away") {
  start();
  know_song();
  world.advance(61s);
  client.answer(song_url, {500, {}, "", {}, false});
  CHECK(ask("GET", head_target())->status == 200);
  world.advance(61s);
  CHECK(ask("GET", head_target())->status == 200);
}

TEST_CASE_METHOD(Fixture, "a request that names no file is told what is missing") {
  start();
  CHECK(ask("GET", "/gateway/head")->status == 400);
  CHECK(ask("GET", "/gateway/head?uri=ftp://origin/x")->status == 400);
  CHECK(ask("GET", "/gateway/metalink?uri=")->status == 400);
}

TEST_CASE_METHOD(Fixture, "what a storage gives back is known at once, without a fetch") {
  class Shelf final : public Storage {
   public:
    Contents load() override {
      Contents contents;
      contents.files.push_back(test::file_of(song_url, "kept"));
      contents.problems = {"one was damaged"};
      return contents;
    }
    Status save(const FileVersion&) override { return {}; }
  } shelf;
  start({}, &shelf);
  CHECK(gateway->storage_problems() == Strings{"one was damaged"});
  CHECK(ask("GET", head_target())->status == 200);
  CHECK(client.requests().empty());
}
