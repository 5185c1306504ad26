#include "core/http/prefer.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using http::preferred_wait;
using http::prefers_minimal;

TEST_CASE("how long a client prefers to wait is read as RFC 7240 writes it") {
  struct Row {
    const char* value;
    int seconds;  ///< -1: not said.
  };
  const Row rows[] = {{"wait=10", 10},
                      {"respond-async, wait=7", 7},
                      {"wait = 5; x=y, foo", 5},
                      {"WAIT=3", 3},
                      {"wait=99999", 60},
                      {"wait=0", 0},
                      {"wait=18446744073709551616", -1},
                      {"wait=-1", -1},
                      {"wait", -1},
                      {"await=3", -1},
                      {"", -1}};
  for (const auto& row : rows) {
    INFO(row.value);
    const auto wait = preferred_wait({{"Prefer", row.value}});
    CHECK((wait ? static_cast<int>(wait->wait.count()) : -1) == row.seconds);
  }
  CHECK(preferred_wait({{"Prefer", "respond-async"}, {"prefer", "wait=4"}})->wait.count() == 4);
  CHECK_FALSE(preferred_wait({}));
}

TEST_CASE("who prefers a minimal answer says so") {
  const auto is_minimal = [](const char* value) { return prefers_minimal({{"Prefer", value}}); };
  CHECK(is_minimal("return=minimal"));
  CHECK(is_minimal("wait=2, Return = Minimal; x=y"));
  CHECK(prefers_minimal({{"Prefer", "wait=2"}, {"prefer", "return=minimal"}}));
  CHECK_FALSE(is_minimal("return=representation, return=minimal"));
  CHECK_FALSE(is_minimal("minimal"));
  CHECK_FALSE(is_minimal("wait=2; return=minimal"));
  CHECK_FALSE(prefers_minimal({}));
}

TEST_CASE("a ticket belongs to the preference to wait") {
  const auto ticket = [](const char* value) {
    const auto said = preferred_wait({{"Prefer", value}});
    return said ? said->ticket : std::optional<std::uint64_t>();
  };
  CHECK(ticket("wait=5; ticket=17") == 17);
  CHECK(ticket("respond-async, wait=5;ticket = 1000000000017, x; ticket=3") == 1'000'000'000'017);
  CHECK_FALSE(ticket("wait=5"));
  CHECK_FALSE(ticket("wait=5; ticket=-1"));
  CHECK_FALSE(ticket("wait=5; ticket=18446744073709551616"));
  CHECK_FALSE(ticket("respond-async; ticket=3, wait=5"));
}
