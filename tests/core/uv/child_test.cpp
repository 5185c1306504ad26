#include "core/uv/child.hpp"

#include <optional>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;

namespace {

constexpr uv::ChildLimits generous = {1min, 4'096};

struct Run {
  uv::Loop loop;
  std::optional<std::string> said;
  std::unique_ptr<uv::Child> child;

  void start(const std::string& script, uv::ChildLimits limits = generous) {
    child = std::make_unique<uv::Child>(loop, std::vector<std::string>{"/bin/sh", "-c", script},
                                        limits, [this](std::string text) {
                                          said = std::move(text);
                                          child.reset();
                                        });
  }
};

}  // namespace

TEST_CASE("all that a child says is heard when it has ended") {
  Run run;
  run.start("echo one; echo two >&2; echo three");
  CHECK_FALSE(run.said);
  run.loop.run();
  CHECK(run.said == "one\nthree\n");
}

TEST_CASE("a child that says nothing, or cannot be started, has an end too") {
  Run run;
  run.start("exit 3");
  run.loop.run();
  CHECK(run.said == "");
  run.said.reset();
  run.child = std::make_unique<uv::Child>(run.loop, std::vector<std::string>{"/no/such/program"},
                                          generous, [&](std::string text) { run.said = text; });
  CHECK_FALSE(run.said);
  run.loop.run();
  CHECK(run.said == "");
}

TEST_CASE("a child that takes too long is ended, and what it has said is heard") {
  Run run;
  run.start("echo one; exec sleep 1000", {200ms, 4'096});
  run.loop.run();
  CHECK(run.said == "one\n");
}

TEST_CASE("a child that says too much is ended") {
  Run run;
  run.start("while :; do echo again and again; done", {1min, 1'000});
  run.loop.run();
  CHECK(run.said->size() == 1'000);
}

TEST_CASE("destroying a child ends it, and its end is not told") {
  Run run;
  SECTION("while it runs") {
    run.start("exec sleep 1000");
  }
  SECTION("that could not be started") {
    run.child = std::make_unique<uv::Child>(run.loop, std::vector<std::string>{"/no/such/program"},
                                            generous, [&](std::string text) { run.said = text; });
  }
  run.child.reset();
  run.loop.run();
  CHECK_FALSE(run.said);
}
