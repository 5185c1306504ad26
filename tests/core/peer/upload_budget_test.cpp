#include "core/peer/upload_budget.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::peer;
using namespace std::chrono_literals;

TEST_CASE("what is sent in a minute is the cap to within five per cent") {
  const std::uint64_t bits_per_second = GENERATE(64'000u, 512'000u, 2'000'000u, 100'000'000u);
  constexpr std::uint64_t chunk = 16'384;
  UploadBudget budget(bits_per_second);
  Instant now{1h};
  const Instant end = now + 60s;
  std::uint64_t sent = 0;
  while (now < end) {
    now += budget.backlog(now);
    budget.book(chunk, now);
    if (now < end) sent += chunk;
  }
  const double cap = static_cast<double>(bits_per_second) / 8 * 60;
  CHECK(static_cast<double>(sent) <= cap * 1.05 + chunk);
  CHECK(static_cast<double>(sent) >= cap * 0.95 - chunk);
}

TEST_CASE(
    "a pause allows a quarter of a second's worth at once, not what the whole pause would have") {
  UploadBudget budget(800'000);  // 100,000 bytes a second
  Instant now{1h};
  budget.book(1'000, now);
  now += 10min;
  std::uint64_t at_once = 0;
  while (budget.backlog(now) == Duration::zero()) {
    budget.book(1'000, now);
    at_once += 1'000;
  }
  CHECK(at_once >= 25'000);
  CHECK(at_once <= 27'000);
}

TEST_CASE("without a cap nothing waits") {
  UploadBudget budget;
  for (int i = 0; i < 1'000; ++i) budget.book(1 << 20, Instant{1h});
  CHECK(budget.time_for(1 << 20) == Duration::zero());
  CHECK(budget.backlog(Instant{1h}) == Duration::zero());
}
