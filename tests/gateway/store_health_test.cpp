#include "gateway/store_health.hpp"

#include "tests/gateway/gateway_fixture.hpp"

#include <functional>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

/// A store whose disk fills up and is emptied.
class Disk final : public Storage {
 public:
  Contents load() override { return {}; }
  Status save(const FileVersion&) override { return {}; }
  Status try_write() override {
    ++tries;
    if (full) return Error{"database or disk is\nfull"};
    return {};
  }
  bool full = false;
  int tries = 0;
};

/// Workers that never come to it.
class Stuck final : public Workers {
 public:
  std::unique_ptr<Job> run(std::function<void()>, std::function<void()>) override {
    return std::make_unique<Job>();
  }
};

class Heard final : public Observer {
 public:
  void on_store_trouble(std::string_view reason) override { reasons.emplace_back(reason); }
  std::vector<std::string> reasons;
};

}  // namespace

TEST_CASE("a store that fills up is trouble until there is room again, told once each time") {
  test::World world;
  Disk disk;
  Heard heard;
  StoreHealth health(world, world, world, disk, heard);
  world.advance(1s);
  CHECK(health.problem().empty());
  CHECK(disk.tries == 1);
  disk.full = true;
  world.advance(30s);
  CHECK(health.problem() == "the store cannot be written: database or disk is\\x0afull");
  CHECK(disk.tries == 4);
  disk.full = false;
  world.advance(StoreHealth::pause);
  CHECK(health.problem().empty());
  CHECK(heard.reasons.size() == 2);
  CHECK(heard.reasons.back().empty());
}

TEST_CASE("a store that takes nothing is trouble as well") {
  test::World world;
  Disk disk;
  Stuck stuck;
  Heard heard;
  StoreHealth health(world, world, stuck, disk, heard);
  world.advance(29s);
  CHECK(health.problem().empty());
  world.advance(2s);
  CHECK(health.problem() == "the store has taken nothing for 31 s");
}

TEST_CASE_METHOD(test::GatewayFixture, "the answer to a health check is the store's") {
  Disk disk;
  start({}, &disk);
  world.advance(1s);
  CHECK(ask("GET", "/healthz")->status == 200);
  CHECK_THAT(ask("GET", "/metrics")->body, Catch::Contains("alluvium_gateway_store_failing 0\n"));
  disk.full = true;
  world.advance(StoreHealth::pause);
  const auto answer = ask("GET", "/healthz");
  CHECK(answer->status == 503);
  CHECK_THAT(answer->body, Catch::StartsWith("the store cannot be written: "));
  CHECK_THAT(ask("GET", "/metrics")->body, Catch::Contains("alluvium_gateway_store_failing 1\n"));
  gateway.reset();
}
