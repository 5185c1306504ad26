#include "core/router/port_mapper.hpp"

#include "tests/support/virtual_time.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::router;
using namespace std::chrono_literals;
using State = PortMapping::State;

namespace {

constexpr FailedAttempt silence{Protocol::nat_pmp, Failure::no_answer, 0};

/// Answers when, and as, the test says.
class FakeRouter final : public Router {
 public:
  struct Errand final : Job {
    explicit Errand(FakeRouter& made_by) : router(made_by) {}
    ~Errand() override { router.errand = nullptr; }
    FakeRouter& router;
    std::function<void(const Outcome&)> on_opened;
    std::function<void()> on_closed;
  };

  std::unique_ptr<Job> open(const PortRequest& request,
                            std::function<void(const Outcome&)> on_done) override {
    log += "open " + std::to_string(request.internal_port) + " as " +
           std::to_string(request.external_port) + "; ";
    ++opens;
    return begin(std::move(on_done), nullptr);
  }
  std::unique_ptr<Job> close(const Mapping& mapping, std::function<void()> on_done) override {
    log += "close " + std::to_string(mapping.internal_port) + "; ";
    return begin(nullptr, std::move(on_done));
  }

  void grant(std::uint16_t port, std::chrono::seconds lifetime = 1h) {
    answer({Mapping{Protocol::nat_pmp, 0, port, lifetime, {}, {}}, {}});
  }
  void refuse() { answer({{}, {silence}}); }
  void answer(const Outcome& outcome) {
    REQUIRE(errand != nullptr);
    const auto on_opened = errand->on_opened;
    REQUIRE(on_opened);
    on_opened(outcome);
  }
  void confirm() {
    REQUIRE(errand != nullptr);
    const auto on_closed = errand->on_closed;
    REQUIRE(on_closed);
    on_closed();
  }

  Errand* errand = nullptr;
  std::string log;
  int opens = 0;

 private:
  std::unique_ptr<Job> begin(std::function<void(const Outcome&)> on_opened,
                             std::function<void()> on_closed) {
    REQUIRE(errand == nullptr);
    auto made = std::make_unique<Errand>(*this);
    made->on_opened = std::move(on_opened);
    made->on_closed = std::move(on_closed);
    errand = made.get();
    return made;
  }
};

struct Scene {
  test::VirtualTime time;
  FakeRouter router;
  int changes = 0;
  PortMapper mapper{router, MapPort::automatic, time, time, [this] { ++changes; }};
};

}  // namespace

TEST_CASE(
    "a port that others are to find is asked for, and what is granted is where they are led") {
  Scene s;
  CHECK(s.mapper.status().state == State::off);
  s.mapper.set_port(5000);
  CHECK(s.mapper.status().state == State::asking);
  CHECK_FALSE(s.mapper.external_port());
  s.router.grant(6000);
  CHECK(s.changes == 0);
  s.time.turn();
  CHECK(s.changes == 1);
  CHECK(s.mapper.status().state == State::open);
  CHECK(s.mapper.external_port() == 6000);
  CHECK(s.mapper.status().mapping->internal_port == 5000);
  s.mapper.set_port(5000);
  CHECK(s.router.log == "open 5000 as 5000; ");
}

TEST_CASE("nothing is asked where nothing is wanted") {
  Scene s;
  s.mapper.set_port(0);
  s.time.run_for(24h);
  PortMapper never(s.router, MapPort::off, s.time, s.time, [] {});
  never.set_port(5000);
  s.time.run_for(24h);
  CHECK(s.router.opens == 0);
  CHECK(never.status().state == State::off);
}

TEST_CASE("it is asked again at half of the time that was granted, for the same port") {
  Scene s;
  s.mapper.set_port(5000);
  s.router.grant(6000, 1h);
  s.time.run_for(30min - 1s);
  CHECK(s.router.opens == 1);
  s.time.run_for(1s);
  CHECK(s.router.log == "open 5000 as 5000; open 5000 as 6000; ");
  CHECK(s.mapper.external_port() == 6000);
  s.router.grant(6001, 20min);
  CHECK(s.mapper.external_port() == 6001);
  s.time.run_for(10min);
  CHECK(s.router.opens == 3);
}

TEST_CASE("a router that grants no time, or for ever, is asked neither at once nor never") {
  const auto lifetime = GENERATE(1s, 0s, std::chrono::seconds(UINT32_MAX));
  Scene s;
  s.mapper.set_port(5000);
  s.router.grant(5000, lifetime);
  s.time.run_for(29s);
  CHECK(s.router.opens == 1);
  s.time.run_for(30min);
  CHECK(s.router.opens == 2);
}

TEST_CASE("a router that refuses is asked again, with growing pauses") {
  Scene s;
  s.mapper.set_port(5000);
  std::vector<int> pauses;
  for (int i = 0; i < 8; ++i) {
    s.router.refuse();
    CHECK(s.mapper.status() == PortMapping{State::failed, {}, {silence}});
    int minutes = 0;
    for (const int before = s.router.opens; s.router.opens == before; ++minutes) {
      s.time.run_for(1min);
    }
    pauses.push_back(minutes);
  }
  CHECK(pauses == std::vector{1, 2, 4, 8, 16, 30, 30, 30});
  s.router.grant(6000);
  CHECK(s.mapper.status().state == State::open);
}

