#include "gateway/broadcaster/live/title_update.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::broadcaster;

TEST_CASE("a title is read as its source writes it") {
  struct Case {
    const char* query;
    const char* title;
    const char* creator;
  };
  for (const Case& c : {
           Case{"mode=updinfo&mount=/live&song=Artist%20-%20Title", "Artist - Title", ""},
           Case{"song=A+B%2BC", "A B+C", ""},
           Case{"artist=Somebody&title=Something", "Something", "Somebody"},
           Case{"artist=Somebody&song=All%20of%20it", "All of it", ""},
           Case{"song=Caf%C3%A9", "Café", ""},
           Case{"song=Caf%E9", "Café", ""},
           Case{"song=Caf%C3%A9&charset=ISO-8859-1", "CafÃ©", ""},
           Case{"song=Caf%E9&charset=latin1", "Café", ""},
           Case{"song=%0d%0atwo%09lines%00", "two lines", ""},
           Case{"song", "", ""},
           Case{"", "", ""},
       }) {
    CAPTURE(c.query);
    const auto update = read_title_update(c.query);
    REQUIRE(update);
    CHECK(update->title == Title{c.title, c.creator});
  }
  CHECK_FALSE(read_title_update("song=%"));
  CHECK(read_title_update("mode=updinfo&mount=/live&song=a")->mount == "/live");
}

TEST_CASE("a title that is too long is cut between two characters") {
  std::string song = "song=x";
  for (int i = 0; i < 400; ++i) song += "%C3%A9";
  const std::string title = read_title_update(song)->title.title;
  CHECK(title.size() == 499);
  CHECK(title.ends_with("é"));
}
