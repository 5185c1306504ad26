#include "gateway/exposition.hpp"

#include "gateway/pages.hpp"
#include "gateway/timed_storage.hpp"
#include "tests/gateway/gateway_fixture.hpp"

#include <memory>
#include <set>
#include <sstream>
#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

TEST_CASE("times are told as a histogram, whose buckets grow and whose last has them all") {
  Latency latency;
  for (const Duration taken : {Duration(250us), Duration(251us), Duration(3s), Duration(1h)}) {
    latency.add(taken);
  }
  Exposition text;
  text.add_histogram("x_seconds", "Help.", {{"", latency}});
  CHECK(text.take() ==
        "# HELP alluvium_gateway_x_seconds Help.\n"
        "# TYPE alluvium_gateway_x_seconds histogram\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.000250\"} 1\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.001000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.004000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.016000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.064000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"0.256000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"1.000000\"} 2\n"
        "alluvium_gateway_x_seconds_bucket{le=\"4.000000\"} 3\n"
        "alluvium_gateway_x_seconds_bucket{le=\"+Inf\"} 4\n"
        "alluvium_gateway_x_seconds_sum 3603.000501\n"
        "alluvium_gateway_x_seconds_count 4\n");
}

TEST_CASE("a storage that is timed answers as it would without, and each kind of call counts") {
  struct Kept final : Storage {
    Contents load() override { return {{}, {"one was damaged"}}; }
    Status save(const FileVersion&) override { return {}; }
    Status try_write() override { return Error{"the disk is full"}; }
  };
  TimedStorage timed(std::make_unique<Kept>());
  CHECK(timed.load().problems.size() == 1);
  CHECK(timed.try_write().error().message == "the disk is full");
  CHECK_FALSE(timed.try_write());
  const auto latencies = timed.latencies();
  CHECK(latencies.load.count() == 1);
  CHECK(latencies.try_write.count() == 2);
  CHECK(latencies.save.count() == 0);
}

TEST_CASE_METHOD(test::GatewayFixture,
                 "what the server moved and refused is told by route and cause") {
  start();
  gateway->show([] {
    Edges edges;
    edges.server.refusals = {1, 2, 3, 4, 5};
    http::Request request;
    request.target = "/uri-res/N2X?urn:x";
    edges.server.by_class[route_class_of(request)] = {600, 7'000};
    edges.store.save.add(5ms);
    return edges;
  });
  const auto metrics = ask("GET", "/metrics")->body;
  for (const char* line :
       {"http_refusals_total{cause=\"malformed\"} 1", "http_refusals_total{cause=\"too_large\"} 2",
        "http_refusals_total{cause=\"slow_head\"} 3",
        "http_refusals_total{cause=\"slow_reader\"} 4",
        "http_refusals_total{cause=\"too_many_connections\"} 5",
        "http_refusals_total{cause=\"foreign_host\"} 0",
        "http_received_bytes_total{route=\"row\"} 600", "http_sent_bytes_total{route=\"row\"} 7000",
        "store_seconds_count{operation=\"save\"} 1"}) {
    CHECK_THAT(metrics, Catch::Contains("alluvium_gateway_" + std::string(line) + "\n"));
  }
}

TEST_CASE_METHOD(test::GatewayFixture, "each metric is described once, before its samples") {
  start();
  std::istringstream lines(ask("GET", "/metrics")->body);
  std::set<std::string> described;
  std::string current;
  for (std::string line; std::getline(lines, line);) {
    CAPTURE(line);
    std::istringstream words(line);
    std::string first;
    std::string kind;
    words >> first;
    if (first == "#") {
      words >> kind >> current;
      CHECK(described.insert(kind + " " + current).second);
      continue;
    }
    CHECK(first.starts_with(current));
    CHECK(described.count("TYPE " + current) == 1);
    CHECK(described.count("HELP " + current) == 1);
    std::uint64_t value = 0;
    CHECK(words >> value);
  }
  CHECK(described.size() > 80);
}
