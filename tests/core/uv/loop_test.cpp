#include "core/uv/loop.hpp"

#include "core/uv/signal.hpp"

#include <atomic>
#include <csignal>
#include <memory>
#include <string>
#include <thread>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;

TEST_CASE("a timer calls once, never before arm has returned, and not before its time") {
  uv::Loop loop;
  int calls = 0;
  Instant fired;
  auto timer = loop.make_timer([&] {
    ++calls;
    fired = loop.now();
  });
  const auto armed = loop.now();
  timer->arm(5ms);
  CHECK(calls == 0);
  loop.run();
  CHECK(calls == 1);
  CHECK(fired - armed >= 5ms);
  timer->arm(-3s);
  CHECK(calls == 1);
  loop.run();
  CHECK(calls == 2);
}

TEST_CASE("arming again replaces, disarming and destroying cancel") {
  uv::Loop loop;
  std::string order;
  auto a = loop.make_timer([&] { order += 'a'; });
  auto b = loop.make_timer([&] { order += 'b'; });
  auto c = loop.make_timer([&] { order += 'c'; });
  auto d = loop.make_timer([&] { order += 'd'; });
  a->arm(1ms);
  a->arm(20ms);
  b->arm(10ms);
  c->arm(1ms);
  c->disarm();
  d->arm(1ms);
  d.reset();
  loop.run();
  CHECK(order == "ba");
}

TEST_CASE("a timer may be destroyed inside its own call, and others there too") {
  uv::Loop loop;
  int calls = 0;
  std::unique_ptr<Timer> own;
  std::unique_ptr<Timer> other = loop.make_timer([&] { calls += 100; });
  const std::string captured(100, 'x');
  own = loop.make_timer([&, captured] {
    own.reset();
    other.reset();
    calls += captured.size() == 100 ? 1 : 1000;
  });
  own->arm(1ms);
  other->arm(1ms);
  loop.run();
  CHECK(calls == 1);
}

TEST_CASE("a timer that always arms itself at once does not keep others from their turn") {
  uv::Loop loop;
  std::unique_ptr<Timer> busy;
  busy = loop.make_timer([&] { busy->arm(Duration::zero()); });
  busy->arm(Duration::zero());
  bool done = false;
  const auto job = loop.run([] {},
                            [&] {
                              done = true;
                              loop.stop();
                            });
  loop.run();
  CHECK(done);
}

TEST_CASE("both clocks stand still within a callback and go on between them") {
  uv::Loop loop;
  Instant first;
  WallTime first_wall;
  bool steady = false;
  auto timer = loop.make_timer([&] {
    first = loop.now();
    first_wall = loop.wall_now();
    const auto until = std::chrono::steady_clock::now() + 5ms;
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    steady = loop.now() == first && loop.wall_now() == first_wall;
  });
  timer->arm(1ms);
  loop.run();
  CHECK(steady);
  auto second = loop.make_timer([&] {
    CHECK(loop.now() - first >= 5ms);
    CHECK(loop.wall_now() - first_wall >= 4ms);
    const auto real = std::chrono::system_clock::now();
    CHECK(std::chrono::abs(real - loop.wall_now()) < 1s);
  });
  second->arm(1ms);
  loop.run();
}

TEST_CASE("work runs on another thread and its end is told on the loop's, after run has returned") {
  uv::Loop loop;
  const auto here = std::this_thread::get_id();
  std::thread::id there;
  bool done = false;
  auto job = loop.run([&] { there = std::this_thread::get_id(); },
                      [&] { done = std::this_thread::get_id() == here; });
  CHECK_FALSE(done);
  loop.run();
  CHECK(done);
  CHECK(there != here);
}

TEST_CASE("of a destroyed job nobody hears, and its work comes to its end with the loop") {
  auto worked = std::make_shared<std::atomic<int>>(0);
  bool told = false;
  {
    uv::Loop loop;
    std::unique_ptr<Job> own;
    auto begun = std::make_shared<std::atomic<bool>>(false);
    auto job = loop.run(
        [worked, begun] {
          *begun = true;
          ++*worked;
        },
        [&] { told = true; });
    while (!*begun) std::this_thread::yield();
    job.reset();
    own = loop.run([] {}, [&] { own.reset(); });
    loop.run();
    CHECK_FALSE(own);
    // This one is still under way when the loop goes.
    static_cast<void>(loop.run([worked] { ++*worked; }, [&] { told = true; }));
  }
  CHECK(*worked >= 1);
  CHECK_FALSE(told);
}

TEST_CASE("a signal is heard on the loop, may be dropped there, and does not keep it running") {
  uv::Loop loop;
  int heard = 0;
  std::unique_ptr<uv::Signal> signal;
  signal = std::make_unique<uv::Signal>(loop, SIGUSR1, [&] {
    ++heard;
    signal.reset();
    loop.stop();
  });
  loop.run();
  CHECK(heard == 0);
  auto timer = loop.make_timer([] { std::raise(SIGUSR1); });
  auto guard = loop.make_timer([&] { loop.stop(); });
  timer->arm(1ms);
  guard->arm(10s);
  loop.run();
  CHECK(heard == 1);
  CHECK_FALSE(signal);
}

TEST_CASE("a signal that cannot be watched is one sentence at start-up") {
  uv::Loop loop;
  CHECK_THROWS_WITH(uv::Signal(loop, SIGKILL, [] {}), Catch::Contains("cannot watch for signal 9"));
}
