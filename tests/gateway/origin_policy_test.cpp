#include "gateway/origin_policy.hpp"

#include "tests/gateway/surroundings.hpp"

#include <catch2/catch.hpp>

using namespace alluvium::gateway;
using test::url;

TEST_CASE("a permitted prefix covers itself and what lies under it, and nothing beside it") {
  struct Row {
    const char* prefix;
    const char* asked;
    bool permitted;
  };
  const Row rows[] = {
      {"http://a/music", "http://a/music", true},
      {"http://a/music", "http://a/music/x.mp3", true},
      {"http://a/music", "http://a/music?x", true},
      {"http://a/music", "http://a/musical/x.mp3", false},
      {"http://a/music/", "http://a/music/x.mp3", true},
      {"http://a/music/", "http://a/music", false},
      {"http://a/", "http://a/anything/at/all", true},
      {"http://a", "http://a/anything", true},
      {"http://a", "http://ab/anything", false},
      {"http://a", "http://a.evil/anything", false},
      {"http://a", "http://a:81/anything", false},
      {"http://a:80", "http://A/anything", true},
      {"http://a", "https://a/anything", false},
      {"https://a:443/", "https://a/anything", true},
      {"http://a/music/", "http://a/music/../secret", false},
      {"http://a/music/", "http://a/music/%2e%2e/secret", false},
      {"http://a/music/", "http://a/music/%2E./secret", false},
      {"http://a/music/", "http://a/music/..%2fsecret", false},
      {"http://a/music/", "http://a/music/x%2f..%2f..%2fsecret", false},
      {"http://a/music/", "http://a/music/..%5csecret", false},
      {"http://a/music/", "http://a/music/..;x/secret", false},
      {"http://a/music/", "http://a/music/a..b/x.mp3", true},
      {"http://[::1]:8080/", "http://[::1]:8080/x", true},
      {"http://[::1]:8080/", "http://[::2]:8080/x", false},
  };
  for (const auto& row : rows) {
    INFO(row.prefix << " and " << row.asked);
    OriginPolicy policy;
    policy.allow(url(row.prefix));
    CHECK(policy.permits(url(row.asked)) == row.permitted);
  }
}

TEST_CASE("without a permitted prefix nothing is permitted") {
  CHECK_FALSE(OriginPolicy().permits(url("http://a/")));
}
