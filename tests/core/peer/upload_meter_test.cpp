#include "core/peer/upload_meter.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace std::chrono_literals;

TEST_CASE("what is sent is counted over the time in which there was something to send") {
  peer::UploadMeter meter;
  CHECK(meter.measure(Instant{1s}) == 0);
  meter.on_begin(Instant{10s});
  meter.on_begin(Instant{10s + 500ms});
  meter.on_sent(125'000);
  meter.on_end(Instant{10s + 800ms});
  meter.on_end(Instant{11s});
  CHECK(meter.measure(Instant{60s}) == 1'000'000);
  SECTION("whom few ask is not taken for slow") {
    meter.on_begin(Instant{70s});
    meter.on_sent(1'000);
    CHECK(meter.measure(Instant{80s}) == 1'000'000);
  }
  SECTION("whose line is full is as slow as that") {
    meter.on_begin(Instant{60s});
    meter.on_sent(125'000);
    CHECK(meter.measure(Instant{70s}) == 100'000);
    meter.on_sent(250'000);
    CHECK(meter.measure(Instant{80s}) == 200'000);
  }
}
