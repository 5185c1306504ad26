#include "core/base/text.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;

TEST_CASE("numbers are decimal digits and nothing else") {
  CHECK(parse_uint("0") == 0u);
  CHECK(parse_uint("18446744073709551615") == 18446744073709551615u);
  for (const auto* bad : {"", "-1", "+1", " 1", "1 ", "0x1", "1.0", "18446744073709551616"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_uint(bad));
  }
}

TEST_CASE("percent decoding refuses what is not two hexadecimal digits and keeps plus") {
  CHECK(percent_decoded("a%20b+c%C3%A4") == "a b+c\xc3\xa4");
  for (const auto* bad : {"%", "%4", "%4g", "%g4", "abc%"}) {
    CAPTURE(bad);
    CHECK_FALSE(percent_decoded(bad));
  }
}

TEST_CASE("percent encoding leaves unreserved characters alone and is undone by decoding") {
  CHECK(percent_encoded("a-Z_0.~") == "a-Z_0.~");
  CHECK(percent_encoded("http://[::1]/\xc3\xa4 b") == "http%3A%2F%2F%5B%3A%3A1%5D%2F%C3%A4%20b");
  CHECK(percent_decoded(percent_encoded("100% &=+")) == "100% &=+");
}

TEST_CASE("what goes into a log line has no control characters and an end") {
  CHECK(printable("a\r\nb\x1b[31m") == "a\\x0d\\x0ab\\x1b[31m");
  CHECK(printable("\xff\xc3\xa4") == "\\xff\xc3\xa4");
  CHECK(printable(std::string(500, 'x'), 10) == "xxxxxxxxxx…");
}

TEST_CASE("bytes that are not UTF-8 become replacement characters") {
  const std::string replaced = "\xef\xbf\xbd";
  CHECK(valid_utf8("gr\xc3\xbc\xc3\x9f") == "gr\xc3\xbc\xc3\x9f");
  CHECK(valid_utf8("\xfc") == replaced);
  CHECK(valid_utf8("\xed\xa0\x80") == replaced + replaced + replaced);  // a surrogate
  CHECK(valid_utf8("\xc0\xaf") == replaced + replaced);                 // overlong slash
  CHECK(valid_utf8("\xf0\x9f\x8e\xb5") == "\xf0\x9f\x8e\xb5");
}

TEST_CASE("a misspelt word finds its neighbour, an unrelated one finds none") {
  const std::string_view known[] = {"--gateway", "--listen", "--share"};
  CHECK(nearest("--gatway", known) == "--gateway");
  CHECK(nearest("--lisen", known) == "--listen");
  CHECK_FALSE(nearest("--zzzzzz", known));
}

TEST_CASE("amounts of bytes are written for people") {
  CHECK(human_bytes(0) == "0 B");
  CHECK(human_bytes(999) == "999 B");
  CHECK(human_bytes(1500) == "1.5 kB");
  CHECK(human_bytes(4'800'000) == "4.8 MB");
  CHECK(human_bytes(250'000'000) == "250 MB");
}
