#include "core/http/chunked_body.hpp"

#include <string>
#include <string_view>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;
using State = ChunkedBody::State;

namespace {

struct Reading {
  State state = State::going_on;
  std::string content;
};

Reading read_in_steps(std::string_view bytes, std::size_t step) {
  ChunkedBody body;
  Reading reading;
  Bytes content;
  while (!bytes.empty() && reading.state == State::going_on) {
    reading.state = body.feed(as_bytes(bytes.substr(0, step)), content);
    bytes.remove_prefix(std::min(step, bytes.size()));
  }
  reading.content = to_string(content);
  return reading;
}

/// The same however the bytes are cut.
Reading read(std::string_view bytes) {
  const Reading whole = read_in_steps(bytes, bytes.size());
  for (const std::size_t step : {1UL, 2UL, 3UL, 7UL}) {
    const Reading cut = read_in_steps(bytes, step);
    CHECK(cut.state == whole.state);
    CHECK(cut.content == whole.content);
  }
  return whole;
}

}  // namespace

TEST_CASE("a body in chunks is what the chunks have, one behind the other") {
  const auto reading = read("3\r\nabc\r\nA;x=\"y\"\r\n0123456789\r\n");
  CHECK(reading.state == State::going_on);
  CHECK(reading.content == "abc0123456789");
}

TEST_CASE("a body in chunks ends with an empty one, and its trailer") {
  CHECK(read("1\r\na\r\n0\r\n\r\n").state == State::ended);
  const auto reading = read("1\r\na\r\n0\r\nX: y\r\n\r\nPUT / HTTP/1.1\r\n");
  CHECK(reading.state == State::ended);
  CHECK(reading.content == "a");
}

TEST_CASE("what is not in chunks is refused") {
  for (const char* bytes : {"x\r\n", "3\r\nabcd\r\n", "-1\r\n", "fffffffffffffffff\r\n"}) {
    CAPTURE(bytes);
    CHECK(read(bytes).state == State::malformed);
  }
}

TEST_CASE("extensions and trailers without end are refused") {
  CHECK(read("1;" + std::string(10'000, 'x')).state == State::malformed);
  CHECK(read("1\r\na\r\n0\r\nX: " + std::string(10'000, 'x')).state == State::malformed);
}
