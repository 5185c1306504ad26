#include "core/peer/upload_queue.hpp"

#include "tests/support/virtual_time.hpp"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::peer;
using namespace alluvium::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t chunk = 16'384;

/// A queue, and who has had a turn.
struct QueueScene {
  VirtualTime time;
  UploadQueue queue;
  std::string turns;
  std::vector<std::unique_ptr<UploadQueue::Turn>> places;

  explicit QueueScene(std::uint64_t bits_per_second)
      : queue(time, time, UploadBudget(bits_per_second)) {}
  void ask(char name, http::Urgency urgency) {
    places.push_back(queue.wait(chunk, urgency, [this, name] { turns += name; }));
  }
  /// Nothing more may leave for a while.
  void exhaust() {
    for (int i = 0; i < 4; ++i) ask('.', 0);
    time.run_for(1ms);
    turns.clear();
  }
};

}  // namespace

TEST_CASE("what is more urgent goes first, and of equals the one that asked first") {
  QueueScene scene(1'000'000);  // A chunk takes 131 ms.
  scene.exhaust();
  scene.ask('a', 5);
  scene.ask('b', 5);
  scene.ask('c', 1);
  scene.ask('d', 0);
  scene.ask('e', 0);
  scene.time.run_for(2s);
  CHECK(scene.turns == "..decab");
}

TEST_CASE("nobody has a turn from within the call in which it asks for one") {
  QueueScene scene(1'000'000);
  scene.ask('a', 0);
  CHECK(scene.turns.empty());
  scene.time.turn();
  CHECK(scene.turns == "a");
}

TEST_CASE("what is not urgent has its turn in the end, however much is") {
  QueueScene scene(1'000'000);
  scene.exhaust();
  scene.ask('z', http::least_urgency);
  // Twice as much as can be sent.
  for (int i = 0; i < 60; ++i) {
    scene.ask('a', 0);
    scene.time.run_for(65ms);
  }
  CHECK(scene.turns.find('z') != std::string::npos);
}

TEST_CASE("who leaves the line costs those behind nothing") {
  QueueScene scene(1'000'000);
  scene.exhaust();
  const Duration before = scene.queue.backlog(scene.time.now());
  scene.ask('a', 0);
  CHECK(scene.queue.backlog(scene.time.now()) > before + 130ms);
  scene.places.pop_back();
  CHECK(scene.queue.backlog(scene.time.now()) == before);
  scene.ask('b', 5);
  scene.time.run_for(1s);
  CHECK(scene.turns == "..b");
}

TEST_CASE("all that leaves in a minute is the cap to within five per cent, whatever its urgency") {
  const std::uint64_t cap = GENERATE(512'000u, 2'000'000u, 20'000'000u);
  QueueScene scene(cap);
  std::uint64_t sent = 0;
  std::vector<std::unique_ptr<UploadQueue::Turn>> places(8);
  const std::function<void(std::size_t)> ask = [&](std::size_t i) {
    places[i] = scene.queue.wait(chunk, static_cast<http::Urgency>(i), [&, i] {
      sent += chunk;
      ask(i);
    });
  };
  for (std::size_t i = 0; i < places.size(); ++i) ask(i);
  scene.time.run_for(60s);
  const double most = static_cast<double>(cap) / 8 * 60;
  CHECK(static_cast<double>(sent) <= most * 1.05 + chunk);
  CHECK(static_cast<double>(sent) >= most * 0.95 - chunk);
}

TEST_CASE("a greater cap holds at once, and no cap lets all go") {
  QueueScene scene(64'000);
  scene.exhaust();
  for (int i = 0; i < 20; ++i) scene.ask('a', 3);
  scene.time.run_for(100ms);
  CHECK(scene.turns.empty());
  scene.queue.set_budget(UploadBudget());
  scene.time.run_for(1ms);
  CHECK(scene.turns.size() >= 20);
  CHECK(scene.queue.backlog(scene.time.now()) == Duration::zero());
}
