#include "tests/gateway/gateway_fixture.hpp"

#include <algorithm>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;
using Fixture = test::GatewayFixture;

namespace {

std::string about(const std::string& url) {
  return "/gateway/head?uri=" + url;
}

std::string music(int number) {
  return "http://origin/music/" + std::to_string(number) + ".mp3";
}

std::string false_chunk(const std::string& urn) {
  return R"({"port":0,"want":[],"failed":[{"urn":")" + urn +
         R"(","bytes":"0-16383","source":"origin","why":"false"}]})";
}

}  // namespace

TEST_CASE_METHOD(Fixture,
                 "ten thousand URLs from one client cost origins no more than its budget") {
  start();
  std::size_t told_so = 0;
  for (int i = 0; i < 10'000; ++i) {
    const auto answer = ask("GET", about(music(i)));
    if (answer->status == 429) ++told_so;
  }
  world.advance(59min);
  CHECK(client.requests().size() == FetchLimits{}.new_urls_per_client);
  CHECK(told_so == 10'000 - FetchLimits{}.new_urls_per_client);
  CHECK(ask("GET", "/metrics")->body.find("refused_urls_total{cause=\"client_budget\"} 9760") !=
        std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a file that is known, or on its way, costs no client anything") {
  limits.new_urls_per_client = 1;
  start();
  client.serve(song_url, song);
  for (int i = 0; i < 10; ++i) static_cast<void>(ask("GET", head_target()));
  CHECK(ask("GET", head_target())->status == 200);
  CHECK(ask("GET", about(music(1)))->status == 429);
}

TEST_CASE_METHOD(Fixture, "an origin has no more fetches at the same time than its slots") {
  limits.concurrent_per_host = 2;
  start();
  for (int i = 0; i < 5; ++i) {
    client.answer(music(i), {200, {}, "", {}, true});
    static_cast<void>(ask("GET", about(music(i))));
  }
  CHECK(client.requests().size() == 2);
  world.advance(8s);
  CHECK(client.requests().size() == 4);
  world.advance(8s);
  CHECK(client.requests().size() == 5);
}

TEST_CASE_METHOD(Fixture, "what is too long, of another type, or too much for a day is not taken") {
  limits.max_file_bytes = 50'000;
  limits.bytes_per_host = 60'000;
  start();
  client.serve(music(1), std::string(50'001, 'x'));
  client.answer(music(2),
                {200, {{"Content-Length", "4"}, {"Content-Type", "text/html"}}, "oops", {}, false});
  client.serve(music(3), std::string(50'000, 'x'));
  client.serve(music(4), std::string(10'001, 'x'));
  for (int i = 1; i <= 4; ++i) static_cast<void>(ask("GET", about(music(i))));
  for (const int refused : {1, 2, 4}) CHECK(ask("GET", about(music(refused)))->status == 404);
  CHECK(ask("GET", about(music(3)))->status == 200);
  const auto metrics = ask("GET", "/metrics")->body;
  for (const auto* line :
       {"fetches_failed_total{cause=\"too_large\"} 1\n", "fetches_failed_total{cause=\"type\"} 1\n",
        "fetches_failed_total{cause=\"origin_budget\"} 1\n"}) {
    CAPTURE(line);
    CHECK(metrics.find(line) != std::string::npos);
  }
}

TEST_CASE_METHOD(Fixture, "the figures do not tell why an origin gave no answer") {
  start();
  client.answer(music(1),
                {0, {}, "", {{http::TransferFailure::forbidden, "10.0.0.1 is private"}}, false});
  static_cast<void>(ask("GET", about(music(1))));
  static_cast<void>(ask("GET", about(music(2))));
  world.advance(8s);
  CHECK(ask("GET", "/metrics")->body.find("fetches_failed_total{cause=\"no_answer\"} 2\n") !=
        std::string::npos);
  CHECK(ask("GET", "/")->body.find("private") == std::string::npos);
}

TEST_CASE_METHOD(Fixture, "what is asked after again counts against the budgets as well") {
  limits.new_urls_per_host = 1;
  start();
  know_song();
  client.answer(song_url, {304, {}, "", {}, false});
  world.advance(61s);
  static_cast<void>(ask("GET", head_target()));
  world.advance(61s);
  CHECK(ask("GET", head_target())->status == 200);
  CHECK(client.count(song_url) == 2);
}

TEST_CASE_METHOD(Fixture, "false bytes at the origin, with all else the same, make a new version") {
  start();
  know_song();
  const std::string replaced = test::some_bytes(song.size(), 2);
  client.serve(song_url, replaced, {{"ETag", "\"v1\""}, {"Last-Modified", "yesterday"}});
  const http::Headers json{{"Content-Type", "application/json"}};
  CHECK(ask("POST", "/gateway/announce", json, false_chunk(urn))->status == 200);
  CHECK(client.count(song_url) == 2);
  CHECK_FALSE(client.requests().back().headers.find("If-None-Match"));
  CHECK(ask("GET", head_target())->headers("X-Content-URN")[0] ==
        test::file_of(song_url, replaced).root().urn());
  CHECK(ask("GET", "/uri-res/N2X?" + urn)->status == 200);
}

TEST_CASE_METHOD(Fixture, "reports of false bytes have a file hashed once in ten minutes") {
  start();
  know_song();
  const http::Headers json{{"Content-Type", "application/json"}};
  const auto report = [&] {
    static_cast<void>(ask("POST", "/gateway/announce", json, false_chunk(urn)));
  };
  for (int i = 0; i < 100; ++i) report();
  CHECK(client.count(song_url) == 2);
  CHECK(ask("GET", head_target())->headers("X-Content-URN")[0] == urn);
  world.advance(10min);
  report();
  CHECK(client.count(song_url) == 3);
}

TEST_CASE_METHOD(Fixture, "who shares a version that was replaced is not sent to its origin") {
  start();
  know_song();
  const http::Headers json{{"Content-Type", "application/json"}};
  const std::string want = R"({"port":0,"holdings":[{"urn":")" + urn +
                           R"(","available":"none"}],"want":[{"urn":")" + urn +
                           R"(","bytes":"0-16383","by_ms":500}]})";
  CHECK(ask("POST", "/gateway/announce", json, want)->body.find("\"source\":\"origin\"") !=
        std::string::npos);
  world.advance(61s);
  client.serve(song_url, test::some_bytes(song.size(), 2), {{"ETag", "\"v2\""}});
  static_cast<void>(ask("GET", head_target()));
  const auto answer = ask("POST", "/gateway/announce", json, want);
  CHECK(answer->body.find("\"source\":\"origin\"") == std::string::npos);
  CHECK(answer->body.find("\"source\":\"wait\"") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "an origin that names nothing to ask by is asked for the length") {
  start();
  client.serve(song_url, song);
  static_cast<void>(ask("GET", head_target()));
  world.advance(61s);
  static_cast<void>(ask("GET", head_target()));
  CHECK(client.requests().back().method == "HEAD");
  world.advance(61s);
  const std::string longer = test::some_bytes(song.size() + 1, 2);
  client.serve(song_url, longer);
  static_cast<void>(ask("GET", head_target()));
  CHECK(client.requests().back().method == "GET");
  CHECK(ask("GET", head_target())->headers("X-Content-URN")[0] ==
        test::file_of(song_url, longer).root().urn());
}
