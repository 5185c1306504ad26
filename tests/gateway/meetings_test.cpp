#include "gateway/meetings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;
using namespace std::chrono_literals;

namespace {

const hash::TreeRoot song{{7}};
const hash::TreeRoot other_song{{8}};
constexpr Instant start{1h};

net::Endpoint at(std::uint16_t number) {
  return {net::IpAddress::v4(20, 0, 0, 1), static_cast<std::uint16_t>(7'000 + number)};
}

/// Nobody has connections.
std::optional<std::size_t> none(const net::Endpoint&) {
  return 0;
}

}  // namespace

TEST_CASE("two who were heard of just now meet at one instant, of which both are told") {
  Meetings meetings(1);
  meetings.seek(song, at(1), start);
  meetings.seek(song, at(2), start);
  const auto agreed = meetings.agree(song, at(1), none, start);
  REQUIRE(agreed);
  CHECK(agreed->with == at(2));
  const auto told = meetings.take(at(2), start + 1s);
  REQUIRE(told.size() == 1);
  CHECK(told[0].with == at(1));
  CHECK(told[0].at == agreed->at);
  CHECK(meetings.take(at(2), start + 1s).empty());
}

TEST_CASE("nobody meets himself, a stranger to the file, or one who was not heard of lately") {
  Meetings meetings(1);
  CHECK_FALSE(meetings.agree(song, at(1), none, start));
  meetings.seek(song, at(1), start);
  meetings.seek(other_song, at(2), start);
  CHECK_FALSE(meetings.agree(song, at(1), none, start));
  meetings.seek(song, at(3), start);
  CHECK_FALSE(meetings.agree(song, at(1), none, start + Meetings::heard_within));
  CHECK(meetings.agree(song, at(1), none, start + Meetings::heard_within - 1ms));
}

TEST_CASE("of several the one with the fewest connections is met") {
  Meetings meetings(1);
  for (const std::uint16_t n : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}})
    meetings.seek(song, at(n), start);
  const auto burden = [](const net::Endpoint& who) -> std::optional<std::size_t> {
    if (who == at(2)) return std::nullopt;
    return who == at(3) ? 1 : 2;
  };
  CHECK(meetings.agree(song, at(1), burden, start)->with == at(3));
}

TEST_CASE("of a meeting that is over nobody is told, and nobody has too many") {
  Meetings meetings(1);
  meetings.seek(song, at(0), start);
  for (std::uint16_t n = 1; n <= Meetings::most_appointments + 1; ++n) {
    CHECK(meetings.agree(song, at(n), none, start).has_value() ==
          (n <= Meetings::most_appointments));
  }
  CHECK_FALSE(meetings.agree(song, at(1), none, start));
  CHECK(meetings.take(at(0), start + Meetings::notice).empty());
  meetings.seek(song, at(0), start + 2s);
  CHECK(meetings.agree(song, at(1), none, start + 2s));
  meetings.tidy(start + 10s);
  CHECK(meetings.take(at(0), start + 2s).empty());
}
