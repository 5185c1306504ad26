#include "core/http/range.hpp"

#include <string>

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::http;

namespace {

/// `a-b` half-open, `whole` or `416`.
std::string described(const RangeRequest& request) {
  if (std::holds_alternative<WholeFile>(request)) return "whole";
  if (std::holds_alternative<ImpossibleRange>(request)) return "416";
  const auto range = std::get<ByteRange>(request);
  return std::to_string(range.begin) + "-" + std::to_string(range.end);
}

struct Spelling {
  const char* value;
  const char* meaning;
};

}  // namespace

TEST_CASE("every spelling of Range has its meaning for a file of 1000 bytes") {
  const Spelling spellings[] = {
      {"bytes=0-0", "0-1"},
      {"bytes=0-99", "0-100"},
      {"bytes=100-199", "100-200"},
      {"bytes=999-999", "999-1000"},
      {"bytes=0-", "0-1000"},
      {"bytes=999-", "999-1000"},
      {"bytes=-1", "999-1000"},
      {"bytes=-1000", "0-1000"},
      {"bytes=-5000", "0-1000"},
      {"bytes=500-5000", "500-1000"},
      {"Bytes=0-1", "0-2"},
      {"BYTES=0-1", "0-2"},
      {" bytes=0-1 ", "0-2"},
      {"bytes= 0-1", "0-2"},
      {"bytes=0-1,", "0-2"},
      {"bytes=,0-1", "0-2"},
      {"bytes=007-009", "7-10"},
      {"bytes=0-18446744073709551615", "0-1000"},
      {"bytes=0-18446744073709551616", "0-1000"},
      {"bytes=0-99999999999999999999999999", "0-1000"},
      {"bytes=-18446744073709551615", "0-1000"},
      {"bytes=-99999999999999999999999999", "0-1000"},
      {"bytes=1000-", "416"},
      {"bytes=1000-1000", "416"},
      {"bytes=18446744073709551615-", "416"},
      {"bytes=18446744073709551616-", "416"},
      {"bytes=18446744073709551615-18446744073709551615", "416"},
      {"bytes=99999999999999999999-99999999999999999999", "416"},
      {"bytes=-0", "416"},
      {"bytes=0-1,5-6", "416"},
      {"bytes=0-1, 5-6, -1", "416"},
      {"bytes=0-,0-,0-,0-", "416"},
      {"bytes=2-1", "whole"},
      {"bytes=18446744073709551616-5", "whole"},
      {"bytes=-", "whole"},
      {"bytes=", "whole"},
      {"bytes=,", "whole"},
      {"bytes", "whole"},
      {"", "whole"},
      {"bytes 0-1", "whole"},
      {"bytes =0-1", "whole"},
      {"bytes:0-1", "whole"},
      {"bytes=0", "whole"},
      {"bytes=0-1-2", "whole"},
      {"bytes=+0-1", "whole"},
      {"bytes=0-+1", "whole"},
      {"bytes=--1", "whole"},
      {"bytes=0x0-0x1", "whole"},
      {"bytes=0 -1", "whole"},
      {"bytes=0- 1", "whole"},
      {"bytes=a-b", "whole"},
      {"bytes=0-1;5-6", "whole"},
      {"bytes=0-1,x", "whole"},
      {"items=0-1", "whole"},
      {"bytess=0-1", "whole"},
      {"seconds=0-1", "whole"},
  };
  for (const auto& [value, meaning] : spellings) {
    CAPTURE(value);
    CHECK(described(parse_range(value, 1000)) == meaning);
  }
  CHECK(described(parse_range(std::nullopt, 1000)) == "whole");
}

TEST_CASE("of an empty file and of the largest one a range is exact") {
  for (const auto* value : {"bytes=0-", "bytes=0-0", "bytes=-1", "bytes=5-9"}) {
    CAPTURE(value);
    CHECK(described(parse_range(value, 0)) == "416");
  }
  const std::uint64_t largest = 18446744073709551615u;
  CHECK(described(parse_range("bytes=18446744073709551614-", largest)) ==
        "18446744073709551614-18446744073709551615");
  CHECK(described(parse_range("bytes=0-18446744073709551615", largest)) ==
        "0-18446744073709551615");
  CHECK(described(parse_range("bytes=18446744073709551615-", largest)) == "416");
}

TEST_CASE("a content range names both ends and a total they fit in") {
  const auto good = parse_content_range("bytes 16384-32767/100000");
  REQUIRE(good);
  CHECK(good->range == ByteRange{16384, 32768});
  CHECK(good->total == 100000);
  CHECK(parse_content_range("bytes 0-0/1"));
  CHECK(parse_content_range("Bytes 0-18446744073709551613/18446744073709551614"));
  for (const auto* bad : {"",
                          "bytes",
                          "bytes ",
                          "bytes 0-0/*",
                          "bytes */100",
                          "bytes 0-0",
                          "bytes 0-0/0",
                          "bytes 0-100/100",
                          "bytes 5-4/100",
                          "bytes=0-0/1",
                          "bytes  0-0/1",
                          "bytes 0-0/1 x",
                          "bytes 0-0/1/2",
                          "bytes -5/10",
                          "bytes 5-/10",
                          "bytes +0-1/2",
                          "bytes 0 - 1/2",
                          "items 0-0/1",
                          "0-0/1",
                          "bytes 0-18446744073709551615/18446744073709551615",
                          "bytes 0-18446744073709551616/18446744073709551617"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_content_range(bad));
  }
}

TEST_CASE("what is written is read back") {
  const ByteRange range{16384, 32768};
  CHECK(format_range(range) == "bytes=16384-32767");
  CHECK(described(parse_range(format_range(range), 100000)) == "16384-32768");
  CHECK(format_content_range(range, 100000) == "bytes 16384-32767/100000");
  CHECK(parse_content_range(format_content_range(range, 100000))->range == range);
  const std::vector<ByteRange> ranges = {{0, 65536}, {131072, 163840}};
  CHECK(format_available_ranges(ranges) == "bytes 0-65535,131072-163839");
  CHECK(parse_available_ranges(format_available_ranges(ranges)) == ranges);
  CHECK(format_available_ranges({}) == "none");
  CHECK(parse_available_ranges("none") == std::vector<ByteRange>{});
}

TEST_CASE("available ranges are ascending, disjoint and not too many") {
  CHECK(parse_available_ranges("bytes 0-1, 2-3") == std::vector<ByteRange>{{0, 2}, {2, 4}});
  for (const auto* bad : {"", "bytes", "bytes ", "all", "bytes=0-1", "bytes 0-1,", "bytes ,0-1",
                          "bytes 0-1,1-2", "bytes 5-6,0-1", "bytes 1-0", "bytes 0-", "bytes -5",
                          "bytes 0-18446744073709551615", "none,0-1"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_available_ranges(bad));
  }
  const auto many = [](std::size_t count) {
    std::vector<ByteRange> ranges;
    for (std::size_t i = 0; i < count; ++i) ranges.push_back({4 * i, 4 * i + 1});
    return format_available_ranges(ranges);
  };
  CHECK(parse_available_ranges(many(max_available_ranges))->size() == max_available_ranges);
  CHECK_FALSE(parse_available_ranges(many(max_available_ranges + 1)));
}
