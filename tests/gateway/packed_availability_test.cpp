#include "gateway/packed_availability.hpp"

#include <utility>

#include <catch2/catch.hpp>

using alluvium::ByteRange;
using alluvium::gateway::Availability;
using alluvium::gateway::PackedAvailability;

namespace {

const char* const texts[] = {
    "all",
    "none",
    "bytes 0-16383",
    "bytes 5-5",
    "bytes 16384-4999999,5013504-5029887",
    "bytes 0-0,2-2,4-4,6-6,8-8,10-10,12-12,14-14",
    "bytes 100000000000-100000000001,200000000000-300000000000,300000000002-900000000000",
    "bytes 0-9223372036854775806",
};

}  // namespace

TEST_CASE("what is packed is the same when it is unpacked") {
  for (const char* text : texts) {
    INFO(text);
    const auto available = *Availability::parse(text);
    const PackedAvailability packed(available);
    CHECK(packed.unpacked() == available);
    CHECK(packed.complete() == available.complete);
    std::string said;
    packed.append_to(said);
    CHECK(said == text);
  }
}

TEST_CASE("packed ones are copied, moved and compared by what they say") {
  for (const char* text : texts) {
    for (const char* other : texts) {
      INFO(text << ", " << other);
      const PackedAvailability packed(*Availability::parse(text));
      PackedAvailability its(*Availability::parse(other));
      CHECK((packed == its) == (text == other));
      PackedAvailability copy(packed);
      its = copy;
      CHECK(its == packed);
      its = PackedAvailability();
      CHECK(its.text() == "none");
      its = std::move(copy);
      CHECK(its == packed);
      CHECK(packed.text() == text);
    }
  }
}
