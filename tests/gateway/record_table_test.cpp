#include "gateway/record_table.hpp"

#include "core/base/random.hpp"

#include <map>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::gateway;

namespace {

struct Note {
  net::Endpoint of;
  int value = 0;
};
using Notes = RecordTable<Note, &Note::of>;

net::Endpoint endpoint(std::uint64_t n) {
  const auto byte = [&](unsigned at) { return static_cast<std::uint8_t>(n >> at); };
  return {net::IpAddress::v4(10, byte(16), byte(8), byte(0)), 8000};
}

}  // namespace

TEST_CASE("a table of records answers as a map does, whatever comes and goes") {
  Notes table(EndpointHash(7));
  std::map<net::Endpoint, int> map;
  Random random(11);
  for (int i = 0; i < 200'000; ++i) {
    // Few, then many, then few again.
    const std::uint64_t among = i < 20'000 ? 20 : i < 150'000 ? 5'000 : 300;
    const auto peer = endpoint(random.below(among));
    if (random.below(2) == 0) {
      table[peer].value = map[peer] = i;
    } else {
      table.erase(peer);
      map.erase(peer);
    }
    const auto other = endpoint(random.below(among));
    const auto known = map.find(other);
    const Note* const found = table.find(other);
    REQUIRE((found != nullptr) == (known != map.end()));
    REQUIRE(table.contains(other) == (known != map.end()));
    if (found != nullptr) REQUIRE(found->value == known->second);
    REQUIRE(table.size() == map.size());
  }
  std::map<net::Endpoint, int> all;
  table.for_each([&](const Note& note) { all[note.of] = note.value; });
  CHECK(all == map);
}

TEST_CASE("a record stays where it is until it is erased") {
  Notes table(EndpointHash(7));
  const auto [place, is_new] = table.take(endpoint(0));
  CHECK(is_new);
  Note* const note = &table.at(place);
  for (std::uint64_t n = 1; n < 10'000; ++n) table[endpoint(n)].value = 1;
  for (std::uint64_t n = 1; n < 10'000; n += 2) table.erase(endpoint(n));
  CHECK(table.find(endpoint(0)) == note);
  CHECK(table.take(endpoint(0)) == std::pair(place, false));
}

TEST_CASE("a record that comes back begins anew") {
  Notes table(EndpointHash(7));
  table[endpoint(1)].value = 5;
  table.erase(endpoint(1));
  CHECK(table[endpoint(1)].value == 0);
  table.erase_if([](const Note& note) { return note.value == 0; });
  CHECK(table.size() == 0);
  table[endpoint(2)].value = 5;
  table.clear();
  CHECK_FALSE(table.contains(endpoint(2)));
}
