#include "gateway/shuffled_numbers.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <vector>

#include <catch2/catch.hpp>

using alluvium::Random;
using alluvium::gateway::ShuffledNumbers;

TEST_CASE("each number below the bound comes once") {
  Random random(3);
  for (const std::size_t bound : {0, 1, 2, 50, 800}) {
    ShuffledNumbers numbers(bound);
    std::set<std::uint32_t> seen;
    while (numbers.has_more()) seen.insert(numbers.next(random));
    CHECK(seen.size() == bound);
    if (bound > 0) CHECK(*seen.rbegin() == bound - 1);
  }
}

TEST_CASE("of very many numbers as many come as may be drawn, all different") {
  Random random(3);
  ShuffledNumbers numbers(4'000'000'000);
  std::set<std::uint32_t> seen;
  while (numbers.has_more()) seen.insert(numbers.next(random));
  CHECK(seen.size() == ShuffledNumbers::most_drawn);
}

TEST_CASE("every order of a few numbers is as likely as any other") {
  Random random(3);
  std::map<std::vector<std::uint32_t>, int> orders;
  constexpr int rounds = 24'000;
  for (int i = 0; i < rounds; ++i) {
    ShuffledNumbers numbers(4);
    std::vector<std::uint32_t> order;
    while (numbers.has_more()) order.push_back(numbers.next(random));
    ++orders[order];
  }
  CHECK(orders.size() == 24);
  for (const auto& [order, times] : orders) {
    CHECK(times > 850);
    CHECK(times < 1'150);
  }
}
