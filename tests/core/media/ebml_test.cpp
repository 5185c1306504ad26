#include "core/media/ebml.hpp"

#include "tests/core/media/samples.hpp"
#include "tests/core/media/webm_samples.hpp"

#include <vector>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::media;
using namespace alluvium::media::samples;

using State = EbmlReading::State;

TEST_CASE("an element's head has its identifier and the size of what follows") {
  struct Case {
    Bytes bytes;
    std::uint32_t id;
    std::optional<std::uint64_t> size;
  };
  for (const Case& c : {
           Case{{0xec, 0x80}, 0xec, 0},
           Case{{0xec, 0xfe}, 0xec, 126},
           Case{{0x42, 0x82, 0x40, 0x02}, 0x4282, 2},
           Case{{0x2a, 0xd7, 0xb1, 0x83}, 0x2ad7b1, 3},
           Case{{0x1a, 0x45, 0xdf, 0xa3, 0x9f}, 0x1a45dfa3, 31},
           Case{{0x1f, 0x43, 0xb6, 0x75, 0x10, 0x12, 0x34, 0x56}, 0x1f43b675, 0x123456},
           Case{{0xec, 0x01, 0, 0, 0, 0, 0, 0, 9}, 0xec, 9},
           Case{{0xec, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe},
                0xec,
                (std::uint64_t{1} << 56) - 2},
           Case{{0x1f, 0x43, 0xb6, 0x75, 0xff}, 0x1f43b675, std::nullopt},
           Case{{0xec, 0x7f, 0xff}, 0xec, std::nullopt},
           Case{{0xec, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, 0xec, std::nullopt},
       }) {
    CAPTURE(c.bytes);
    for (std::size_t size = 0; size < c.bytes.size(); ++size) {
      CHECK(ebml_head_at(ByteView(c.bytes).first(size)).state == State::unclear);
    }
    const EbmlReading reading = ebml_head_at(joined({c.bytes, Bytes(3, 0xff)}));
    REQUIRE(reading.state == State::found);
    CHECK(reading.head.id == c.id);
    CHECK(reading.head.bytes == c.bytes.size());
    CHECK(reading.head.size == c.size);
  }
  for (const Bytes& bytes : {Bytes{0x0f}, Bytes{0x00, 0x80}, Bytes{0xec, 0x00}}) {
    CHECK(ebml_head_at(bytes).state == State::invalid);
  }
}

TEST_CASE("numbers are as long as they need to be, up to eight bytes") {
  CHECK(ebml_number({}) == 0);
  CHECK(ebml_number(Bytes{0x0f, 0x42, 0x40}) == 1'000'000);
  CHECK(ebml_number(Bytes(8, 0xff)) == ~std::uint64_t{0});
  CHECK(ebml_number(Bytes(9, 0xff)) == 0);
}

TEST_CASE("the elements within another are taken until one is not whole") {
  const Bytes content =
      joined({number_element(0xd7, 7), element(0xec, Bytes(200, 1)), number_element(0x83, 1)});
  std::vector<std::size_t> counts;
  for (std::size_t size = 0; size <= content.size(); ++size) {
    std::size_t taken = 0;
    std::size_t bytes = 0;
    for_each_ebml_child(ByteView(content).first(size), [&](std::uint32_t, ByteView value) {
      ++taken;
      bytes += value.size();
    });
    CHECK(bytes == (taken == 3 ? 202 : taken == 2 ? 201 : taken));
    if (counts.empty() || counts.back() != taken) counts.push_back(taken);
  }
  CHECK(counts == std::vector<std::size_t>{0, 1, 2, 3});
  int calls = 0;
  for_each_ebml_child(open_element(0xae, Bytes(9)), [&](std::uint32_t, ByteView) { ++calls; });
  CHECK(calls == 0);
}
