#include "gateway/availability.hpp"

#include <catch2/catch.hpp>

using alluvium::gateway::Availability;

TEST_CASE("an availability is read and written alike") {
  for (const char* text : {"all", "none", "bytes 0-65535", "bytes 0-16383,32768-49151"}) {
    INFO(text);
    const auto read = Availability::parse(text);
    REQUIRE(read);
    CHECK(read->text() == text);
  }
}

TEST_CASE("what is no availability is refused") {
  for (const char* text : {"", "ALL", "bytes", "bytes=0-1", "bytes 5-1", "0-5", "bytes 0-"}) {
    INFO(text);
    CHECK_FALSE(Availability::parse(text));
  }
}

TEST_CASE("one availability covers another if it has every byte of it") {
  struct Row {
    const char* a;
    const char* b;
    bool covers;
  };
  const Row rows[] = {{"all", "bytes 0-9", true},
                      {"all", "all", true},
                      {"bytes 0-9", "all", false},
                      {"bytes 0-9", "none", true},
                      {"none", "none", true},
                      {"none", "bytes 0-9", false},
                      {"bytes 0-9,20-39", "bytes 5-8,20-30", true},
                      {"bytes 0-9,20-39", "bytes 5-25", false}};
  for (const auto& row : rows) {
    INFO(row.a << " covers " << row.b);
    CHECK(Availability::parse(row.a)->covers(*Availability::parse(row.b)) == row.covers);
  }
}
