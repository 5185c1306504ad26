#include "player-bridge/accept.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::bridge;

TEST_CASE("what a player can play is what it names, not what it does not refuse") {
  CHECK(names_type("audio/mpeg, audio/x-mpeg, */*", "audio/mpeg"));
  CHECK(names_type("audio/ogg;q=0.8,Audio/MPEG ; q=0.5", "audio/mpeg"));
  CHECK(names_type("video/*, audio/*;q=0.9", "audio/aac"));
  CHECK_FALSE(names_type("audio/mpeg, */*", "audio/ogg"));
  CHECK_FALSE(names_type("audio/mpegurl", "audio/mpeg"));
  CHECK_FALSE(names_type("*/*", "audio/mpeg"));
  CHECK_FALSE(names_type("", "audio/mpeg"));
  CHECK_FALSE(names_type(",;,/", "audio/mpeg"));
}
