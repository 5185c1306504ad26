#include "core/playlist/playlist.hpp"

#include "core/playlist/refresh.hpp"
#include "core/playlist/text_encoding.hpp"

#include <catch2/catch.hpp>

using namespace alluvium;
using namespace alluvium::playlist;
using namespace std::chrono_literals;

TEST_CASE("players show creator and title, what there is of them, else the file's name") {
  const auto shown = [](const std::string& creator, const std::string& title,
                        const std::string& url) {
    Item item;
    item.creator = creator;
    item.title = title;
    item.url = http::Url::parse(url).value();
    return item.display_title();
  };
  CHECK(shown("Opsound", "Reno", "http://h/a.mp3") == "Opsound - Reno");
  CHECK(shown("", "Reno", "http://h/a.mp3") == "Reno");
  CHECK(shown("Opsound", "", "http://h/a.mp3") == "Opsound");
  CHECK(shown("", "", "http://h/b/a%20%C3%A4.mp3?x=/y") == "a \xc3\xa4.mp3");
  CHECK(shown("", "", "http://h/a%0D%0Ab%FF") == "a b\xef\xbf\xbd");
  CHECK(shown("", "", "http://h/100%") == "100%");
  CHECK(shown("", "", "http://h/b/") == "h");
}

TEST_CASE("shown text stands on one line") {
  CHECK(one_line("  a b\n") == "a b");
  CHECK(one_line("a\n      b\tc") == "a b c");
  CHECK(one_line("a  b") == "a  b");
  CHECK(one_line("a\x01\x7f"
                 "b") == "a b");
  CHECK(one_line("\n\t ") == "");
  CHECK(one_line("\xfc") == "\xef\xbf\xbd");
}

TEST_CASE("UTF-16 is told by its mark and read with its surrogates") {
  const auto text = [](std::string_view bytes) { return utf8_from(bytes); };
  CHECK(text("\xef\xbb\xbf"
             "abc") == "abc");
  CHECK(text(std::string_view("\xff\xfe"
                              "a\0\xe4\0\xac\x20",
                              8)) == "a\xc3\xa4\xe2\x82\xac");
  CHECK(text(std::string_view("\xfe\xff\0a\0\xe4\x20\xac", 8)) == "a\xc3\xa4\xe2\x82\xac");
  CHECK(text("\xfe\xff\xd8\x3c\xdf\xb5") == "\xf0\x9f\x8e\xb5");
  CHECK(text("\xff\xfe\x3c\xd8\xb5\xdf") == "\xf0\x9f\x8e\xb5");
  CHECK(text("\xfe\xff\xd8\x3c") == "\xef\xbf\xbd");
  CHECK(text(std::string_view("\xfe\xff\xdf\xb5\0a", 6)) ==
        "\xef\xbf\xbd"
        "a");
  CHECK(text(std::string_view("\xfe\xff\0a\0", 5)) == "a\xef\xbf\xbd");
}

TEST_CASE("how often a playlist changes is a number of times in a period") {
  CHECK(interval_of({"hourly", 1}) == 3600s);
  CHECK(interval_of({"Hourly", 60}) == 60s);
  CHECK(interval_of({"daily", 2}) == 12h);
  CHECK(interval_of({"weekly", 1}) == 168h);
  CHECK(interval_of({"monthly", 1}) == 720h);
  CHECK(interval_of({"yearly", 1}) == 8760h);
  CHECK(interval_of({"yearly", 18446744073709551615u}) == 1s);
  CHECK_FALSE(interval_of({"hourly", 0}));
  CHECK_FALSE(interval_of({"fortnightly", 1}));
}

TEST_CASE("an interval is said in the shortest period that can, else a little shorter") {
  const auto said = [](std::chrono::seconds interval) {
    const auto rhythm = rhythm_of(interval);
    return std::string(rhythm.period) + " " + std::to_string(rhythm.frequency);
  };
  CHECK(said(60s) == "hourly 60");
  CHECK(said(1h) == "hourly 1");
  CHECK(said(2h) == "daily 12");
  CHECK(said(24h) == "daily 1");
  CHECK(said(5h) == "monthly 144");
  CHECK(said(24h * 365) == "yearly 1");
  CHECK(said(24h * 365 * 80) == "yearly 1");
  for (auto interval = 1s; interval < 400h * 24; interval += interval / 7 + 1s) {
    CAPTURE(interval.count());
    const auto again = interval_of(rhythm_of(interval));
    REQUIRE(again);
    CHECK(*again <= interval);
    CHECK(interval_of(rhythm_of(*again)) == again);
  }
}
