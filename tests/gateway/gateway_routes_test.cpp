#include "tests/gateway/gateway_fixture.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using Fixture = test::GatewayFixture;

TEST_CASE_METHOD(Fixture, "every route is closed to foreign hosts and open to its own names") {
  start();
  REQUIRE(gateway->router().routes().size() >= 11);
  for (const auto& route : gateway->router().routes()) {
    INFO(route.method << " " << route.path);
    for (const char* host : {"evil.example", "evil.example:80", "10.1.2.3", "localhost.evil"}) {
      http::Request foreign = test::request(route.method, route.path);
      foreign.headers.set("Host", host);
      CHECK(test::Exchanged(gateway->router(), foreign).status == 421);
    }
    for (const char* host :
         {"127.0.0.1", "localhost:99", "gateway.example", "GATEWAY.example:80"}) {
      http::Request own = test::request(route.method, route.path);
      own.headers.set("Host", host);
      CHECK(test::Exchanged(gateway->router(), own).status != 421);
    }
  }
}

TEST_CASE_METHOD(Fixture, "names are resolved to tree, facts and origin; unknown ones are 404") {
  start();
  know_song();
  const auto row = ask("GET", "/uri-res/N2X?" + urn);
  CHECK(row->status == 200);
  CHECK(row->body == as_text(test::file_of(song_url, song).leaves.view()));
  CHECK(media::parse_file_facts(ask("GET", "/uri-res/N2C?" + urn)->body)->uri == song_url);
  CHECK(ask("GET", "/uri-res/N2L?" + urn)->header("Location") == song_url);
  CHECK(ask("GET", "/uri-res/N2R?" + urn)->status == 303);
  for (const char* path : {"N2X", "N2C", "N2Ls", "N2L", "N2R"}) {
    INFO(path);
    CHECK(ask("GET", std::string("/uri-res/") + path + "?" + hash::TreeRoot{}.urn())->status ==
          404);
    CHECK(ask("GET", std::string("/uri-res/") + path)->status == 404);
  }
}

TEST_CASE_METHOD(Fixture, "the operator's pages answer") {
  start();
  know_song();
  CHECK(ask("GET", "/healthz")->status == 200);
  const auto metrics = ask("GET", "/metrics");
  CHECK(metrics->body.find("\nalluvium_gateway_files 1\n") != std::string::npos);
  CHECK(metrics->body.find("\nalluvium_gateway_fetched_bytes_total 100000\n") != std::string::npos);
  const auto page = ask("GET", "/");
  CHECK(page->header("Content-Type") == "text/html; charset=utf-8");
  CHECK(page->body.find("1 files known") != std::string::npos);
}

TEST_CASE_METHOD(Fixture, "a Metalink waits for a file that is being hashed") {
  start();
  client.serve(song_url, song);
  const auto answer = ask("GET", std::string("/gateway/metalink?uri=") + song_url);
  CHECK(answer->status == 200);
  CHECK(answer->header("Content-Type") == "application/metalink4+xml");
}

TEST_CASE_METHOD(Fixture,
                 "without stations a gateway is ready at once, but not before it is made") {
  start();
  CHECK(ready == 0);
  world.settle();
  CHECK(ready == 1);
}