TEST_CASE("what was granted goes on for its time when it is not renewed, and no longer") {
  Scene s;
  s.mapper.set_port(5000);
  s.router.grant(6000, 1h);
  s.time.run_for(30min);
  s.router.refuse();
  CHECK(s.mapper.external_port() == 6000);
  for (int i = 0; i < 29; ++i) {
    s.time.run_for(1min);
    CHECK(s.mapper.external_port() == 6000);
    if (s.router.errand) s.router.refuse();
  }
  s.time.run_for(1min + 1s);
  if (s.router.errand) s.router.refuse();
  CHECK(s.mapper.status() == PortMapping{State::failed, {}, {silence}});
  CHECK_FALSE(s.mapper.external_port());
}

TEST_CASE("what is no longer wanted is taken back, and another port asked for after that") {
  Scene s;
  s.mapper.set_port(5000);
  s.router.grant(6000);
  s.mapper.set_port(0);
  CHECK(s.mapper.status().state == State::off);
  CHECK_FALSE(s.mapper.external_port());
  s.mapper.set_port(5001);
  CHECK(s.router.log == "open 5000 as 5000; close 5000; ");
  s.router.confirm();
  CHECK(s.router.log == "open 5000 as 5000; close 5000; open 5001 as 5001; ");
  s.router.grant(5001);
  CHECK(s.mapper.external_port() == 5001);
}

TEST_CASE("what is granted when it is no longer wanted is taken back") {
  Scene s;
  s.mapper.set_port(5000);
  const auto next = GENERATE(std::uint16_t{0}, std::uint16_t{5001});
  s.mapper.set_port(next);
  s.router.grant(6000);
  CHECK(s.router.log == "open 5000 as 5000; close 5000; ");
  CHECK_FALSE(s.mapper.external_port());
  s.router.confirm();
  CHECK((s.router.errand != nullptr) == (next != 0));
}

TEST_CASE("a failure that concerns another port than is wanted now is no news") {
  Scene s;
  s.mapper.set_port(5000);
  s.mapper.set_port(5001);
  s.router.refuse();
  CHECK(s.mapper.status().state == State::asking);
  CHECK(s.router.log == "open 5000 as 5000; open 5001 as 5001; ");
}

TEST_CASE("a port at which nobody looks for others is given back, and asked for anew with pauses") {
  Scene s;
  s.mapper.set_port(5000);
  s.router.grant(80);
  CHECK(s.mapper.status().state == State::failed);
  CHECK(s.mapper.status().failed.front().failure == Failure::nonsense);
  CHECK(s.router.log == "open 5000 as 5000; close 5000; ");
  s.router.confirm();
  s.time.run_for(59s);
  CHECK(s.router.opens == 1);
  s.time.run_for(1s);
  CHECK(s.router.opens == 2);
  s.router.grant(80);
  s.router.confirm();
  s.time.run_for(119s);
  CHECK(s.router.opens == 2);
}

TEST_CASE("a machine that has slept may be elsewhere: it asks within a minute") {
  Scene s;
  s.mapper.set_port(5000);
  if (GENERATE(true, false)) {
    s.router.grant(6000);
  } else {
    for (int i = 0; i < 6; ++i) {
      s.router.refuse();
      s.time.run_until([&] { return s.router.errand != nullptr; }, 1h);
    }
    s.router.refuse();
  }
  s.time.run_for(1s);
  const int before = s.router.opens;
  s.time.step_wall(8h);
  s.time.run_for(1min);
  CHECK(s.router.opens == before + 1);
}

TEST_CASE("leaving takes back what is open, and waits for nobody long") {
  Scene s;
  int left = 0;
  s.mapper.set_port(5000);
  const auto leave = [&] { s.mapper.leave([&] { ++left; }); };
  SECTION("the router does it") {
    s.router.grant(6000);
    leave();
    CHECK(s.router.log == "open 5000 as 5000; close 5000; ");
    s.time.run_for(100ms);
    CHECK(left == 0);
    CHECK(s.changes == 0);
    s.router.confirm();
    s.time.turn();
  }
  SECTION("the router says nothing") {
    s.router.grant(6000);
    leave();
    s.time.run_for(PortMapper::patience_at_the_end);
  }
  SECTION("it was being asked, and grants it yet") {
    leave();
    s.router.grant(6000);
    CHECK(s.router.log == "open 5000 as 5000; close 5000; ");
    s.router.confirm();
    s.time.turn();
  }
  SECTION("it was being asked, and says nothing") {
    leave();
    s.time.run_for(PortMapper::patience_at_the_end);
  }
  SECTION("it had refused") {
    s.router.refuse();
    leave();
    CHECK(left == 0);
    s.time.turn();
  }
  CHECK(left == 1);
  CHECK(s.router.errand == nullptr);
  s.time.run_for(24h);
  CHECK(left == 1);
  CHECK(s.router.opens == 1);
}
